import { describe, expect, it } from 'vitest';
import { SimulatedSerialPorts } from '../../hardware/simulators/simulated-serial-ports.ts';
import { COMMANDS } from '../../hardware/thermometer-lu90614/codec.ts';
import { LU90614 } from '../../hardware/thermometer-lu90614/driver.ts';
import { Lu90614Simulator } from '../../hardware/thermometer-lu90614/simulator.ts';
import { encodeRequest } from '../../hardware/thermometer-modbus/codec.ts';
import { MODBUS } from '../../hardware/thermometer-modbus/driver.ts';
import { ModbusSimulator } from '../../hardware/thermometer-modbus/simulator.ts';
import type { Thermometer, ThermometerEvent } from '../../src/ports/thermometer.ts';
import { settle, VirtualClock } from '../support/clock/virtual-clock.ts';
import { CALEX, CALEX_SETTINGS } from './thermometer-kits.ts';

/** A line whose requests are written down with their time. */
function makeLine() {
  const clock = new VirtualClock();
  const serialPorts = new SimulatedSerialPorts();
  const line = serialPorts.line('sensor');
  const sent: { atMs: number; hex: string }[] = [];
  line.onBytes((bytes) =>
    sent.push({ atMs: clock.read().monotonicMs, hex: Buffer.from(bytes).toString('hex') }),
  );
  const events: ThermometerEvent[] = [];
  const open = (thermometer: Thermometer) =>
    thermometer.open((event) => events.push(event), new AbortController().signal);
  return { clock, line, sent, events, open, parts: { serialPorts, clock, path: 'sensor', simulated: true } };
}

const hexOf = (bytes: Iterable<number>) => Buffer.from([...bytes]).toString('hex');
const MEASURE = hexOf(COMMANDS.measure);

describe('an LU90614 that is asked', () => {
  it('gets a request every 150 ms as long as it answers', async () => {
    const { clock, line, sent, open, parts } = makeLine();
    new Lu90614Simulator({ wire: line }).powerOn();
    const link = await open(LU90614.make(parts, {}));
    await clock.advanceAsync(600);
    expect(sent.slice(1).map(({ atMs }) => atMs)).toEqual([0, 150, 300, 450, 600]);
    await link.close();
    await settle();
    expect(clock.pendingTimers()).toBe(0);
  });

  it('gets the next request only after 800 ms without an answer', async () => {
    const { clock, sent, events, open, parts } = makeLine();
    await open(LU90614.make(parts, {}));
    await clock.advanceAsync(2400);
    expect(sent).toEqual([
      { atMs: 0, hex: hexOf(COMMANDS.surfaceMode) },
      ...[0, 800, 1600, 2400].map((atMs) => ({ atMs, hex: MEASURE })),
    ]);
    expect(events).toEqual([]);
  });

  it('is put back into surface mode after a power cut', async () => {
    const { clock, line, sent, events, open, parts } = makeLine();
    const module = new Lu90614Simulator({ wire: line });
    module.powerOn();
    await open(LU90614.make(parts, {}));
    await clock.advanceAsync(300);
    module.powerOff();
    module.powerOn();
    const before = events.length;
    await clock.advanceAsync(600);
    expect(sent.some(({ hex }) => hex === hexOf([...COMMANDS.surfaceMode, ...COMMANDS.measure]))).toBe(true);
    expect(events.length).toBeGreaterThan(before);
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['frame']));
  });

  it('that does not obey is a fault, and never a reading', async () => {
    const { clock, line, events, open, parts } = makeLine();
    const module = new Lu90614Simulator({ wire: line });
    module.setObeysMode(false);
    module.powerOn();
    await open(LU90614.make(parts, {}));
    await clock.advanceAsync(3000);
    expect(events).toMatchObject([{ cause: 'sensor_invalid', detail: expect.stringContaining('body mode') }]);
  });

  it('gets no request after the plug was pulled', async () => {
    const { clock, line, sent, open, parts } = makeLine();
    const link = await open(LU90614.make(parts, {}));
    line.unplug();
    expect(await link.closed).toMatchObject({ code: 'device.lost' });
    const before = sent.length;
    await clock.advanceAsync(3000);
    expect(sent.length).toBe(before);
    expect(clock.pendingTimers()).toBe(0);
  });
});

