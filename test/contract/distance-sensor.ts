import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DistanceManifest } from '../../hardware/serial/line-sensors.ts';
import type { DistanceSimulator, DistanceTrouble } from '../../hardware/simulators/streaming-distance.ts';
import type { SensorFault } from '../../src/core/screening/screening.ts';
import type { DeviceLink } from '../../src/ports/device-link.ts';
import type { DistanceEvent, NoDistanceCause } from '../../src/ports/distance-sensor.ts';
import { QuickClock } from '../support/clock/quick-clock.ts';
import { Inbox } from '../support/inbox.ts';
import type { SerialRig } from './serial-ports.ts';

/** One family, as its contract is tried on it. */
export interface DistanceKit {
  readonly manifest: DistanceManifest;
  readonly nothing: NoDistanceCause;
}

/** What every distance sensor on a serial line does, whatever carries the line. Call inside a describe(). */
export function distanceSensorContract(kit: DistanceKit, makeRig: () => Promise<SerialRig>): void {
  const clock = new QuickClock(4);
  let rig: SerialRig;
  let module: DistanceSimulator;
  let inbox: Inbox<DistanceEvent>;
  let links: DeviceLink[];

  beforeEach(async () => {
    rig = await makeRig();
    module = kit.manifest.simulate({ wire: rig.wire(), clock });
    inbox = new Inbox();
    links = [];
  });

  afterEach(async () => {
    module.powerOff();
    await Promise.all(links.map((link) => link.close()));
    await rig.dispose();
  });

  function tryToOpen(path = rig.path): Promise<DeviceLink> {
    const line = { serialPorts: rig.ports, clock, path, simulated: false };
    return kit.manifest.make(line, {}).open(inbox.put, new AbortController().signal);
  }

  async function open(): Promise<DeviceLink> {
    const link = await tryToOpen();
    links.push(link);
    return link;
  }

  const sawDistance = (events: readonly DistanceEvent[]) => events.some(({ type }) => type === 'distance');

  it('passes on how far away it is, in millimetres, with the time', async () => {
    module.setDistance(120);
    module.powerOn();
    await open();
    const [event] = await inbox.until((all) => all.length > 0);
    expect(event).toEqual({ type: 'distance', distanceMm: 120, atMs: expect.any(Number) });
  });

  it('names what is no distance, and then measures again', async () => {
    module.setDistance(undefined);
    module.powerOn();
    await open();
    const [event] = await inbox.until((all) => all.length > 0);
    expect(event).toMatchObject({ type: 'no_distance', cause: kit.nothing });
    module.setDistance(50);
    const events = await inbox.until(sawDistance);
    expect(events.at(-1)).toMatchObject({ distanceMm: 50 });
  });

  it.each<[DistanceTrouble, SensorFault]>([
    ['garbage', 'sensor_framing'],
    ['bad_checksum', 'sensor_framing'],
    ['wrong_family', 'sensor_wrong_family'],
  ])('reports %s as %s, once, and is well again afterwards', async (trouble, cause) => {
    module.setDistance(80);
    module.setTrouble(trouble);
    module.powerOn();
    await open();
    const [fault] = await inbox.until((all) => all.length > 0);
    expect(fault).toMatchObject({ type: 'fault', cause });
    module.setTrouble('none');
    const [, reading] = await inbox.until((all) => all.length > 1);
    expect(reading).toMatchObject({ type: 'distance', distanceMm: 80 });
  });

  it('says device.lost when the plug is pulled, and measures again after it is back', async () => {
    module.setDistance(80);
    module.powerOn();
    const link = await open();
    await inbox.until(sawDistance);
    await rig.unplug();
    expect(await link.closed).toMatchObject({ code: 'device.lost' });
    module.powerOff();
    await rig.plug();
    module = kit.manifest.simulate({ wire: rig.wire(), clock });
    module.setDistance(90);
    module.powerOn();
    await open();
    await inbox.until((all) => all.some((event) => event.type === 'distance' && event.distanceMm === 90));
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
