import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '../../../hardware/gpio/wait-until.ts';

/** A /sys/class/leds with one LED; the process led-kernel.pl plays its kernel. */
export class LedKernel {
  readonly root = mkdtempSync(join(tmpdir(), 'gatepost-leds-'));
  readonly led = 'gatepost:main';
  /** What an output on this LED is made from: a process in the kernel's place may have to wait for its turn. */
  readonly settings = { led: this.led, root: this.root, switchMs: 10_000 } as const;
  readonly #folder = join(this.root, this.led);
  readonly #process: ChildProcess;
  #isBroken = false;

  /** @param grantMs how long the files of a new trigger cannot be written, as before udev has changed them */
  constructor(grantMs = 0) {
    this.#process = spawn('perl', [join(import.meta.dirname, 'led-kernel.pl'), this.#folder, `${grantMs}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (!waitUntil(() => existsSync(join(this.#folder, 'ready')), 5_000)) {
      throw new Error('the LED kernel did not begin');
    }
  }

  isOn(): boolean {
    return this.read(this.#isBroken ? 'aside' : 'brightness') !== '0';
  }

  leaveOn(): void {
    writeFileSync(join(this.#folder, 'brightness'), '255\n');
  }

  read(name: string): string {
    // The kernel process replaces the files; an empty one is just being written.
    let text = '';
    waitUntil(() => {
      text = readFileSync(join(this.#folder, name), 'utf8').trim();
      return text !== '';
    }, 100);
    return text;
  }

  /** Puts a folder in place of the file, which refuses writes, also by root. */
  setBroken(broken: boolean): void {
    const [file, aside] = [join(this.#folder, 'brightness'), join(this.#folder, 'aside')];
    this.#isBroken = broken;
    if (broken) {
      renameSync(file, aside);
      mkdirSync(file);
    } else {
      rmdirSync(file);
      renameSync(aside, file);
    }
  }

  cleanUp(): void {
    this.#process.kill('SIGKILL');
    rmSync(this.root, { recursive: true });
  }
}
