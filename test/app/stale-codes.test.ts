import { describe, expect, it, onTestFinished } from 'vitest';
import { KeyboardCodeReader } from '../../hardware/scanner-hid/keyboard-reader.ts';
import { PosCodeReader } from '../../hardware/scanner-hid/pos-reader.ts';
import {
  KEYBOARD_DESCRIPTOR,
  KeyboardScannerSimulator,
  POS_DESCRIPTOR,
  posReports,
} from '../../hardware/scanner-hid/simulator.ts';
import { SerialCodeReader } from '../../hardware/scanner-serial/driver.ts';
import { ScannerSimulator } from '../../hardware/scanner-serial/simulator.ts';
import { SimulatedDeviceFiles } from '../../hardware/simulators/simulated-device-files.ts';
import { SimulatedSerialPorts } from '../../hardware/simulators/simulated-serial-ports.ts';
import { FreshReader } from '../../src/app/devices/fresh-reader.ts';
import type { CodeReader, CodeReaderEvent } from '../../src/ports/code-reader.ts';
import { PublishedContract } from '../support/broker/published-contract.ts';
import { ScriptedStandstills } from '../support/clock/scripted-standstills.ts';
import { settle, VirtualClock } from '../support/clock/virtual-clock.ts';
import { NOW_S } from '../support/gate/pass-samples.ts';
import { policy } from '../support/gate/policy-samples.ts';
import { passText, RuleGate, type RuleGateOptions } from '../support/gate/rule-gate.ts';
import { temporaryFolder } from '../support/store/store-folder.ts';

const PERSON = { passId: '00000000000000a1' };
const SCANNER = 'device/scanner:main-in';

async function openGate(options: RuleGateOptions = {}): Promise<RuleGate> {
  const clock = new VirtualClock(NOW_S * 1000);
  const direction = { in: options.thermometer === true ? 'enforce' : 'off', out: 'off' } as const;
  const rules = policy({ normal: { screening: { direction, kinds: {} } } });
  const gate = await RuleGate.start(temporaryFolder(), clock, rules, options);
  onTestFinished(() => gate.stop());
  return gate;
}

/** The scanner comes back, and its line is open again. */
async function replug(gate: RuleGate): Promise<void> {
  gate.sensors.cables.in.unplug();
  await gate.pass(0);
  gate.sensors.cables.in.plug();
  while (!gate.sensors.cables.in.isOpen) await gate.pass(10);
}

const opened = (gate: RuleGate) => gate.data('access.granted').length + gate.actuator.pulses.length;

describe('a pass that a scanner kept while nobody listened', () => {
  it('opens nothing, is counted, and has a row and a number beside the device', async () => {
    const gate = await openGate();
    await replug(gate);
    await gate.pass(28);
    gate.present('in', PERSON);
    await gate.pass(500);
    await gate.pass(1_000);
    expect(opened(gate)).toBe(0);
    expect(gate.data('access.denied')).toEqual([]);
    expect(gate.data('device.scanner').filter(({ cause }) => cause === 'scanner_kept')).toMatchObject([
      { device: 'scanner:main-in', status: 'ok', dropped: 1 },
    ]);
    const published = new PublishedContract();
    for (const data of gate.data('device.scanner')) {
      expect(published.check('urn:gatepost:event:device.scanner:v1', data)).toEqual([]);
    }
    expect(gate.feed.get(SCANNER)).toMatchObject({ status: 'ok', dropped: 1 });
    expect(gate.show('in', PERSON)?.granted).toBe(true);
  });

  it.each([
    { atMs: 0, granted: false },
    { atMs: 499, granted: false },
    { atMs: 500, granted: true },
  ])('shown $atMs ms after the line was opened, opens: $granted', async ({ atMs, granted }) => {
    const gate = await openGate();
    await replug(gate);
    await gate.pass(atMs);
    gate.present('in', PERSON);
    await gate.pass(100);
    expect(opened(gate) > 0).toBe(granted);
  });

  it('is no scanner that works before it is used', async () => {
    const gate = await openGate();
    await replug(gate);
    expect(gate.feed.get(SCANNER)).not.toMatchObject({ status: 'ok' });
    await gate.pass(500);
    expect(gate.feed.get(SCANNER)).toMatchObject({ status: 'ok' });
  });

  it('is not half a pass either, which began before and ends after', async () => {
    const gate = await openGate();
    await replug(gate);
    await gate.pass(490);
    const text = passText(PERSON);
    gate.sensors.scanners.in.present(text.slice(0, 60), { suffix: '' });
    await gate.pass(40);
    gate.sensors.scanners.in.present(text.slice(60));
    await gate.pass(1_000);
    expect(opened(gate)).toBe(0);
    expect(gate.data('access.denied')).toEqual([]);
    expect(gate.feed.get(SCANNER)).toMatchObject({ dropped: 1 });
  });

  it('is not one of many either, which take longer to send', async () => {
    const gate = await openGate();
    await replug(gate);
    for (let at = 0; at < 40; at++) {
      gate.present('in', { passId: (0xb0 + at).toString(16).padStart(16, '0') });
      await gate.pass(25);
    }
    expect(opened(gate)).toBe(0);
    await gate.pass(1_000);
    expect(gate.feed.get(SCANNER)).toMatchObject({ dropped: 40 });
    expect(gate.show('in', PERSON)?.granted).toBe(true);
  });

  it('does not keep passes out for ever on a line that is never quiet', async () => {
    const gate = await openGate();
    await replug(gate);
    for (let at = 0; at < 60; at++) {
      gate.present('in', `~${at}`);
      await gate.pass(90);
    }
    await gate.pass(6_000);
    expect(gate.show('in', PERSON)?.granted).toBe(true);
  });

  it('has its row also when the gate stops at once', async () => {
    const folder = temporaryFolder();
    const clock = new VirtualClock(NOW_S * 1000);
    const gate = await RuleGate.start(folder, clock, policy());
    await replug(gate);
    gate.present('in', PERSON);
    await gate.stop();
    const next = await RuleGate.start(folder, clock, policy());
    onTestFinished(() => next.stop());
    expect(next.data('device.scanner').at(-1)).toMatchObject({ cause: 'scanner_kept', dropped: 1 });
  });
});

