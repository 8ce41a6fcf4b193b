import { describe, expect, it } from 'vitest';
import { CALIBRATION_TEXT, calibrate } from '../../hardware/scanner-hid/calibration.ts';
import { KeyboardCodeReader } from '../../hardware/scanner-hid/keyboard-reader.ts';
import { PosCodeReader } from '../../hardware/scanner-hid/pos-reader.ts';
import { readStrokes } from '../../hardware/scanner-hid/read-strokes.ts';
import {
  KEYBOARD_DESCRIPTOR,
  KeyboardScannerSimulator,
  ONE_KEY_DESCRIPTOR,
  POS_DESCRIPTOR,
  PosScannerSimulator,
  posReports,
} from '../../hardware/scanner-hid/simulator.ts';
import { SerialCodeReader } from '../../hardware/scanner-serial/driver.ts';
import { ScannerSimulator } from '../../hardware/scanner-serial/simulator.ts';
import { SimulatedDeviceFiles } from '../../hardware/simulators/simulated-device-files.ts';
import { SimulatedSerialPorts } from '../../hardware/simulators/simulated-serial-ports.ts';
import type { CodeReaderEvent } from '../../src/ports/code-reader.ts';
import { passText } from '../support/rule-gate.ts';
import { settle, VirtualClock } from '../support/virtual-clock.ts';

const PATH = '/dev/hidraw0';

/** A device with the consumer keys that many scanners have beside their keyboard, so that reports carry numbers. */
const NUMBERED_KEYBOARD = Uint8Array.of(
  ...KEYBOARD_DESCRIPTOR.subarray(0, 6),
  ...[0x85, 0x01],
  ...KEYBOARD_DESCRIPTOR.subarray(6),
  ...[0x05, 0x0c, 0x09, 0x01, 0xa1, 0x01, 0x85, 0x02, 0x15, 0x00, 0x26, 0xff, 0x03],
  ...[0x19, 0x00, 0x2a, 0xff, 0x03, 0x75, 0x10, 0x95, 0x01, 0x81, 0x00, 0xc0],
);

async function opened(kind: 'keyboard' | 'pos', descriptor: Uint8Array) {
  const clock = new VirtualClock();
  const devices = new SimulatedDeviceFiles();
  const file = devices.file(PATH);
  const events: CodeReaderEvent[] = [];
  const parts = { devices, clock, path: PATH, simulated: true, descriptorOf: async () => descriptor };
  const reader =
    kind === 'keyboard' ? new KeyboardCodeReader({ ...parts, layout: 'us' }) : new PosCodeReader(parts);
  const link = await reader.open((event) => events.push(event), new AbortController().signal);
  return { clock, file, events, link };
}

describe('a keyboard scanner without a suffix', () => {
  it('ends a code 100 ms after its last key and stamps it with that key', async () => {
    const { clock, file, events, link } = await opened('keyboard', KEYBOARD_DESCRIPTOR);
    const scanner = new KeyboardScannerSimulator(file, 'us');
    scanner.present('AB', null);
    clock.advance(99);
    scanner.present('B', null);
    clock.advance(99);
    expect(events).toEqual([]);
    clock.advance(1);
    expect(events).toEqual([{ type: 'code', text: 'ABB', beganMs: 0, atMs: 99 }]);
    scanner.present('HALF', null);
    await link.close();
    clock.advance(1000);
    expect(events).toHaveLength(1);
    expect(clock.pendingTimers()).toBe(0);
  });
});

describe('a keyboard with numbered reports', () => {
  it('is read by its nine bytes, and its other reports are left alone', async () => {
    const { file, events } = await opened('keyboard', NUMBERED_KEYBOARD);
    const volumeUp = Uint8Array.of(2, 0xe9, 0x00);
    const scanner = new KeyboardScannerSimulator(
      {
        write: (report) => {
          file.write(Uint8Array.of(1, ...report));
          file.write(volumeUp);
        },
      },
      'us',
    );
    scanner.present('AABB-11');
    expect(events).toMatchObject([{ type: 'code', text: 'AABB-11' }]);
  });
});

