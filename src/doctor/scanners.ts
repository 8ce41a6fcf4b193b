import { basename } from 'node:path';
import { type Finding, fail } from './finding.ts';
import type { DeviceUse, Machine } from './machine.ts';

/** For each source of images its program, the arguments that print its version, and its package. */
const CAMERA_PROGRAMS = {
  v4l2: { words: ['v4l2-ctl', '--version'], install: 'v4l-utils' },
  ffmpeg: { words: ['ffmpeg', '-version'], install: 'ffmpeg' },
  rpicam: { words: ['rpicam-vid', '--version'], install: 'rpicam-apps' },
} as const;

/** Checks that only some kinds of scanners need. */
export async function checkScanner(machine: Machine, use: DeviceUse): Promise<Finding[]> {
  if (use.source !== undefined) return checkCamera(machine, use.place, use.source);
  return use.driver.startsWith('hid-') ? checkHidraw(machine, use) : [];
}

async function checkCamera(
  machine: Machine,
  place: string,
  source: keyof typeof CAMERA_PROGRAMS,
): Promise<Finding[]> {
  const { words, install } = CAMERA_PROGRAMS[source];
  const [program, word] = words;
  if ((await machine.run(program, [word])) !== undefined) return [];
  return [
    fail('device', `${place}: the program ${program} is missing or does not run.`, `apt install ${install}`),
  ];
}

/**
 * A scanner in keyboard mode types every pass, and Enter, into a login prompt or a browser
 * (hardware/FACTS.md#keyboard-mode).
 */
function checkHidraw(machine: Machine, { place, path, driver }: DeviceUse): Finding[] {
  const node = machine.real(path);
  if (node === undefined) return [];
  if (!/^hidraw\d+$/.test(basename(node))) {
    const fix = 'Take its name below /dev/gatepost; ls -l /dev/gatepost shows them.';
    return [fail('device', `${place}: ${path} is ${node}, which is no hidraw device.`, fix)];
  }
  if (driver !== 'hid-keyboard') return [];
  const inputs = `/sys/class/hidraw/${basename(node)}/device/input`;
  return machine
    .list(inputs)
    .filter((input) => machine.read(`${inputs}/${input}/inhibited`) !== '1')
    .map((input) =>
      fail(
        'device',
        `${place}: ${path} also types every pass into the console (${inputs}/${input}/inhibited is not 1).`,
        'Install systemd/70-gatepost.rules, add the maker of the scanner there, then plug it in again; or set the scanner to USB serial.',
      ),
    );
}
