import { describe, expect, it } from 'vitest';
import {
  DfrobotUltrasonicDecoder,
  encodeFrame as encodeDfrobot,
} from '../../hardware/distance-dfrobot-ultrasonic/codec.ts';
import { DFROBOT_ULTRASONIC } from '../../hardware/distance-dfrobot-ultrasonic/driver.ts';
import { encodeFrame as encodeGy53, Gy53Decoder } from '../../hardware/distance-gy-53/codec.ts';
import { GY_53 } from '../../hardware/distance-gy-53/driver.ts';
import { encodeFrame as encodeTfLuna, TfLunaDecoder } from '../../hardware/distance-tf-luna/codec.ts';
import { TF_LUNA } from '../../hardware/distance-tf-luna/driver.ts';
import type { FrameDecoder } from '../../hardware/framing/frame-decoder.ts';
import { SENSORS } from '../../hardware/sensors.ts';
import type { DistanceEvent } from '../../src/ports/distance-sensor.ts';
import { inMemoryRig, ptyRig } from '../support/devices/serial-rigs.ts';
import { needs } from '../support/needs.ts';
import { type DistanceKit, distanceSensorContract } from './distance-sensor.ts';

/** One for each distance sensor of hardware/sensors.ts, in that order. */
const KITS: readonly DistanceKit[] = [
  { manifest: GY_53, nothing: 'out_of_range' },
  { manifest: DFROBOT_ULTRASONIC, nothing: 'out_of_range' },
  { manifest: TF_LUNA, nothing: 'too_weak' },
];

it('every family of distance sensors is tried', () => {
  expect(KITS.map(({ manifest }) => manifest)).toEqual(SENSORS.distances);
});

describe.each(KITS)('$manifest.driver on a simulated line', (kit) =>
  distanceSensorContract(kit, inMemoryRig),
);

for (const kit of KITS) {
  needs('socat')(`${kit.manifest.driver} on a pty`, () => distanceSensorContract(kit, ptyRig));
}

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

function decode(make: () => FrameDecoder<DistanceEvent>, ...chunks: Uint8Array[]): (number | string)[] {
  const decoder = make();
  return chunks
    .flatMap((chunk) => decoder.push(chunk, 0))
    .map((event) => (event.type === 'distance' ? event.distanceMm : event.cause));
}

describe.each<[string, () => FrameDecoder<DistanceEvent>, [string, number | string][], string]>([
  [
    'GY-53',
    () => new Gy53Decoder(),
    [
      ['5A 5A 15 03 00 32 01 FF', 50],
      ['5A 5A 15 03 1F FE 01 EA', 'out_of_range'],
      ['5A 5A 15 03 00 00 01 CD', 'out_of_range'],
      ['5A 5A 15 03 1F FF 01 EB', 'out_of_range'],
      ['5A 5A 15 03 00 14 01 E1', 'out_of_range'],
      ['5A 5A 15 03 FF FF 01 CB', 'out_of_range'],
      ['5A 5A 15 03 0F A1 01 7D', 'out_of_range'],
      ['5A 5A 15 03 0F A0 01 7C', 4000],
      ['5A 5A 15 03 00 15 01 E2', 21],
    ],
    '5A 5A 15 03 00 32 01 FE',
  ],
  [
    'DFRobot',
    () => new DfrobotUltrasonicDecoder(),
    [
      ['FF 07 A1 A7', 1953],
      ['FF 00 00 FF', 'out_of_range'],
      ['FF FF FF FD', 'out_of_range'],
      ['FF FF FD FB', 'out_of_range'],
      ['FF FF FE FC', 'out_of_range'],
      ['FF 7F FF 7D', 'out_of_range'],
    ],
    'FF 07 A1 A8',
  ],
  [
    'TF-Luna',
    () => new TfLunaDecoder(),
    [
      ['59 59 32 00 E8 03 18 09 F0', 500],
      ['59 59 32 00 63 00 18 09 68', 'too_weak'],
      ['59 59 32 00 FF FF 18 09 03', 'saturated'],
      ['59 59 FF FF E8 03 18 09 BC', 'too_weak'],
      ['59 59 FC FF F4 01 18 09 C3', 'saturated'],
      ['59 59 FE FF F4 01 18 09 C5', 'saturated'],
      ['59 59 32 00 01 80 18 09 86', 'saturated'],
      ['59 59 32 00 00 80 18 09 85', 500],
      ['59 59 00 00 E8 03 18 09 BE', 'out_of_range'],
      ['59 59 FD FF F4 01 18 09 C4', 'out_of_range'],
      ['59 59 B1 04 E8 03 18 09 73', 'out_of_range'],
      ['59 59 B0 04 E8 03 18 09 72', 12_000],
    ],
    '59 59 32 00 E8 03 18 09 F1',
  ],
])('the codec of %s', (_name, make, golden, bad) => {
  it('reads every golden frame, split at any byte', () => {
    for (const [hex, value] of golden) {
      const frame = bytesOf(hex);
      for (let at = 0; at <= frame.length; at++) {
        expect(decode(make, frame.subarray(0, at), frame.subarray(at))).toEqual([value]);
      }
    }
  });

  it('takes nothing from a wrong checksum, and finds the good frame after or inside it', () => {
    const [[good, value] = ['', 0]] = golden;
    expect(decode(make, bytesOf(bad + good))).toEqual([value]);
    expect(decode(make, bytesOf(good.slice(0, 2) + good))).toEqual([value]);
  });

  it('names a thermometer', () => {
    expect(decode(make, bytesOf('5A 5A 45 04 0D 7A 09 C4 51'))).toEqual(['sensor_wrong_family']);
  });
});

it('encodes the golden frames', () => {
  expect([...encodeGy53(50)]).toEqual([...bytesOf('5A 5A 15 03 00 32 01 FF')]);
  expect([...encodeDfrobot(1953)]).toEqual([...bytesOf('FF 07 A1 A7')]);
  expect([...encodeTfLuna(50)]).toEqual([...bytesOf('59 59 32 00 E8 03 18 09 F0')]);
});