describe('a keyboard with one key in its reports', () => {
  it('is read by its four bytes', async () => {
    const { file, events } = await opened('keyboard', ONE_KEY_DESCRIPTOR);
    const scanner = new KeyboardScannerSimulator(
      { write: ([modifiers = 0, , usage = 0]) => file.write(Uint8Array.of(3, modifiers, 0, usage)) },
      'us',
    );
    scanner.present('GP1:AABB');
    scanner.present('NEXT\n', null);
    expect(events).toMatchObject([{ text: 'GP1:AABB' }, { text: 'NEXT' }]);
  });

  it('gives its strokes to the calibration', async () => {
    const devices = new SimulatedDeviceFiles();
    const file = devices.file(PATH);
    const parts = {
      devices,
      clock: new VirtualClock(),
      path: PATH,
      descriptorOf: async () => ONE_KEY_DESCRIPTOR,
    };
    const reading = readStrokes(parts, new AbortController().signal);
    await settle();
    const scanner = new KeyboardScannerSimulator(
      { write: ([modifiers = 0, , usage = 0]) => file.write(Uint8Array.of(3, modifiers, 0, usage)) },
      'de',
    );
    scanner.press(0x53);
    scanner.present(`${CALIBRATION_TEXT}\n`, null);
    expect(calibrate(await reading)).toEqual({ status: 'fits', layout: 'de' });
  });
});

describe.each(['keyboard', 'serial'] as const)('a pause of 120 ms inside a code of a %s scanner', (kind) => {
  const pass = passText({ passId: '00000000000000a1' });

  async function played(first: string) {
    const clock = new VirtualClock();
    const devices = new SimulatedDeviceFiles();
    const serialPorts = new SimulatedSerialPorts();
    const line = new ScannerSimulator(serialPorts.line(PATH));
    const keys = new KeyboardScannerSimulator(devices.file(PATH), 'us');
    const parts = { clock, path: PATH, simulated: true };
    const reader =
      kind === 'serial'
        ? new SerialCodeReader({ ...parts, serialPorts, baudRate: 9600 })
        : new KeyboardCodeReader({
            ...parts,
            devices,
            layout: 'us',
            descriptorOf: async () => KEYBOARD_DESCRIPTOR,
          });
    const events: CodeReaderEvent[] = [];
    await reader.open((event) => events.push(event), new AbortController().signal);
    const send = (text: string) =>
      kind === 'serial' ? line.present(text, { suffix: '' }) : keys.present(text, null);
    send(first);
    return {
      clock,
      send,
      said: () => events.map((event) => (event.type === 'code' ? event.text : `!${event.cause}`)),
    };
  }

  it.each(['OTHER\r', ''])('does not cut a pass in two (before it: %j)', async (first) => {
    const { clock, send, said } = await played(first);
    send(pass.slice(0, 50));
    clock.advance(120);
    send(`${pass.slice(50)}\r`);
    expect(said().slice(first === '' ? 0 : 1)).toEqual([pass]);
  });

  it('ends no code where the scanner ends codes by itself: what it leaves behind is no code', async () => {
    const { clock, send, said } = await played('OTHER\r');
    send('HALF');
    clock.advance(120);
    send('WHOLE\r');
    expect(said()).toEqual(['OTHER', '!incomplete', 'WHOLE']);
    send(pass.slice(0, 50));
    clock.advance(1_000);
    send(`${pass}\r`);
    expect(said().slice(3)).toEqual(['!incomplete', pass]);
    expect(clock.pendingTimers()).toBe(0);
  });

  it('ends a whole pass all the same, from a scanner that was set to another end meanwhile', async () => {
    const { clock, send, said } = await played('OTHER\r');
    send(pass);
    clock.advance(120);
    expect(said()).toEqual(['OTHER', pass]);
  });
});

describe('a HID-POS scanner', () => {
  it('gives up a code whose next report does not come within 200 ms', async () => {
    const { clock, file, events } = await opened('pos', POS_DESCRIPTOR);
    const [first = new Uint8Array(), second = new Uint8Array()] = posReports(new Uint8Array(100).fill(0x41));
    file.write(first);
    clock.advance(199);
    file.write(second);
    expect(events).toMatchObject([{ type: 'code', text: 'A'.repeat(100) }]);
    file.write(first);
    clock.advance(200);
    expect(events[1]).toEqual({
      type: 'rejected',
      cause: 'incomplete',
      lengthBytes: 56,
      beganMs: 199,
      atMs: 199,
    });
    expect(clock.pendingTimers()).toBe(0);
  });

  it('reads on after a report that came too short', async () => {
    const { clock, file, events } = await opened('pos', POS_DESCRIPTOR);
    const scanner = new PosScannerSimulator(file);
    const [report = new Uint8Array()] = posReports(Buffer.from('SHORT'));
    file.write(report.subarray(0, 10));
    clock.advance(1000);
    for (const text of ['ONE', 'TWO']) scanner.present(text);
    expect(events).toMatchObject([{ text: 'ONE' }, { text: 'TWO' }]);
  });
});
