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
import { settle, VirtualClock } from '../support/clock/virtual-clock.ts';
import { passText } from '../support/gate/rule-gate.ts';

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
    const { clock, file, events } = await opened('keyboard', NUMBERED_KEYBOARD);
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
    clock.advance(100);
    expect(events).toMatchObject([{ type: 'code', text: 'AABB-11' }]);
  });
});

describe('a keyboard with one key in its reports', () => {
  it('is read by its four bytes', async () => {
    const { clock, file, events } = await opened('keyboard', ONE_KEY_DESCRIPTOR);
    const scanner = new KeyboardScannerSimulator(
      { write: ([modifiers = 0, , usage = 0]) => file.write(Uint8Array.of(3, modifiers, 0, usage)) },
      'us',
    );
    scanner.present('GP1:AABB');
    clock.advance(100);
    scanner.present('NEXT\n', null);
    clock.advance(100);
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

describe('a keyboard with a bit for each key', () => {
  it.each([
    ['behind the modifiers', 0x04, 0x78],
    ['modifiers among them', 0x00, 0xff],
  ])('is read: %s', async (_name, first, last) => {
    const count = last - first + 1;
    const withModifiers = last >= 0xe7;
    const modifierBits = [0x19, 0xe0, 0x29, 0xe7, 0x95, 0x08, 0x81, 0x02];
    const padding = count % 8 === 0 ? [] : [0x95, 8 - (count % 8), 0x81, 0x01];
    const descriptor = Uint8Array.of(
      ...[0x05, 0x01, 0x09, 0x06, 0xa1, 0x01, 0x85, 0x04, 0x05, 0x07, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01],
      ...(withModifiers ? [] : modifierBits),
      ...[0x19, first, 0x29, last, 0x96, count & 0xff, count >> 8, 0x81, 0x02],
      ...[...padding, 0xc0],
    );
    const { clock, file, events } = await opened('keyboard', descriptor);
    const sink = {
      write: ([modifiers = 0, , usage = 0]: Uint8Array) => {
        const bits = new Uint8Array(Math.ceil(count / 8));
        const press = (key: number) => {
          const at = key - first;
          bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7));
        };
        if (usage !== 0) press(usage);
        if (withModifiers) for (let bit = 0; bit < 8; bit++) if ((modifiers >> bit) & 1) press(0xe0 + bit);
        file.write(Uint8Array.of(4, ...(withModifiers ? [] : [modifiers]), ...bits));
      },
    };
    const scanner = new KeyboardScannerSimulator(sink, 'us');
    scanner.present('GP1:AABB $%*+-./:');
    clock.advance(100);
    expect(events).toMatchObject([{ type: 'code', text: 'GP1:AABB $%*+-./:' }]);
  });
});

describe('a keyboard scanner that is set up otherwise', () => {
  const pass = passText({ passId: '00000000000000a1' });

  async function shown(
    show: (scanner: KeyboardScannerSimulator, clock: VirtualClock) => void,
    layout: 'us' | 'de' = 'us',
  ) {
    const clock = new VirtualClock();
    const devices = new SimulatedDeviceFiles();
    const file = devices.file(PATH);
    const reader = new KeyboardCodeReader({
      ...{ devices, clock, path: PATH, simulated: true, layout },
      descriptorOf: async () => KEYBOARD_DESCRIPTOR,
    });
    const events: CodeReaderEvent[] = [];
    await reader.open((event) => events.push(event), new AbortController().signal);
    show(new KeyboardScannerSimulator(file, 'us'), clock);
    clock.advance(1_000);
    return events;
  }

  it('is read with Ctrl+C (ETX) between the pass and Enter', async () => {
    const events = await shown((scanner) => {
      scanner.present(pass, null);
      scanner.press(0x06, 0x01);
      scanner.press(0x28);
    });
    expect(events).toMatchObject([{ type: 'code', text: pass }]);
  });

  it('is named when it types STX (Ctrl+B) before each pass', async () => {
    const events = await shown((scanner, clock) => {
      for (let time = 0; time < 2; time++) {
        scanner.press(0x05, 0x01);
        scanner.present(pass);
        clock.advance(100);
      }
    });
    const named = {
      cause: 'unknown_key',
      misuse: { misuse: 'scanner_prefix', added: 'the control character STX' },
    };
    expect(events).toMatchObject([named, named]);
  });

  it('is named when it types for another country, keys without a character included', async () => {
    const events = await shown((scanner) => scanner.present(`${pass}+++`), 'de');
    expect(events).toMatchObject([{ cause: 'unknown_key', misuse: { misuse: 'scanner_layout' } }]);
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
    clock.advance(100);
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
    clock.advance(100);
    send('WHOLE\r');
    clock.advance(100);
    expect(said()).toEqual(['OTHER', '!incomplete', 'WHOLE']);
    send(pass.slice(0, 50));
    clock.advance(1_000);
    send(`${pass}\r`);
    expect(said().slice(3)).toEqual(['!incomplete', pass]);
    clock.advance(100);
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