describe('after the program stood still', () => {
  it('what was shown meanwhile opens nothing, and what is shown half a second later does', async () => {
    const gate = await openGate();
    gate.standstills.end(gate.clock.read().monotonicMs);
    gate.present('in', PERSON);
    await gate.pass(499);
    gate.present('in', { passId: '00000000000000b2' });
    await gate.pass(1_200);
    expect(opened(gate)).toBe(0);
    expect(gate.feed.get(SCANNER)).toMatchObject({ dropped: 2 });
    expect(gate.show('in', PERSON)?.granted).toBe(true);
  });

  it('the forehead that was seen meanwhile is not that of a person who stands there now', async () => {
    const gate = await openGate({ thermometer: true });
    gate.present('in', PERSON);
    gate.sensors.forehead.setTemperatures({ objectC: 36.5, ambientC: 22 });
    await gate.clock.advanceAsync(300);
    expect(opened(gate)).toBe(0);
    gate.standstills.end(gate.clock.read().monotonicMs);
    await gate.clock.advanceAsync(450);
    gate.sensors.forehead.setTemperatures({ objectC: 22, ambientC: 22 });
    await gate.clock.advanceAsync(5_000);
    expect(opened(gate)).toBe(0);
  });
});

describe('while the program is kept from reading', () => {
  it('a pass counts from the moment at which it may have been shown', async () => {
    const gate = await openGate();
    await gate.pass(5_000);
    gate.standstills.holdUp(2_500);
    expect(gate.show('in', PERSON)?.data.latencyMs).toBe(2_500);
  });

  it('one that may have come before the line was settled is old', async () => {
    const gate = await openGate();
    await replug(gate);
    await gate.pass(700);
    gate.standstills.holdUp(300);
    gate.present('in', PERSON);
    await gate.pass(100);
    expect(opened(gate)).toBe(0);
  });
});

/** One reader of each kind on a clock that stands, and the two halves of a code before it. */
const KINDS = {
  serial: (clock: VirtualClock) => {
    const serialPorts = new SimulatedSerialPorts();
    const scanner = new ScannerSimulator(serialPorts.line('scanner'));
    return {
      reader: new SerialCodeReader({ serialPorts, clock, path: 'scanner', baudRate: 9600, simulated: true }),
      halves: [() => scanner.present('HALF', { suffix: '' }), () => scanner.present('WHOLE')],
    };
  },
  'hid-keyboard': (clock: VirtualClock) => {
    const devices = new SimulatedDeviceFiles();
    const scanner = new KeyboardScannerSimulator(devices.file('hid'), 'us');
    const parts = { devices, clock, path: 'hid', simulated: true, layout: 'us' } as const;
    return {
      reader: new KeyboardCodeReader({ ...parts, descriptorOf: async () => KEYBOARD_DESCRIPTOR }),
      halves: [() => scanner.present('HALF', null), () => scanner.present('WHOLE')],
    };
  },
  'hid-pos': (clock: VirtualClock) => {
    const devices = new SimulatedDeviceFiles();
    const file = devices.file('hid');
    const [first = new Uint8Array(), second = new Uint8Array()] = posReports(new Uint8Array(100).fill(0x41));
    return {
      reader: new PosCodeReader({
        devices,
        clock,
        path: 'hid',
        simulated: true,
        descriptorOf: async () => POS_DESCRIPTOR,
      }),
      halves: [() => file.write(first), () => file.write(second)],
    };
  },
} satisfies Record<string, (clock: VirtualClock) => { reader: CodeReader; halves: (() => void)[] }>;

describe.each(Object.keys(KINDS) as (keyof typeof KINDS)[])('half a code of a %s scanner', (kind) => {
  async function read(beforeMs: number): Promise<{ fresh: number; dropped: number }> {
    const clock = new VirtualClock();
    const { reader, halves } = KINDS[kind](clock);
    const fresh: CodeReaderEvent[] = [];
    const dropped: CodeReaderEvent[] = [];
    const standstills = new ScriptedStandstills();
    const reading = new FreshReader({
      reader,
      clock,
      standstills,
      onDropped: (event) => dropped.push(event),
    });
    const opening = reading.open((event) => fresh.push(event), new AbortController().signal);
    await settle();
    clock.advance(beforeMs);
    await settle();
    halves[0]?.();
    clock.advance(50);
    await settle();
    halves[1]?.();
    clock.advance(100);
    await (await opening).close();
    return { fresh: fresh.length, dropped: dropped.length };
  }

  it('is dropped to its last byte when it began before the link was settled, and else read', async () => {
    expect(await read(499)).toEqual({ fresh: 0, dropped: 1 });
    expect(await read(500)).toEqual({ fresh: 1, dropped: 0 });
  });
});
