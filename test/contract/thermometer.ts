import { afterEach, beforeEach, expect, it } from 'vitest';
import type {
  ThermometerSimulator,
  ThermometerTrouble,
} from '../../hardware/simulators/thermometer-frames.ts';
import type { Wire } from '../../hardware/simulators/wire.ts';
import type { SensorFault } from '../../src/core/screening/screening.ts';
import type { DeviceLink } from '../../src/ports/device-link.ts';
import type { ThermometerEvent } from '../../src/ports/thermometer.ts';
import { QuickClock } from '../support/clock/quick-clock.ts';
import { Inbox } from '../support/inbox.ts';
import type { SerialRig } from './serial-ports.ts';
import type { ThermometerKit } from './thermometer-kits.ts';

/** What every thermometer on a serial line does, whatever carries the line. Call inside a describe(). */
export function thermometerContract(kit: ThermometerKit, makeRig: () => Promise<SerialRig>): void {
  /** Real bytes on a pty need some real time. */
  const clock = new QuickClock(4);
  let rig: SerialRig;
  let module: ThermometerSimulator;
  let inbox: Inbox<ThermometerEvent>;
  let links: DeviceLink[];

  beforeEach(async () => {
    rig = await makeRig();
    module = simulator(rig.wire());
    inbox = new Inbox();
    links = [];
  });

  afterEach(async () => {
    module.powerOff();
    await Promise.all(links.map((link) => link.close()));
    await rig.dispose();
  });

  function simulator(wire: Wire): ThermometerSimulator {
    return kit.manifest.simulate({ wire, clock, noise: () => 0 }, kit.settings);
  }

  function tryToOpen(path = rig.path): Promise<DeviceLink> {
    const line = { serialPorts: rig.ports, clock, path, simulated: false };
    return kit.manifest.make(line, kit.settings).open(inbox.put, new AbortController().signal);
  }

  async function open(): Promise<DeviceLink> {
    const link = await tryToOpen();
    links.push(link);
    return link;
  }

  const sawFrame = (events: readonly ThermometerEvent[]) => events.some(({ type }) => type === 'frame');

  it('passes on what the module measures, unchanged', async () => {
    module.setTemperatures({ objectC: 36.57, ambientC: -4.01 });
    module.powerOn();
    await open();
    const [event] = await inbox.until(sawFrame);
    expect(event).toEqual({ type: 'frame', frame: { ...kit.measured, atMs: expect.any(Number) } });
  });

  it('goes on measuring', async () => {
    module.powerOn();
    await open();
    const events = await inbox.until((all) => all.length >= 4);
    expect(events.map(({ type }) => type)).toEqual(events.map(() => 'frame'));
  });

  it.skipIf(kit.opening === undefined)('tells the module what to do', async () => {
    const opening = kit.opening ?? [];
    const orders = new Inbox<Uint8Array>();
    rig.wire().onBytes(orders.put);
    await open();
    await orders.until((chunks) => Buffer.concat(chunks).length >= opening.length);
    expect([...Buffer.concat(orders.items)].slice(0, opening.length)).toEqual([...opening]);
  });

  it('puts frames together that arrive byte by byte', async () => {
    const wire = rig.wire();
    const slow: Wire = {
      write: (bytes) => {
        for (const byte of bytes) wire.write(Uint8Array.of(byte));
      },
      onBytes: (listener) => wire.onBytes(listener),
    };
    module = simulator(slow);
    module.setTemperatures({ objectC: 36.57, ambientC: -4.01 });
    module.powerOn();
    await open();
    // A busy machine may hand over several frames at a time, or an answer after its time, all of it or its second half.
    const late = kit.isPolled ? ['sensor_silent', 'sensor_framing'] : ['sensor_silent'];
    const isLate = (event: ThermometerEvent) => event.type === 'fault' && late.includes(event.cause);
    const events = await inbox.until((all) => all.filter((event) => !isLate(event)).length >= 3);
    for (const event of events)
      if (!isLate(event)) expect(event).toMatchObject({ type: 'frame', frame: kit.measured });
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
    module = simulator(rig.wire());
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
    await expect(tryToOpen(rig.missingPath)).rejects.toMatchObject({ code: 'device.missing' });
    await open();
    await expect(tryToOpen()).rejects.toMatchObject({ code: 'device.busy' });
  });
}
