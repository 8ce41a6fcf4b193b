import { describe, expect, it } from 'vitest';
import { SENSORS } from '../../../hardware/sensors.ts';
import { DecisionBoard } from '../../../src/app/board/decision-board.ts';
import { EventWriter } from '../../../src/app/log/event-writer.ts';
import { AccessPointScreens } from '../../../src/app/passage/access-point-screens.ts';
import { DistanceWatch } from '../../../src/app/screening/distance-watch.ts';
import { ScreeningStation } from '../../../src/app/screening/screening-station.ts';
import { PresentState } from '../../../src/app/state/present-state.ts';
import { distance, thermometer } from '../../../src/config/devices.ts';
import { assembleDistance, assembleThermometer } from '../../../src/daemon/sensors.ts';
import { SimulatedWorld } from '../../../src/demo/simulated-devices.ts';
import type { PromptView } from '../../../src/ports/resident-prompt.ts';
import type { ThermometerEvent } from '../../../src/ports/thermometer.ts';
import { VirtualClock } from '../../support/clock/virtual-clock.ts';
import { SCREENING_SETTINGS } from '../../support/gate/screening-settings.ts';
import { SilentLogger } from '../../support/silent-logger.ts';
import { RecordingLog } from '../../support/store/recording-log.ts';

describe('every sensor of the config, played', () => {
  it.each([
    ...SENSORS.thermometers.flatMap(({ driver, settings }) => (settings === 'speed' ? [{ driver }] : [])),
    { driver: 'modbus', objectRegister: 0x12, ambientRegister: 0x14 },
    { driver: 'modbus', objectRegister: 0, type: 'float32', wordOrder: 'low-first', stepsPerDegree: 1 },
    { driver: 'modbus', objectRegister: 3, type: 'int32', function: 4, baudRate: 19_200 },
  ])('measures with $driver', async (entry) => {
    const clock = new VirtualClock();
    const world = new SimulatedWorld();
    const sensor = assembleThermometer('in', thermometer(SENSORS).parse({ ...entry, path: 'simulated' }), {
      clock,
      world,
    });
    expect(sensor).toMatchObject({ driver: entry.driver, simulated: true });
    world.thermometers.get('in')?.simulator.setTemperatures({ objectC: 36.5, ambientC: 22 });
    world.powerOn();
    const events: ThermometerEvent[] = [];
    const opening = sensor.open((event) => events.push(event), new AbortController().signal);
    await clock.advanceAsync(2000);
    const link = await opening;
    expect(events.length).toBeGreaterThanOrEqual(3);
    for (const event of events) {
      expect(event).toMatchObject({ type: 'frame', frame: { objectC: expect.closeTo(36.5, 0) } });
    }
    await link.close();
    world.powerOff();
    await clock.advanceAsync(1000);
    expect(clock.pendingTimers()).toBe(0);
  });

  it.each(SENSORS.distances.map(({ driver }) => driver))(
    'tells closer and further on the screen with %s',
    async (driver) => {
      const clock = new VirtualClock();
      const logger = new SilentLogger();
      const world = new SimulatedWorld();
      const state = new PresentState();
      const notes = new EventWriter({ log: new RecordingLog(), clock, logger });
      const entry = distance(SENSORS).parse({ driver, path: 'simulated', minMm: 250, maxMm: 400 });
      const parts = { clock, world, logger, state, notes, random: () => 0.5 };
      const sensor = assembleDistance('in', entry, parts);
      const { minMm, maxMm } = entry;
      const watch = new DistanceWatch({
        accessPoint: 'in',
        sensor,
        window: { minMm, maxMm },
        supervision: parts,
      });
      const views: PromptView[] = [];
      state.prompts.follow((view) => views.push(view));
      const screens = new AccessPointScreens({
        accessPoint: { id: 'in', door: 'main', direction: 'in' },
        simulated: watch.simulated,
        recordsDegrees: false,
        clock,
        state,
        board: new DecisionBoard(state),
        holders: { find: () => undefined },
      });
      const station = new ScreeningStation({
        accessPoint: 'in',
        thermometer: assembleThermometer(
          'in',
          thermometer(SENSORS).parse({ driver: 'gy-mcu9061x', path: 'simulated' }),
          { clock, world },
        ),
        distance: watch,
        settings: SCREENING_SETTINGS,
        supervision: parts,
      });
      station.onGuidance((guidance) => screens.guides(guidance));
      world.thermometers.get('in')?.simulator.setTemperatures({ objectC: 36.5, ambientC: 22 });
      world.powerOn();
      await station.start(new AbortController().signal);

      const standAt = async (distanceMm: number) => {
        world.distances.get('in')?.simulator.setDistance(distanceMm);
        await clock.advanceAsync(1200);
        return views.at(-1)?.cause;
      };
      screens.show({ feedback: 'Idle', reasons: [] }, undefined);
      expect(await standAt(700)).toBeUndefined();
      screens.show({ feedback: 'Measure', reasons: [] }, undefined);
      expect(views.at(-1)).toMatchObject({ feedback: 'Measure', cause: 'too_far', simulated: true });
      expect(await standAt(100)).toBe('too_close');
      // A reading may be finished by then, and what is told begins anew.
      await standAt(300);
      expect(views.findLast(({ cause }) => cause === 'steady')?.progress).toBeGreaterThan(0);
      // In the pause before a second measurement nobody has to come closer.
      screens.show({ feedback: 'Measure', reasons: [], cause: 'repeat', waitMs: 10_000 }, undefined);
      expect(await standAt(700)).toBe('repeat');
      await station.stop();
      world.powerOff();
    },
  );
});
