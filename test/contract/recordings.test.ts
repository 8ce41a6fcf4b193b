import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SerialCodeReader } from '../../hardware/scanner-serial/driver.ts';
import { formatRecording, parseRecording } from '../../hardware/simulators/recording.ts';
import { GY_614V3 } from '../../hardware/thermometer-gy-614v3/driver.ts';
import { GY_MCU9061X } from '../../hardware/thermometer-gy-mcu9061x/driver.ts';
import { LU90614 } from '../../hardware/thermometer-lu90614/driver.ts';
import type { ThermometerEvent } from '../../src/ports/thermometer.ts';
import { eventsOfRecording, recordingOf } from '../support/devices/recorded-device.ts';

const framesOf = (events: readonly ThermometerEvent[]) =>
  events.flatMap((event) => (event.type === 'frame' ? [event.frame] : []));

describe('a recording that is played into its driver', () => {
  it.each(['auto', 9600] as const)(
    'is measured at its own times: a GY-MCU9061x with torn and joined frames, speed %s',
    async (baudRate) => {
      const events = await eventsOfRecording(recordingOf('gy-mcu9061x'), (line) =>
        GY_MCU9061X.make(line, { baudRate }),
      );
      expect(events).toEqual(
        [
          [31.92, 33.53, 140],
          [36, 26.5, 246],
          [36, 26.5, 420],
          [-12, -18, 420],
          [34.5, 25, 640],
        ].map(([objectC, ambientC, atMs]) => ({ type: 'frame', frame: { objectC, ambientC, atMs } })),
      );
    },
  );

  it('is measured by a driver that only listens: a GY-614V3 to which somebody comes', async () => {
    const recording = recordingOf('gy-614v3');
    const events = await eventsOfRecording(recording, (line) => GY_614V3.make(line, {}));
    const frames = framesOf(events);
    // A frame has 12 bytes; once two of them came together.
    const arrivals = recording.pieces.flatMap(({ atMs, bytes }) => Array(bytes.length / 12).fill(atMs));
    expect(events.map(({ type }) => type)).toEqual(arrivals.map(() => 'frame'));
    expect(frames.map(({ atMs }) => atMs)).toEqual(arrivals);
    expect(frames[0]).toEqual({ objectC: 21.99, ambientC: 22, bodyC: 23.99, emissivity: 0.98, atMs: 60 });
    expect(frames.at(-1)).toMatchObject({ objectC: 35.2, bodyC: 37.2, atMs: 3944 });
  });

  it('is measured by a driver that asks, whatever it asks: an LU90614', async () => {
    const recording = recordingOf('lu90614');
    const answers = recording.pieces.filter(({ from }) => from === 'device');
    const events = await eventsOfRecording(recording, (line) => LU90614.make(line, {}));
    expect(framesOf(events).map(({ atMs }) => atMs)).toEqual(answers.map(({ atMs }) => atMs));
    for (const { objectC } of framesOf(events)) expect(objectC).toBeCloseTo(35.2, 1);
  });

  it('is named for what it is by the driver of another family', async () => {
    const events = await eventsOfRecording(recordingOf('gy-614v3'), (line) => GY_MCU9061X.make(line, {}));
    expect(events).toMatchObject([
      { type: 'fault', cause: 'sensor_wrong_family', detail: expect.stringContaining('GY-614V3') },
    ]);
  });

  it('is read by a scanner too, with the pauses that end a code', async () => {
    const piece = (atMs: number, text: string) =>
      ({ atMs, from: 'device', bytes: new TextEncoder().encode(text) }) as const;
    const pieces = [piece(100, 'TICKET-'), piece(130, '17'), piece(900, 'TICKET-18\r\n')];
    const events = await eventsOfRecording(
      { notes: [], pieces },
      (line) => new SerialCodeReader({ ...line, baudRate: 9600, idleMs: 80 }),
    );
    expect(events.map((event) => [event.atMs, 'text' in event ? event.text : event])).toEqual([
      [expect.any(Number), 'TICKET-17'],
      [900, 'TICKET-18'],
    ]);
  });
});

describe('the text of a recording', () => {
  const pieces = fc
    .array(
      fc.record({
        pauseMs: fc.nat(100_000),
        from: fc.constantFrom('device' as const, 'kiosk' as const),
        bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
      }),
      { maxLength: 20 },
    )
    .map((all) => {
      let atMs = 0;
      return all.map(({ pauseMs, from, bytes }) => {
        atMs += pauseMs;
        return { atMs, from, bytes };
      });
    });

  it('says the same when it is read again', () => {
    fc.assert(
      fc.property(pieces, (written) => {
        const recording = { notes: ['a GY-53, by hand'], pieces: written };
        expect(parseRecording(formatRecording(recording))).toEqual(recording);
      }),
    );
  });

  it('may have line ends of Windows, comments and empty lines anywhere', () => {
    const text = '# Gatepost recording, version 1\r\n# one\r\n\r\n5 < 5a 5A\r\n# two\r\n5 > 00\r\n';
    expect(parseRecording(text)).toEqual({
      notes: ['one', 'two'],
      pieces: [
        { atMs: 5, from: 'device', bytes: Uint8Array.of(0x5a, 0x5a) },
        { atMs: 5, from: 'kiosk', bytes: Uint8Array.of(0) },
      ],
    });
  });

  it.each([
    ['another file', '5 < 5A', 'This is no recording'],
    ['another version', '# Gatepost recording, version 2\n5 < 5A', 'This is no recording'],
    ['half a byte', '# Gatepost recording, version 1\n5 < 5', 'Line 2 of the recording'],
    ['no bytes', '# Gatepost recording, version 1\n# x\n5 <', 'Line 3 of the recording'],
    ['no time', '# Gatepost recording, version 1\n< 5A', 'Line 2 of the recording'],
    ['a time that goes back', '# Gatepost recording, version 1\n5 < 5A\n4 < 5A', 'Line 3 of the recording'],
    ['a time beyond all days', '# Gatepost recording, version 1\n999999999 < 5A', 'Line 2'],
  ])('is refused as %s', (_name, text, words) => {
    expect(() => parseRecording(text)).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining(words) }),
    );
  });
});
