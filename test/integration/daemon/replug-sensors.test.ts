import { afterAll, beforeAll, expect, it } from 'vitest';
import { GY_53 } from '../../../hardware/distance-gy-53/driver.ts';
import { ScannerSimulator } from '../../../hardware/scanner-serial/simulator.ts';
import type { DistanceSimulator } from '../../../hardware/simulators/streaming-distance.ts';
import type { ThermometerSimulator } from '../../../hardware/simulators/thermometer-frames.ts';
import type { Wire } from '../../../hardware/simulators/wire.ts';
import { GyMcu9061xSimulator } from '../../../hardware/thermometer-gy-mcu9061x/simulator.ts';
import { Lu90614Simulator } from '../../../hardware/thermometer-lu90614/simulator.ts';
import { SystemClock } from '../../../src/adapters/clock/system-clock.ts';
import { SerialCable } from '../../support/devices/replug-cables.ts';
import { type Comer, ReplugGate } from '../../support/devices/replug-gate.ts';
import { needs } from '../../support/needs.ts';

const AIR_C = 22;
/** More than a whole measurement. */
const FRAMES_OF_A_READING = 16;
const clock = new SystemClock();
const streaming = (wire: Wire) => new GyMcu9061xSimulator({ wire, clock });

/** A way in whose people are measured. */
interface Place {
  readonly cable: SerialCable;
  readonly module: ThermometerSimulator;
  readonly person: (foreheadC: number) => Comer & Required<Pick<Comer, 'stand'>>;
}

