import { describe, expect, it } from 'vitest';
import { GY_53 } from '../../hardware/distance-gy-53/driver.ts';
import { SimulatedSerialPorts } from '../../hardware/simulators/simulated-serial-ports.ts';
import { GY_MCU9061X } from '../../hardware/thermometer-gy-mcu9061x/driver.ts';
import { GyMcu9061xSimulator } from '../../hardware/thermometer-gy-mcu9061x/simulator.ts';
import { EventWriter } from '../../src/app/log/event-writer.ts';
import { DistanceWatch } from '../../src/app/screening/distance-watch.ts';
import { ScreeningStation } from '../../src/app/screening/screening-station.ts';
import { PresentState } from '../../src/app/state/present-state.ts';
import type { MeasuringHint } from '../../src/core/screening/guidance.ts';
import type { ScreeningOutcome } from '../../src/core/screening/screening.ts';
import { settle, VirtualClock } from '../support/clock/virtual-clock.ts';
import { SCREENING_SETTINGS } from '../support/gate/screening-settings.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { RecordingLog } from '../support/store/recording-log.ts';

/** A thermometer and a distance sensor on simulated lines, at one access point. */
async function makePlace() {
  const clock = new VirtualClock();
  const logger = new SilentLogger();
  const log = new RecordingLog();
  const state = new PresentState();
  const device = (id: string) => state.devices.values.find((one) => one.id === id);
  const parts = {
    clock,
    logger,
    random: () => 0.5,
    notes: new EventWriter({ log, clock, logger }),
    state,
  };
  const serialPorts = new SimulatedSerialPorts();
  const distanceLine = serialPorts.line('distance');
  const eye = GY_53.simulate({ wire: distanceLine, clock });
  const module = new GyMcu9061xSimulator({ wire: serialPorts.line('thermometer'), clock });
  const line = { serialPorts, clock, simulated: true };
  const distance = new DistanceWatch({
    accessPoint: 'in',
    sensor: GY_53.make({ ...line, path: 'distance' }, {}),
    window: { minMm: 30, maxMm: 150 },
    supervision: parts,
  });
  const station = new ScreeningStation({
    accessPoint: 'in',
    thermometer: GY_MCU9061X.make({ ...line, path: 'thermometer' }, { baudRate: 9600 }),
    distance,
    settings: SCREENING_SETTINGS,
    supervision: parts,
  });
  const outcomes: ScreeningOutcome[] = [];
  station.onOutcome((outcome) => outcomes.push(outcome));
  const told: (MeasuringHint | undefined)[] = [];
  station.onGuidance(({ hint }) => {
    if (told.at(-1) !== hint) told.push(hint);
  });
  module.setTemperatures({ objectC: 36.5, ambientC: 22 });
  module.powerOn();
  eye.powerOn();
  await station.start(new AbortController().signal);
  return { clock, station, distance, distanceLine, eye, module, outcomes, told, device };
}

describe('a thermometer with a distance sensor', () => {
  it('measures only foreheads at the right distance, and says where others are', async () => {
    const { clock, station, eye, outcomes, told } = await makePlace();
    eye.setDistance(400);
    await clock.advanceAsync(3000);
    expect(outcomes).toEqual([]);
    eye.setDistance(12);
    await clock.advanceAsync(1000);
    expect(outcomes).toEqual([]);
    eye.setDistance(80);
    await clock.advanceAsync(2500);
    expect(outcomes.map((outcome) => outcome.class)).toContain('normal');
    expect(told.slice(0, 3)).toEqual(['too_far', 'too_close', 'steady']);
    await station.stop();
    expect(clock.pendingTimers()).toBe(2);
  });

  it('takes nothing as cold as the room for a forehead, however near it is', async () => {
    const { clock, station, eye, module, outcomes } = await makePlace();
    module.setTemperatures({ objectC: 22.4, ambientC: 22 });
    eye.setDistance(80);
    await clock.advanceAsync(5000);
    expect(outcomes).toEqual([]);
    module.setTemperatures({ objectC: 25, ambientC: 22 });
    await clock.advanceAsync(6000);
    expect(outcomes).toMatchObject([{ class: 'notMeasurable', cause: 'out_of_skin_range' }]);
    await station.stop();
  });

  it('measures by warmth alone while the distance sensor is away, silent or blind', async () => {
    const { clock, station, distance, distanceLine, eye, outcomes, device } = await makePlace();
    eye.setDistance(400);
    await clock.advanceAsync(1000);
    expect(distance.nearness).toBe('too_far');
    distanceLine.unplug();
    await settle();
    expect(distance.nearness).toBe('unknown');
    await clock.advanceAsync(4000);
    expect(distance.nearness).toBe('unknown');
    expect(outcomes.at(-1)).toMatchObject({ class: 'normal' });
    expect(device('distance:in')).toMatchObject({ status: 'missing', role: 'distance' });

    distanceLine.plug();
    await clock.advanceAsync(3000);
    expect(device('distance:in')).toMatchObject({ status: 'ok' });
    eye.setTrouble('silent');
    await clock.advanceAsync(2800);
    expect(device('distance:in')).toMatchObject({ status: 'degraded', cause: 'sensor_silent' });
    const before = outcomes.length;
    await clock.advanceAsync(2500);
    expect(outcomes.length).toBeGreaterThan(before);

    eye.setTrouble('none');
    eye.setDistance(undefined);
    await clock.advanceAsync(3000);
    expect(distance.nearness).toBe('unknown');
    await station.stop();
  });
});
