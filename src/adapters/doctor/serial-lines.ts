import { basename } from 'node:path';
import { idOf, SERVICE_USER, serviceGroups } from './accounts.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import type { Machine, RunningProcess } from './machine.ts';

/** A device of the config that has a node in /dev. */
export interface DeviceUse {
  /** `accessPoints.main-in.scanner` */
  readonly place: string;
  readonly path: string;
}

/** Whether each device is there, may be opened, and is not somebody else's too (hardware-facts 3.7). */
export function checkDevices(machine: Machine, uses: readonly DeviceUse[]): Finding[] {
  const processes = uses.length === 0 ? [] : machine.processes();
  return [
    ...uses.flatMap((use) => checkDevice(machine, use, processes)),
    ...checkModemManager(machine, uses, processes),
  ];
}

function checkDevice(
  machine: Machine,
  { place, path }: DeviceUse,
  processes: readonly RunningProcess[],
): Finding[] {
  const node = machine.real(path);
  if (node === undefined) return [missing(machine, place, path)];
  const troubles = [
    ...checkConsole(machine, place, node),
    ...checkHolders(place, node, processes),
    ...checkRights(machine, place, node),
  ];
  if (troubles.length > 0) return troubles;
  if (/^\/dev\/(ttyACM|ttyUSB|hidraw|video)\d+$/.test(path)) {
    return [
      warn(
        'device',
        `${place}: ${path} is another device after the next replug.`,
        'Take its name below /dev/serial/by-id or /dev/serial/by-path.',
      ),
    ];
  }
  return [ok('device', `${place}: ${path}${node === path ? '' : ` is ${node}`}.`)];
}

function missing(machine: Machine, place: string, path: string): Finding {
  const folder = path.startsWith('/dev/serial/') ? path.slice(0, path.lastIndexOf('/')) : '/dev/serial/by-id';
  const there = machine.list(folder).map((name) => `${folder}/${name}`);
  return fail(
    'device',
    `${place}: there is no ${path}.`,
    there.length === 0
      ? 'Plug it in; nothing of this kind is there.'
      : `Plug it in, or take one of: ${there.join(', ')}`,
  );
}

/** A kernel console or a login prompt on the same line reads half of what the sensor says. */
function checkConsole(machine: Machine, place: string, node: string): Finding[] {
  const line = basename(node);
  const consoles = (machine.read('/proc/cmdline') ?? '')
    .split(/\s+/)
    .flatMap((word) => /^console=(\w+)/.exec(word)?.[1] ?? [])
    .map((name) => basename(machine.real(`/dev/${name}`) ?? name));
  if (!consoles.includes(line)) return [];
  return [
    fail(
      'device',
      `${place}: the kernel writes its console to ${node}.`,
      'raspi-config, Interface Options, Serial Port: login shell no, port yes; then start anew.',
    ),
  ];
}

function checkHolders(place: string, node: string, processes: readonly RunningProcess[]): Finding[] {
  return processes.flatMap((process) => {
    const words = process.words.map((word) => basename(word));
    const [program = 'a program'] = words;
    if (/^a?getty$/.test(program) && words.includes(basename(node))) {
      return [
        fail(
          'device',
          `${place}: a login prompt (${program}, process ${process.pid}) reads ${node}.`,
          `systemctl disable --now serial-getty@${basename(node)}.service`,
        ),
      ];
    }
    if (isGatepost(process) || !process.openFiles().includes(node)) return [];
    return [
      fail('device', `${place}: ${program} (process ${process.pid}) has ${node} open.`, `End ${program}.`),
    ];
  });
}

function isGatepost({ words }: RunningProcess): boolean {
  return words.some((word) => /gatepost(\.[jt]s)?$/.test(word));
}

function checkRights(machine: Machine, place: string, node: string): Finding[] {
  const stats = machine.stat(node);
  if (stats === undefined || idOf(machine, '/etc/passwd', SERVICE_USER) === undefined) return [];
  const owner = stats.uid === idOf(machine, '/etc/passwd', SERVICE_USER) && (stats.mode & 0o600) === 0o600;
  const group = serviceGroups(machine).includes(stats.gid) && (stats.mode & 0o060) === 0o060;
  if (owner || group || (stats.mode & 0o006) === 0o006) return [];
  return [
    fail(
      'device',
      `${place}: the user ${SERVICE_USER} may not read and write ${node}.`,
      'Install systemd/70-gatepost.rules, add the maker of the device there, then: udevadm trigger',
    ),
  ];
}

function checkModemManager(
  machine: Machine,
  uses: readonly DeviceUse[],
  processes: readonly RunningProcess[],
): Finding[] {
  const isRunning = processes.some(({ words }) => basename(words[0] ?? '') === 'ModemManager');
  if (uses.length === 0 || !isRunning) return [];
  const rules = ['/usr/lib/udev/rules.d', '/etc/udev/rules.d', '/lib/udev/rules.d'];
  const isTold = rules.some((folder) => machine.exists(`${folder}/70-gatepost.rules`));
  if (isTold) return [ok('modem-manager', 'ModemManager runs, and the udev rules keep it from the devices.')];
  return [
    fail(
      'modem-manager',
      'ModemManager runs and sends commands to every new serial device.',
      'Install systemd/70-gatepost.rules, or: systemctl disable --now ModemManager',
    ),
  ];
}
