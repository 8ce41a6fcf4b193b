import { describe, expect, it } from 'vitest';
import type { SensorLine } from '../../hardware/serial/line-sensors.ts';
import { SimulatedSerialPorts } from '../../hardware/simulators/simulated-serial-ports.ts';
import { CJMCU_90614 } from '../../hardware/thermometer-cjmcu-90614/driver.ts';
import { GY_614V3 } from '../../hardware/thermometer-gy-614v3/driver.ts';
import { encodeFrame } from '../../hardware/thermometer-gy-mcu9061x/codec.ts';
import { GY_MCU9061X } from '../../hardware/thermometer-gy-mcu9061x/driver.ts';
import { GyMcu9061xSimulator } from '../../hardware/thermometer-gy-mcu9061x/simulator.ts';
import { EventWriter } from '../../src/app/log/event-writer.ts';
import { ScreeningStation } from '../../src/app/screening/screening-station.ts';
import { PresentState } from '../../src/app/state/present-state.ts';
import type { ScreeningSettings } from '../../src/core/screening/screening.ts';
import type { Thermometer } from '../../src/ports/thermometer.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { SCREENING_SETTINGS } from '../support/gate/screening-settings.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { RecordingLog } from '../support/store/recording-log.ts';

/** A thermometer line on which the test itself sends the bytes, ten times a second. */
async function makePlace(
  settings: ScreeningSettings = SCREENING_SETTINGS,
  make: (line: SensorLine) => Thermometer = (line) => GY_MCU9061X.make(line, { baudRate: 'auto' }),
) {
  const clock = new VirtualClock();
  const logger = new SilentLogger();
  const log = new RecordingLog();
  const serialPorts = new SimulatedSerialPorts();
  const wire = serialPorts.line('thermometer');
  const station = new ScreeningStation({
    accessPoint: 'in',
    thermometer: make({ serialPorts, clock, path: 'thermometer', simulated: true }),
    settings,
    supervision: {
      clock,
      logger,
      random: () => 0.5,
      notes: new EventWriter({ log, clock, logger }),
      state: new PresentState(),
    },
  });
  await station.start(new AbortController().signal);
  return {
    station,
    wire,
    clock,
    log,
    async send(bytes: Uint8Array, seconds: number) {
      for (let i = 0; i < Math.round(seconds * 10); i++) {
        wire.write(bytes);
        await clock.advanceAsync(100);
      }
    },
    /** Named states of the sensor in the log, in their order. */
    rows: () =>
      log.events.map(({ data }) =>
        `${'status' in data ? data.status : ''} ${'cause' in data ? data.cause : ''}`.trim(),
      ),
  };
}

const NOISE = Uint8Array.of(0x66, 0x66, 0x1e, 0x0a, 0x12, 0x34);
const NO_VALUE = encodeFrame(0x7fff, 2200);
const NOTHING = new Uint8Array();

describe('a thermometer that talks but says nothing of use', () => {
  it.each([
    ['noise', NOISE, 'sensor_framing'],
    ['frames without a value', NO_VALUE, 'sensor_invalid'],
  ])('is named once by what it sends: %s', async (_name, bytes, cause) => {
    const { station, send, rows } = await makePlace();
    await send(bytes, 60);
    expect(rows()).toEqual([`degraded ${cause}`]);
    await send(encodeFrame(2230, 2200), 10);
    expect(rows()).toEqual([`degraded ${cause}`, 'ok']);
    await station.stop();
  });

  it.each([
    ['broken bytes', NOISE, 'sensor_framing', /Check the speed.* It is read at 57600 baud, 8N1\.$/],
    ['silence', NOTHING, 'sensor_silent', /whether it speaks 57600 baud, 8N1\.$/],
  ])(
    'says how the line is read: %s is what a wrong speed looks like',
    async (_name, bytes, cause, detail) => {
      const { station, send, log } = await makePlace(SCREENING_SETTINGS, (line) =>
        CJMCU_90614.make(line, { baudRate: 57_600 }),
      );
      await send(bytes, 3);
      expect(station.fault).toBe(cause);
      expect(log.events[0]?.data).toMatchObject({ cause, detail: expect.stringMatching(detail) });
      await station.stop();
    },
  );

  it('is silent when nothing comes any more', async () => {
    const { station, send, rows } = await makePlace();
    await send(NOISE, 20);
    await send(NOTHING, 20);
    expect(rows()).toEqual(['degraded sensor_framing', 'degraded sensor_silent']);
    await station.stop();
  });

  it('is not called silent for a time in which the program itself was held up', async () => {
    const { station, send, rows, clock } = await makePlace();
    await send(encodeFrame(2230, 2200), 2);
    clock.holdUp(5_000);
    clock.advance(0);
    await send(encodeFrame(2231, 2200), 2);
    expect(rows()).toEqual([]);
    await station.stop();
  });

  it('that repeats itself to the last digit is believed again after it was unplugged', async () => {
    const { station, send, rows, wire, clock } = await makePlace();
    await send(encodeFrame(2230, 2200), 12);
    expect(rows()).toEqual(['degraded sensor_stuck']);
    wire.unplug();
    await clock.advanceAsync(2_000);
    wire.plug();
    await send(NOTHING, 1);
    await send(encodeFrame(2230, 2200), 1);
    expect(rows().slice(1)).toEqual(['missing device.lost', 'missing device.missing', 'ok']);
    await station.stop();
  });
});