needs('mosquitto', 'socat')('the daemon whose sensors are unplugged while people pass', () => {
  let gate: ReplugGate;
  const cables: SerialCable[] = [];
  const modules: { powerOff(): void }[] = [];
  const places = new Map<string, Place>();
  let eyeCable: SerialCable;
  let eye: DistanceSimulator;
  let present: (text: string) => void;
  let endOfCrowd: () => Promise<void>;

  beforeAll(async () => {
    gate = await ReplugGate.set();
    const addCable = (name: string): SerialCable => {
      const cable = new SerialCable(gate.folder, name);
      cables.push(cable);
      return cable;
    };
    const addScanner = (id: string) => {
      const cable = addCable(`${id}-scanner`);
      const scanner = new ScannerSimulator(cable);
      return { path: cable.path, present: (text: string) => scanner.present(text) };
    };
    const addPlace = (
      id: string,
      driver: string,
      plays: (wire: Wire) => ThermometerSimulator,
      more: object = {},
    ) => {
      const scanner = addScanner(id);
      const cable = addCable(`${id}-thermometer`);
      const module = plays(cable);
      const stand = (objectC = AIR_C) => module.setTemperatures({ objectC, ambientC: AIR_C });
      modules.push(module);
      gate.addPoint(id, {
        direction: 'in',
        scanner: { driver: 'serial', path: scanner.path },
        thermometer: { driver, path: cable.path },
        ...more,
      });
      const person = (foreheadC: number) => ({ present: scanner.present, stand, foreheadC });
      places.set(id, { cable, module, person });
      module.powerOn();
    };
    addPlace('streams', 'gy-mcu9061x', streaming);
    addPlace('asked', 'lu90614', (wire) => new Lu90614Simulator({ wire }));
    addPlace('bystander', 'gy-mcu9061x', streaming);
    eyeCable = addCable('eye');
    eye = GY_53.simulate({ wire: eyeCable, clock });
    eye.powerOn();
    modules.push(eye);
    addPlace('far', 'gy-mcu9061x', streaming, { distance: { driver: 'gy-53', path: eyeCable.path } });
    const gateScanner = addScanner('door');
    present = gateScanner.present;
    gate.addPoint('door', { direction: 'out', scanner: { driver: 'serial', path: gateScanner.path } }, true);
    for (const cable of cables) await cable.plug();
    await gate.start();
    for (const id of places.keys()) {
      await gate.guard.sees(`scanner:${id}`, 'ok');
      await gate.guard.sees(`thermometer:${id}`, 'ok');
    }
    await gate.guard.sees('distance:far', 'ok');
    const { person } = place('bystander');
    endOfCrowd = gate.crowd('bystander', [
      person(36.4),
      { present: person(0).present, pass: 'forged' },
      person(38.4),
      person(35.9),
    ]);
  });
  afterAll(async () => {
    for (const module of modules) module.powerOff();
    for (const cable of cables) await cable.dispose();
    await gate.dispose();
  });

  function place(id: string): Place {
    const found = places.get(id);
    if (found === undefined) throw new Error(`there is no ${id}`);
    return found;
  }

  /** Waits until the guard has seen so many more warm frames. */
  async function framesSeen(id: string, count: number): Promise<void> {
    const warm = () =>
      gate.guard.screen.messages
        .flat()
        .filter(({ topic, value }) => topic === `thermometer/${id}` && value !== null).length;
    const before = warm();
    await gate.guard.screen.until(() => warm() >= before + count);
  }

  it.each(['streams', 'asked'])('a thermometer that %s: no reading outlives the plug', async (id) => {
    const { cable, module, person } = place(id);
    const device = `thermometer:${id}`;
    await gate.comes(id, person(36.3));
    await gate.comes(id, person(38.6));

    // In the middle of a measurement: nobody can say how warm the person is.
    await gate.show(id, person(36.1));
    await cable.unplug();
    await gate.guardRefuses(id);
    module.setTemperatures({ objectC: AIR_C, ambientC: AIR_C });
    await cable.plug();
    await gate.isBack(device, cable.path);
    await gate.comes(id, person(36.7));

    // Somebody was measured and has no pass yet. Who has a pass afterwards is another one, who has fever.
    person(36.2).stand(36.2);
    await framesSeen(id, FRAMES_OF_A_READING);
    await cable.unplug();
    person(38.7).stand(38.7);
    await cable.plug();
    await gate.isBack(device, cable.path);
    const { present: presentHere } = person(38.7);
    await gate.comes(id, { present: presentHere, foreheadC: 38.7 });
    await gate.comes(id, person(36.5));

    // Between the decision and the end of the release, and twice before anybody can look.
    const through = await gate.show(id, person(35.9));
    await through.decided();
    for (let pulls = 0; pulls < 2; pulls++) {
      await cable.unplug();
      await cable.plug();
    }
    module.setTemperatures({ objectC: AIR_C, ambientC: AIR_C });
    await through.gone();
    await gate.isBack(device, cable.path);
    await gate.comes(id, person(36.8));

    // It is there under its name again while the old one is still open.
    await cable.move();
    await gate.isBack(device, cable.path);
    await gate.comes(id, person(36.0));
  });

  it.each(['streams', 'asked'])('a thermometer that %s and falls silent is opened anew', async (id) => {
    const { module, person } = place(id);
    module.setTrouble('silent');
    await gate.guard.sees(`thermometer:${id}`, 'degraded', 'sensor_silent');
    module.setTrouble('none');
    await gate.isBack(`thermometer:${id}`);
    await gate.comes(id, person(36.6));
  });

  it('a distance sensor: who was near before is not taken to be near after', async () => {
    const { person } = place('far');
    eye.setDistance(80);
    await gate.comes('far', person(36.3));
    await eyeCable.unplug();
    await gate.isAway('distance:far');
    await gate.comes('far', person(36.9));
    // Too far to be measured once it can be told again.
    eye.setDistance(400);
    await eyeCable.plug();
    await gate.isBack('distance:far', eyeCable.path);
    const { present: presentFar, stand } = person(36.5);
    stand(36.5);
    const waits = await gate.show('far', { present: presentFar, foreheadC: 36.5 });
    const passage = () => JSON.stringify(gate.guard.screen.latest('passage/far'));
    await gate.guard.screen.until(() => passage().includes('too_far'));
    eye.setDistance(80);
    await waits.decided();
    stand(undefined);
    await waits.gone();
  });

  it('a door contact: a lost one leaves the door to its lock', async () => {
    await gate.comes('door', { present });
    const through = await gate.show('door', { present });
    await through.decided();
    gate.setContactAway('door', true);
    await gate.isAway('contact:door');
    await through.gone();
    await gate.comes('door', { present });
    await gate.comes('door', { present, pass: 'forged' });
    gate.setContactAway('door', false);
    await gate.isBack('contact:door');
    await gate.comes('door', { present });
  });

  it('the network: passes are decided without it', async () => {
    for (let cuts = 0; cuts < 3; cuts++) {
      gate.network.cut();
      await gate.guard.sees('broker', 'ok');
      await gate.comes('door', { present });
    }
  });

  it('opened for those and only those, by their own foreheads, and lost nothing', async () => {
    await endOfCrowd();
    await gate.check();
    expect(gate.scraps('door')).toBe(0);
  });
});
