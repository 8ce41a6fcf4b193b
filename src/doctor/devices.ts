import { basename } from 'node:path';
import { type Account, may, READ, WRITE } from './accounts.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import { type Holders, nameOf } from './holders.ts';
import type { DeviceUse, Machine } from './machine.ts';
import { checkScanner } from './scanners.ts';
import { checkConsole, checkUart } from './uart.ts';

/** Whether each device exists, may be opened, and is not in use elsewhere (hardware/FACTS.md#serial-lines). */
export async function checkDevices(
  machine: Machine,
  uses: readonly DeviceUse[],
  { account, holders }: { readonly account: Account; readonly holders: Holders },
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const use of uses) {
    const troubles = [
      ...checkNode(machine, use, account, holders),
      ...(await checkScanner(machine, use)),
      ...checkTwice(machine, use, uses),
    ];
    findings.push(...(troubles.length > 0 ? troubles : [sound(machine, use)]));
  }
  return [...findings, ...checkSeizers(machine, uses, holders)];
}

function checkNode(machine: Machine, use: DeviceUse, account: Account, holders: Holders): Finding[] {
  const { place, path } = use;
  if (!path.startsWith('/')) return [];
  const node = machine.real(path);
  if (node === undefined || !machine.exists(path)) return [missing(machine, use)];
  if (!machine.isDevice(path)) {
    const kind = machine.stat(path)?.isDirectory() === true ? 'a folder' : 'no device';
    return [fail('device', `${place}: ${path} is ${kind}.`, namesFix(machine, path))];
  }
  const troubles = [
    ...checkConsole(machine, place, node),
    ...checkHolders(place, node, holders),
    ...checkRights(machine, { place, node, account }),
    ...checkUart(machine, use, node),
  ];
  if (troubles.length > 0 || !/^\/dev\/(ttyACM|ttyUSB|hidraw|video|usb\/lp)\d+$/.test(path)) return troubles;
  return [
    warn(
      'device',
      `${place}: ${path} is another device after the next replug.`,
      `Take its name below ${foldersFor(path).join(' or ')}.`,
    ),
  ];
}

function sound(machine: Machine, { place, path }: DeviceUse): Finding {
  const node = machine.real(path);
  return ok('device', `${place}: ${path}${node === undefined || node === path ? '' : ` is ${node}`}.`);
}

function missing(machine: Machine, { place, path }: DeviceUse): Finding {
  const link = machine.isNamed(path) ? ', only a link that leads nowhere' : '';
  return fail('device', `${place}: there is no ${path}${link}.`, namesFix(machine, path));
}

function namesFix(machine: Machine, path: string): string {
  if (/^\/dev\/(serial\d|ttyAMA\d+|ttyS\d+)$/.test(path))
    return 'Switch the UART on: raspi-config, Interface Options, Serial Port: login shell no, port yes. On a Pi 5 write "dtparam=uart0=on" into /boot/firmware/config.txt and take /dev/ttyAMA0.';
  const there = foldersFor(path).flatMap((folder) =>
    machine
      .list(folder)
      .map((name) => `${folder}/${name}`)
      .filter((name) => name !== path && machine.exists(name)),
  );
  return there.length === 0
    ? 'Plug it in; nothing of this kind is there.'
    : `Plug it in, or take one of: ${there.join(', ')}`;
}

/** Folders with stable names, by the kind of device. */
function foldersFor(path: string): readonly string[] {
  if (/^\/dev\/(video|v4l)/.test(path)) return ['/dev/v4l/by-id', '/dev/v4l/by-path'];
  if (/^\/dev\/(usb\/|gatepost\/printer)/.test(path)) return ['/dev/gatepost', '/dev/usb'];
  if (/^\/dev\/(hidraw|gatepost|input)/.test(path)) return ['/dev/gatepost'];
  return ['/dev/serial/by-id', '/dev/serial/by-path'];
}

/** Two names of one device; the config check only sees that the names differ. */
function checkTwice(machine: Machine, use: DeviceUse, uses: readonly DeviceUse[]): Finding[] {
  const node = machine.real(use.path);
  const first = uses.slice(0, uses.indexOf(use)).find(({ path }) => machine.real(path) === node);
  if (node === undefined || first === undefined) return [];
  return [
    fail(
      'device',
      `${use.place}: ${use.path} is ${node}, and so is ${first.path} of ${first.place}.`,
      'Give each its own device; unplug one and see which name is gone.',
    ),
  ];
}