describe('a Modbus sensor that is asked', () => {
  const REQUEST = hexOf(encodeRequest(CALEX));
  const ANSWER = Buffer.from('010308016d016c00fa00005934', 'hex');

  it('gets one request at a time, each for the whole block, after its answer or the deadline', async () => {
    const { clock, line, sent, open, parts } = makeLine();
    await open(MODBUS.make(parts, CALEX_SETTINGS));
    await clock.advanceAsync(20);
    line.write(ANSWER);
    await clock.advanceAsync(980);
    expect(sent).toEqual([0, 200, 500, 800].map((atMs) => ({ atMs, hex: REQUEST })));
  });

  it('may answer in pieces, but not beyond the deadline', async () => {
    const { clock, line, events, open, parts } = makeLine();
    await open(MODBUS.make(parts, CALEX_SETTINGS));
    line.write(ANSWER.subarray(0, 5));
    await clock.advanceAsync(200);
    line.write(ANSWER.subarray(5));
    expect(events).toMatchObject([{ frame: { objectC: 36.5, ambientC: 25 } }]);
    await clock.advanceAsync(10);
    line.write(ANSWER.subarray(0, 5));
    await clock.advanceAsync(400);
    line.write(ANSWER.subarray(5));
    expect(events.length).toBe(1);
  });

  it('is read on an adapter that also hands back what it sends', async () => {
    const { clock, line, events, open, parts } = makeLine();
    line.onBytes((bytes) => line.write(bytes));
    new ModbusSimulator({ wire: line, map: CALEX, noise: () => 0 }).powerOn();
    await open(MODBUS.make(parts, CALEX_SETTINGS));
    await clock.advanceAsync(1000);
    expect(events.map(({ type }) => type)).toEqual(events.map(() => 'frame'));
    expect(events).toHaveLength(6);
  });

  it('that answers after the deadline is read all the same, and gets one request at a time', async () => {
    const { clock, line, sent, events, open, parts } = makeLine();
    line.onBytes(() => clock.schedule(400, () => line.write(ANSWER)));
    await open(MODBUS.make(parts, CALEX_SETTINGS));
    await clock.advanceAsync(2000);
    expect(events[0]).toMatchObject({ type: 'frame', frame: { objectC: 36.5, atMs: 400 } });
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['frame']));
    const pauses = sent.slice(1).map(({ atMs }, at) => atMs - (sent[at]?.atMs ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(200);
  });

  it('passes on why it refuses, and is well again afterwards', async () => {
    const { clock, line, events, open, parts } = makeLine();
    const sensor = new ModbusSimulator({ wire: line, map: CALEX });
    sensor.setException(6);
    sensor.powerOn();
    await open(MODBUS.make(parts, CALEX_SETTINGS));
    await clock.advanceAsync(1000);
    expect(events).toMatchObject([
      { cause: 'sensor_invalid', detail: expect.stringContaining('exception 6: it is busy. Cut its power') },
    ]);
    sensor.setException(undefined);
    await clock.advanceAsync(400);
    expect(events.at(-1)).toMatchObject({ type: 'frame' });
  });

  it.each(['even', 'odd'] as const)('with %s parity is read with it, and silent without', async (parity) => {
    const { clock, line, events, open, parts } = makeLine();
    const sensor = new ModbusSimulator({ wire: line, map: { ...CALEX, address: 255 }, parity });
    sensor.powerOn();
    const settings = { ...CALEX_SETTINGS, address: 255 };
    const silent = await open(MODBUS.make(parts, settings));
    await clock.advanceAsync(3000);
    expect(events).toEqual([]);
    await silent.close();
    const right = MODBUS.make(parts, { ...settings, parity, stopBits: 1 });
    expect(right.lineSetting).toBe(`9600 baud, 8${parity === 'even' ? 'E' : 'O'}1, address 255`);
    await open(right);
    await clock.advanceAsync(1000);
    expect(events.length).toBeGreaterThan(3);
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['frame']));
  });

  it('says that it does not have the registers of another sensor', async () => {
    const { clock, line, events, open, parts } = makeLine();
    new ModbusSimulator({ wire: line, map: { ...CALEX, objectRegister: 0x30 } }).powerOn();
    await open(MODBUS.make(parts, CALEX_SETTINGS));
    await clock.advanceAsync(500);
    expect(events).toMatchObject([
      { detail: expect.stringMatching(/exception 2: .*Compare function and registers/) },
    ]);
  });
});
