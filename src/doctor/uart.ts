import { basename } from 'node:path';
import { type Finding, fail, warn } from './finding.ts';
import type { DeviceUse, Machine } from './machine.ts';

/** Files with the kernel's command line on a Pi: bookworm and later, and before. */
const COMMAND_LINES = ['/boot/firmware/cmdline.txt', '/boot/cmdline.txt'];
const CONSOLE_OFF =
  'raspi-config, Interface Options, Serial Port: login shell no, port yes; then start anew.';

/** A kernel console or a login prompt on the same line takes part of the sensor's bytes. */
export function checkConsole(machine: Machine, place: string, node: string): Finding[] {
  if (consolesIn(machine, '/proc/cmdline').includes(basename(node)))
    return [fail('device', `${place}: the kernel writes its console to ${node}.`, CONSOLE_OFF)];
  const file = COMMAND_LINES.find((name) => consolesIn(machine, name).includes(basename(node)));
  if (file === undefined) return [];
  const text = `${place}: after the next start the kernel writes its console to ${node} (${file}).`;
  return [fail('device', text, CONSOLE_OFF)];
}

function consolesIn(machine: Machine, file: string): readonly string[] {
  return (machine.read(file) ?? '')
    .split(/\s+/)
    .flatMap((word) => /^console=(\w+)/.exec(word)?.[1] ?? [])
    .map((name) => basename(machine.real(`/dev/${name}`) ?? name));
}

/** UARTs of a Pi other than the good one on pins 8 and 10 (hardware/FACTS.md#header-uart). */
export function checkUart(machine: Machine, { place, path }: DeviceUse, node: string): Finding[] {
  const model = machine.read('/proc/device-tree/model') ?? '';
  if (/^Raspberry Pi (5|500|Compute Module 5)/.test(model) && node === '/dev/ttyAMA10') {
    return [
      fail(
        'device',
        `${place}: ${path} is the debug socket of a Pi 5, not pins 8 and 10.`,
        'Write "dtparam=uart0=on" into /boot/firmware/config.txt, start anew, and take /dev/ttyAMA0.',
      ),
    ];
  }
  if (model.startsWith('Raspberry Pi') && node === '/dev/ttyS0') {
    return [
      warn(
        'device',
        `${place}: ${path} is the small UART, whose speed changes with the processor's.`,
        'Write "dtoverlay=disable-bt" into /boot/firmware/config.txt and start anew.',
      ),
    ];
  }
  return [];
}