function checkHolders(place: string, node: string, holders: Holders): Finding[] {
  const prompts = holders.loginPrompts(node);
  const others = holders.of(node).filter((process) => !prompts.includes(process) && !holders.isGate(process));
  return [
    ...prompts.map((process) =>
      fail(
        'device',
        `${place}: a login prompt (${nameOf(process)}, process ${process.pid}) reads ${node}.`,
        `systemctl disable --now serial-getty@${basename(node)}.service`,
      ),
    ),
    ...others.map((process) =>
      fail(
        'device',
        `${place}: ${nameOf(process)} (process ${process.pid}) has ${node} open.`,
        `End ${nameOf(process)}: kill ${process.pid}`,
      ),
    ),
  ];
}

function checkRights(
  machine: Machine,
  { place, node, account }: { readonly place: string; readonly node: string; readonly account: Account },
): Finding[] {
  if (may(machine, account, node, READ | WRITE)) return [];
  const group = /^\/dev\/video/.test(node) ? 'video' : /^\/dev\/usb\//.test(node) ? 'lp' : 'dialout';
  return [
    fail(
      'device',
      `${place}: the user ${account.name} may not read and write ${node}.`,
      node.startsWith('/dev/hidraw')
        ? 'Install systemd/70-gatepost.rules, add the maker of the device there, then: udevadm trigger'
        : `chgrp ${group} ${node}; chmod 660 ${node}. Where that does not last, a rule of somebody else does it: look in /etc/udev/rules.d, then: udevadm trigger`,
    ),
  ];
}

/** Programs that open every new serial device as a modem or a Braille display. */
function checkSeizers(machine: Machine, uses: readonly DeviceUse[], holders: Holders): Finding[] {
  const serial = uses.filter(
    ({ path, driver }) => path.startsWith('/') && !/^(hid-|camera|usb$)/.test(driver),
  );
  if (serial.length === 0) return [];
  const findings: Finding[] = [];
  if (holders.named('brltty') !== undefined) {
    const text = 'brltty runs: it takes USB serial adapters (CH340, CP210x, FTDI) for Braille displays.';
    findings.push(warn('brltty', text, 'apt purge brltty'));
  }
  if (holders.named('ModemManager') === undefined) return findings;
  const prey = serial.filter(({ path }) => !isKeptFromModemManager(machine, path));
  if (prey.length === 0) {
    const text = 'ModemManager runs, and the udev rules keep it from the devices.';
    return [...findings, ok('modem-manager', text)];
  }
  return [
    ...findings,
    fail(
      'modem-manager',
      `ModemManager runs and sends commands to ${prey.map(({ path }) => path).join(', ')}.`,
      'Install systemd/70-gatepost.rules, add the maker of the device there, plug it in again; or: systemctl disable --now ModemManager',
    ),
  ];
}

/**
 * Whether udev's properties of the line's USB device exclude it; if they are not visible, whether the rules are
 * installed.
 */
function isKeptFromModemManager(machine: Machine, path: string): boolean {
  const interfaceFolder = machine.real(`/sys/class/tty/${basename(machine.real(path) ?? path)}/device`);
  const usb = interfaceFolder === undefined ? undefined : usbFolderAbove(machine, interfaceFolder);
  const number = usb === undefined ? undefined : machine.read(`${usb}/dev`);
  const noted = number === undefined ? undefined : machine.read(`/run/udev/data/c${number}`);
  if (noted !== undefined) return /^E:ID_MM_DEVICE_IGNORE=1$/m.test(noted);
  const rules = ['/etc/udev/rules.d', '/run/udev/rules.d', '/usr/lib/udev/rules.d', '/lib/udev/rules.d'];
  return rules.some((folder) => machine.exists(`${folder}/70-gatepost.rules`));
}

function usbFolderAbove(machine: Machine, folder: string): string | undefined {
  for (let above = folder; above.length > 1; above = above.slice(0, above.lastIndexOf('/')))
    if (machine.exists(`${above}/idVendor`)) return above;
  return undefined;
}
