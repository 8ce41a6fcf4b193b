import { describe, expect, it } from 'vitest';
import { KeyboardCodeReader } from '../../hardware/scanner-hid/keyboard-reader.ts';
import { KEYBOARD_DESCRIPTOR, KeyboardScannerSimulator } from '../../hardware/scanner-hid/simulator.ts';
import { SerialCodeReader } from '../../hardware/scanner-serial/driver.ts';
import { ScannerSimulator } from '../../hardware/scanner-serial/simulator.ts';
import { SimulatedDeviceFiles } from '../../hardware/simulators/simulated-device-files.ts';
import { SimulatedSerialPorts } from '../../hardware/simulators/simulated-serial-ports.ts';
import type { CodeReaderEvent } from '../../src/ports/code-reader.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { passText } from '../support/gate/rule-gate.ts';

const PASS = passText({ passId: '00000000000000a1' });
const OTHER = passText({ passId: '00000000000000b2' });
const CARD = 'BEGIN:VCARD\nVERSION:3.0\nN:Lee;Ann\nTEL:+1 555 0100\nEND:VCARD';

interface Shown {
  readonly clock: VirtualClock;
  readonly events: CodeReaderEvent[];
  /** Sends what a scanner makes of a text, as it stands. */
  send(text: string): void;
}

async function serial(): Promise<Shown> {
  const clock = new VirtualClock();
  const serialPorts = new SimulatedSerialPorts();
  const scanner = new ScannerSimulator(serialPorts.line('scanner'));
  const events: CodeReaderEvent[] = [];
  const reader = new SerialCodeReader({
    serialPorts,
    clock,
    path: 'scanner',
    baudRate: 9600,
    simulated: true,
  });
  await reader.open((event) => events.push(event), new AbortController().signal);
  return { clock, events, send: (text) => scanner.present(text, { suffix: '' }) };
}

async function keyboard(): Promise<Shown> {
  const clock = new VirtualClock();
  const devices = new SimulatedDeviceFiles();
  const file = devices.file('/dev/hidraw0');
  const scanner = new KeyboardScannerSimulator(file, 'us');
  const events: CodeReaderEvent[] = [];
  const reader = new KeyboardCodeReader({
    devices,
    clock,
    path: file.path,
    layout: 'us',
    simulated: true,
    descriptorOf: async () => KEYBOARD_DESCRIPTOR,
  });
  await reader.open((event) => events.push(event), new AbortController().signal);
  return { clock, events, send: (text) => scanner.present(text, null) };
}

const textsOf = ({ events }: Shown) =>
  events.map((event) => (event.type === 'code' ? event.text : event.cause));

describe.each([
  ['serial', serial],
  ['keyboard', keyboard],
])('one code on a %s scanner', (_name, open) => {
  it.each([
    `Flat 12\n${PASS}\r`,
    `${PASS}\nFlat 12\r`,
    `Willow Court\r\nFlat 12\r\n${PASS}\r\n`,
    `\nFlat 12\t${PASS}\nkeep it dry\nand whole\r`,
    `GP1:TORN\n${PASS}\r`,
    `Flat 12\n${PASS}`,
    `${PASS}\nFlat 12`,
    `${PASS}\n${'A'.repeat(1_100)}\r`,
  ])('is one pass and nothing else: %j', async (text) => {
    const shown = await open();
    shown.send(text);
    shown.clock.advance(100);
    expect(textsOf(shown)).toContain(PASS);
    shown.clock.advance(10_000);
    expect(textsOf(shown)).toEqual([PASS]);
  });

  it('is one pass although the scanner pauses between its lines', async () => {
    const shown = await open();
    shown.send('Flat 12\n');
    shown.clock.advance(60);
    shown.send(PASS.slice(0, 40));
    shown.clock.advance(120);
    shown.send(`${PASS.slice(40)}\n`);
    shown.clock.advance(60);
    shown.send('Flat 12\r');
    shown.clock.advance(10_000);
    expect(textsOf(shown)).toEqual([PASS]);
    expect(shown.events[0]).toMatchObject({ beganMs: 0, atMs: 180 });
  });

  it.each([
    [`${CARD}\r`, 'BEGIN:VCARD'],
    [`Flat 12\nGP1:TORN\nFlat 12\r`, 'GP1:TORN'],
    [`Flat 12\n]Q1${PASS}\r`, `]Q1${PASS}`],
  ])('that holds no pass is told once: %j', async (text, told) => {
    const shown = await open();
    shown.send(text);
    shown.clock.advance(10_000);
    expect(textsOf(shown)).toEqual([told]);
  });

  it('is not mixed with the next one', async () => {
    const shown = await open();
    for (const text of [`Flat 12\n${PASS}\r`, 'foreign\r', `${OTHER}\nFlat 13\r`, `${PASS}\r`]) {
      shown.send(text);
      shown.clock.advance(400);
    }
    expect(textsOf(shown)).toEqual([PASS, 'foreign', OTHER, PASS]);
  });

  it('is each of two passes in its view', async () => {
    const shown = await open();
    shown.send(`${PASS}\r${OTHER}\r`);
    expect(textsOf(shown)).toEqual([PASS, OTHER]);
  });

  it('is told although the line never rests', async () => {
    const shown = await open();
    for (let sent = 0; sent < 100; sent++) {
      shown.send('noise\r');
      shown.clock.advance(50);
    }
    expect(textsOf(shown)).toHaveLength(100);
  });
});
