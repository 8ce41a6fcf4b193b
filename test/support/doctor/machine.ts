import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Machine, type RunProgram } from '../../../src/doctor/machine.ts';

const { uid, gid } = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

/** The output of the programs of a Raspberry Pi 5 without faults, by their first words. */
const SOUND_ANSWERS: Readonly<Record<string, string>> = {
  'vcgencmd get_throttled': 'throttled=0x0',
  'gpioset --version': 'gpioset (libgpiod) v2.2.1',
  'systemctl show':
    'LoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=enabled\nNRestarts=0',
};

/** The files of a Raspberry Pi without faults in a folder; tests add faults. */
export class DoctorMachine {
  readonly root = mkdtempSync(join(tmpdir(), 'gatepost-doctor-'));
  readonly answers: Record<string, string | undefined> = { ...SOUND_ANSWERS };
  freeMib = 20_000;
  freeFiles: number | undefined = 1_000_000;
  /** Number of the user who runs doctor. */
  user = 0;

  constructor() {
    this.write('/proc/sys/kernel/osrelease', '6.12.34+rpt-rpi-2712');
    this.write('/proc/device-tree/model', 'Raspberry Pi 5 Model B Rev 1.0\0');
    this.write('/proc/cmdline', 'console=tty1 root=PARTUUID=1');
    this.write('/proc/self/mountinfo', this.mounts('ext4'));
    // The user who runs the test owns its files, so the service's user and groups get these numbers.
    this.write('/etc/passwd', `root:x:990:0::/root:/bin/sh\ngatepost:x:${uid}:${gid}::/:/bin/false`);
    this.write(
      '/etc/group',
      `gatepost:x:991:\ndialout:x:${gid}:\ngpio:x:993:\ninput:x:994:\nlp:x:7:\nvideo:x:995:`,
    );
    this.write('/sys/class/rtc/rtc0/since_epoch', String(Date.UTC(2026, 5, 1) / 1000));
    this.write('/sys/module/pinctrl_rp1/parameters/persist_gpio_outputs', 'N');
    this.write('/run/systemd/system/on', '');
    this.write('/dev/gpiochip0', '');
    this.write('/dev/ttyACM0', '');
    this.link('/dev/serial/by-id/usb-scanner-if00', '../../ttyACM0');
    this.write('/var/lib/gatepost/gatepost.db', '');
    chmodSync(join(this.root, '/var/lib/gatepost/gatepost.db'), 0o600);
    for (const screen of ['guard', 'prompt'])
      this.write(`/usr/lib/gatepost/dist/screens/${screen}/index.html`, '');
  }

  machine(): Machine {
    const run: RunProgram = async (program, args) => this.answers[`${program} ${args[0] ?? ''}`];
    return new Machine({
      root: this.root,
      run,
      freeBytes: () => this.freeMib * 1024 * 1024,
      freeFiles: () => this.freeFiles,
      user: this.user,
    });
  }

  mounts(storeType: string): string {
    return [
      '22 1 179:2 / / rw,noatime shared:1 - ext4 /dev/root rw',
      `40 22 0:40 / /var/lib/gatepost rw shared:9 - ${storeType} ${storeType} rw`,
    ].join('\n');
  }

  write(path: string, text: string): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  link(path: string, target: string): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    symlinkSync(target, file);
  }

  remove(path: string): void {
    rmSync(join(this.root, path), { recursive: true });
  }

  /** Adds a running program with its command line, one open file, and its parent process. */
  process(pid: number, words: readonly string[], openFile: string, parent = 1): void {
    this.write(`/proc/${pid}/cmdline`, `${words.join('\0')}\0`);
    this.write(`/proc/${pid}/status`, `Name:\tx\nPPid:\t${parent}\n`);
    this.link(`/proc/${pid}/fd/3`, openFile);
  }

  cleanUp(): void {
    rmSync(this.root, { recursive: true });
  }
}