describe('a module that estimates the body', () => {
  const MODULE: ScreeningSettings = { ...SCREENING_SETTINGS, estimate: 'module' };
  const make = (line: SensorLine) => GY_614V3.make(line, {});
  const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));

  it.each([
    ['none, which it sends as all ones in hundredths', 'a4 03 07 07 62 0f 14 08 98 95 4b ba'],
    ['a healthy body below a feverish surface', 'a4 03 07 07 62 0f 14 08 98 0e 42 2a'],
  ])('and has %s, lets no fever through', async (_name, hex) => {
    const { station, send } = await makePlace(MODULE, make);
    await send(bytesOf(hex.replaceAll(' ', '')), 2);
    expect(station.take()).toMatchObject({ class: 'notMeasurable', cause: 'sensor_invalid' });
    await station.stop();
  });
});

describe('a thermometer that shows 36.5 ± 0.02 whether somebody stands there or not', () => {
  const FLICKER = [0, 2, -1, 1, -2];

  it('is named after some people, and opens for nobody from then on, until it sees the room', async () => {
    const { station, send, rows } = await makePlace();
    const outcomes: string[] = [];
    for (let person = 0; person < 25; person++) {
      for (let second = 0; second < 10; second++) {
        // The sensor's own temperature lives.
        const ambient = 2200 + ((person + second) % 4);
        for (const step of FLICKER) await send(encodeFrame(3650 + step, ambient), 0.2);
      }
      const outcome = station.take();
      outcomes.push(outcome?.class === 'notMeasurable' ? outcome.cause : (outcome?.class ?? 'nothing'));
      station.forget();
    }
    const named = outcomes.indexOf('sensor_stuck');
    expect(named).toBeGreaterThanOrEqual(3);
    expect(named).toBeLessThanOrEqual(13);
    expect(new Set(outcomes.slice(0, named))).toEqual(new Set(['normal']));
    expect(new Set(outcomes.slice(named))).toEqual(new Set(['sensor_stuck']));
    expect(rows()).toEqual(['degraded sensor_stuck']);
    await send(encodeFrame(2230, 2200), 1);
    expect(rows()).toEqual(['degraded sensor_stuck', 'ok']);
    await station.stop();
  });
});

describe('a thermometer whose speed was found and whose wires are pulled', () => {
  it.each([9600, 115200] as const)('measures at %i within two seconds of being back', async (baudRate) => {
    for (let awayMs = 2_250; awayMs < 12_000; awayMs += 250) {
      const { station, wire, clock } = await makePlace();
      const module = new GyMcu9061xSimulator({ wire, clock });
      module.setStoredBaudRate(baudRate);
      module.powerOn();
      await clock.advanceAsync(3_000, 50);
      module.powerOff();
      await clock.advanceAsync(awayMs, 50);
      module.powerOn();
      await clock.advanceAsync(2_000, 50);
      expect(station.fault, `away for ${awayMs} ms`).toBeUndefined();
      module.powerOff();
      await station.stop();
    }
  });
});
