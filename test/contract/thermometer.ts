import { afterEach, beforeEach, expect, it } from 'vitest';
import { COMMANDS, encodeFrame } from '../../hardware/thermometer-gy-mcu9061x/codec.ts';
import { GyMcu9061xThermometer } from '../../hardware/thermometer-gy-mcu9061x/driver.ts';
import {
  GyMcu9061xSimulator,
  type ThermometerTrouble,
} from '../../hardware/thermometer-gy-mcu9061x/simulator.ts';
import { SystemClock } from '../../src/adapters/clock/system-clock.ts';
import type { SensorFault } from '../../src/core/screening/screening.ts';
import type { DeviceLink } from '../../src/ports/device-link.ts';
import type { ThermometerEvent } from '../../src/ports/thermometer.ts';
import { Inbox } from '../support/inbox.ts';
import type { SerialRig } from './serial-ports.ts';

/** What a GY-MCU9061x on a serial line does, whatever carries the line. Call inside a describe(). */
export function thermometerContract(makeRig: () => Promise<SerialRig>): void {
  let rig: SerialRig;
  let module: GyMcu9061xSimulator;
  let inbox: Inbox<ThermometerEvent>;
  let links: DeviceLink[];

  beforeEach(async () => {
    rig = await makeRig();
    module = simulator();
    inbox = new Inbox();
    links = [];
  });

  afterEach(async () => {
    module.powerOff();
    await Promise.all(links.map((link) => link.close()));
    await rig.dispose();
  });

  function simulator(): GyMcu9061xSimulator {
    return new GyMcu9061xSimulator({ wire: rig.wire(), clock: new SystemClock(), noise: () => 0 });
  }

  function thermometer(path = rig.path, baudRate: 9600 | 'auto' = 9600): GyMcu9061xThermometer {
    return new GyMcu9061xThermometer({
      serialPorts: rig.ports,
      clock: new SystemClock(),
      path,
      baudRate,
      simulated: false,
    });
  }

  async function open(baudRate?: 9600 | 'auto'): Promise<DeviceLink> {
    const link = await thermometer(rig.path, baudRate).open(inbox.put, new AbortController().signal);
    links.push(link);
    return link;
  }

  const sawFrame = (events: readonly ThermometerEvent[]) => events.some(({ type }) => type === 'frame');

  it('passes on what the module measures, unchanged', async () => {
    module.setTemperatures({ objectC: 36.57, ambientC: -4.01 });
    module.powerOn();
    await open();
    const [event] = await inbox.until(sawFrame);
    expect(event).toMatchObject({ type: 'frame', frame: { objectC: 36.57, ambientC: -4.01 } });
  });

  it('finds the speed by itself', async () => {
    module.powerOn();
    await open('auto');
    expect(sawFrame(await inbox.until(sawFrame))).toBe(true);
  });

  it('tells the module to send continuously', async () => {
    const orders = new Inbox<Uint8Array>();
    rig.wire().onBytes(orders.put);
    await open();
    await orders.until((chunks) => Buffer.concat(chunks).length >= 3);
    expect([...Buffer.concat(orders.items)]).toEqual([...COMMANDS.continuous]);
  });

  it('puts frames together that arrive byte by byte', async () => {
    await open();
    for (const objectCentiC of [3450, -1200, 3600]) {
      for (const byte of encodeFrame(objectCentiC, 2500)) rig.wire().write(Uint8Array.of(byte));
    }
    const events = await inbox.until((all) => all.length === 3);
    expect(events.map((event) => event.type === 'frame' && event.frame.objectC)).toEqual([34.5, -12, 36]);
  });

  it.each<[ThermometerTrouble, SensorFault]>([
    ['garbage', 'sensor_framing'],
    ['half_frames', 'sensor_framing'],
    ['bad_checksum', 'sensor_framing'],
    ['wrong_family', 'sensor_wrong_family'],
    ['no_value', 'sensor_invalid'],
  ])('reports %s as %s, once, and is well again afterwards', async (trouble, cause) => {
    module.setTrouble(trouble);
    module.powerOn();
    await open();
    const [fault] = await inbox.until((all) => all.length > 0);
    expect(fault).toMatchObject({ type: 'fault', cause });
    module.setTrouble('none');
    const [, frame] = await inbox.until((all) => all.length > 1);
    expect(frame).toMatchObject({ type: 'frame' });
  });

  it('says device.lost when the plug is pulled, and measures again after it is back', async () => {
    module.powerOn();
    const link = await open();
    await inbox.until(sawFrame);
    await rig.unplug();
    expect(await link.closed).toMatchObject({ code: 'device.lost' });
    module.powerOff();
    await rig.plug();
    module = simulator();
    module.powerOn();
    const before = inbox.items.length;
    await open();
    await inbox.until((all) => all.length > before);
    expect(inbox.items.at(-1)).toMatchObject({ type: 'frame' });
  });

  it('ends without an error when closed, twice without harm', async () => {
    module.powerOn();
    const link = await open();
    await Promise.all([link.close(), link.close()]);
    expect(await link.closed).toBeUndefined();
  });

  it('names a missing and a busy line', async () => {
    const signal = new AbortController().signal;
    for (const baudRate of [9600, 'auto'] as const) {
      const missing = thermometer(rig.missingPath, baudRate).open(inbox.put, signal);
      await expect(missing).rejects.toMatchObject({ code: 'device.missing' });
    }
    await open();
    await expect(open()).rejects.toMatchObject({ code: 'device.busy' });
  });
}
