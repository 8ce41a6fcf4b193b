import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GpiodSource } from '../../../hardware/gpio/gpiod-tools.ts';

const TOOLS = ['gpioset', 'gpioget', 'gpiomon', 'gpiofind', 'gpioinfo'];

/**
 * libgpiod's command line tools for one simulated line in a folder: real processes that hold it, refuse unknown options
 * and can be killed.
 */
export class FakeGpiod {
  readonly folder = mkdtempSync(join(tmpdir(), 'gatepost-gpiod-'));
  readonly source: GpiodSource = { path: join(this.folder, 'bin') };

  readonly restingPull: 0 | 1;

  /** @param restingPull level of the pull resistor, for a line that is not driven */
  constructor(version: '1.6.3' | '2.2.1', restingPull: 0 | 1 = 0) {
    this.restingPull = restingPull;
    const bin = join(this.folder, 'bin');
    mkdirSync(bin);
    const script = join(import.meta.dirname, 'gpiod-tool.pl');
    for (const tool of TOOLS) {
      const path = join(bin, tool);
      writeFileSync(path, `#!/bin/sh\nFAKE_GPIO='${this.folder}' exec perl '${path}.pl' "$@"\n`);
      symlinkSync(script, `${path}.pl`);
      chmodSync(path, 0o755);
    }
    for (const program of ['setpriv', 'perl']) symlinkSync(`/usr/bin/${program}`, join(bin, program));
    this.write('version', version);
    this.write('input', '0');
  }

  /** Sets whether a line keeps its level after its process, as on Raspberry Pi kernels without strict_gpiod. */
  setPersistent(persistent: boolean): void {
    this.#flag('persist', persistent);
  }

  setBroken(broken: boolean): void {
    this.#flag('broken', broken);
  }

  /** The level at the pin. */
  level(): 0 | 1 {
    const [pid, driven] = this.read('level').split(' ');
    if (driven === undefined) return this.restingPull;
    if (isAlive(Number(pid)) || this.read('persist') !== '') return driven === '1' ? 1 : 0;
    return this.restingPull;
  }

  calls(): string[] {
    return this.read('calls').split('\n');
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  read(name: string): string {
    try {
      return readFileSync(join(this.folder, name), 'utf8').trim();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw error;
    }
  }

  cleanUp(): void {
    rmSync(this.folder, { recursive: true });
  }

  #flag(name: string, isSet: boolean): void {
    if (isSet) this.write(name, 'yes');
    else rmSync(join(this.folder, name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}
