import { describe, expect, it } from 'vitest';
import { DfrobotUltrasonicDecoder } from '../../hardware/distance-dfrobot-ultrasonic/codec.ts';
import { Gy53Decoder } from '../../hardware/distance-gy-53/codec.ts';
import { TfLunaDecoder } from '../../hardware/distance-tf-luna/codec.ts';
import type { FaultEvent, FrameDecoder } from '../../hardware/framing/frame-decoder.ts';
import { Cjmcu90614Decoder } from '../../hardware/thermometer-cjmcu-90614/codec.ts';
import { Gy614v3Decoder } from '../../hardware/thermometer-gy-614v3/codec.ts';
import { GyMcu9061xDecoder } from '../../hardware/thermometer-gy-mcu9061x/codec.ts';
import { Idc50Decoder } from '../../hardware/thermometer-idc-50/codec.ts';
import { Lu90614Decoder } from '../../hardware/thermometer-lu90614/codec.ts';
import { ModbusDecoder } from '../../hardware/thermometer-modbus/codec.ts';
import type { DistanceEvent } from '../../src/ports/distance-sensor.ts';
import type { ThermometerEvent } from '../../src/ports/thermometer.ts';
import { GROWTH_BYTES_MAX, usedBytes } from '../support/heap-growth.ts';
import { seededNumbers } from '../support/seeded-random.ts';
import { CALEX } from './thermometer-kits.ts';

/** Hostile strings for each codec; GATEPOST_FUZZ=1000000 for a long run. */
const STRINGS = Number(process.env.GATEPOST_FUZZ ?? 8_000);
const TIMEOUT_MS = 60_000 + STRINGS / 2;
/** Longest frame of all, that of a GY-MCU9061x with 16 data bytes. */
const LONGEST_FRAME = 21;
/** A fault is told once until a good frame comes, so there are never more than this between two readings. */
const FAULT_CAUSES = 6;

/** The low byte of the sum, written without the codecs' help. */
const sumIsRight = (frame: Buffer, from: number) =>
  frame.subarray(from, -1).reduce((total, byte) => (total + byte) % 256, 0) === frame.at(-1);

/** CRC-16/MODBUS the long way: the bit string divided by the polynomial, not reflected. */
function crcOf(bytes: Buffer): number {
  let register = 0xffff;
  for (const byte of bytes) {
    for (let bit = 0; bit < 8; bit++) {
      const feedback = ((register >> 15) & 1) ^ ((byte >> bit) & 1);
      register = ((register << 1) & 0xffff) ^ (feedback ? 0x8005 : 0);
    }
  }
  let reflected = 0;
  for (let bit = 0; bit < 16; bit++) reflected |= ((register >> bit) & 1) << (15 - bit);
  return reflected;
}

const crcIsRight = (frame: Buffer) => frame.readUInt16LE(frame.length - 2) === crcOf(frame.subarray(0, -2));

/** Raw fields of a GY-614V3 that stand for "no body estimate". */
const NO_VALUE = [0x0000, 0x7fff, 0xffff];

interface Subject {
  readonly name: string;
  readonly make: () => FrameDecoder<ThermometerEvent> | FrameDecoder<DistanceEvent>;
  readonly length: number;
  readonly begin: RegExp;
  readonly sound: (frame: Buffer) => boolean;
  /** The numbers of the reading that a sound frame holds: for a thermometer object, ambient, body and emissivity. */
  readonly values: (frame: Buffer) => readonly (number | undefined)[];
  /** Makes the checksum of a changed frame right again. */
  readonly seal?: (frame: Buffer) => void;
  readonly seed: string;
}

const SUBJECTS: readonly Subject[] = [
  {
    name: 'GY-MCU9061x',
    make: () => new GyMcu9061xDecoder(),
    length: 9,
    begin: /^5a5a4504/,
    sound: (frame) => sumIsRight(frame, 0),
    values: (frame) => [frame.readInt16BE(4) / 100, frame.readInt16BE(6) / 100],
    seed: '5a5a45040d7a09c451',
  },
  {
    name: 'GY-614V3',
    make: () => new Gy614v3Decoder(),
    length: 12,
    begin: /^a4....07/,
    sound: (frame) => sumIsRight(frame, 0),
    values: (frame) => [
      frame.readInt16BE(5) / 100,
      frame.readInt16BE(7) / 100,
      NO_VALUE.includes(frame.readUInt16BE(9)) ? undefined : frame.readInt16BE(9) / 100,
      frame.readUInt8(4) / 100,
    ],
    seed: 'a4030707620d7a09c40e42bb',
  },
  {
    name: 'LU90614',
    make: () => new Lu90614Decoder(),
    length: 9,
    begin: /^feaa/,
    sound: (frame) => sumIsRight(frame, 0),
    values: (frame) => [(frame.readUInt8(2) * 100 + frame.readUInt8(3)) / 100],
    seed: 'feaa281e00000000ee',
  },
  {
    name: 'CJMCU-90614',
    make: () => new Cjmcu90614Decoder(),
    length: 9,
    begin: /^66660[12]04/,
    sound: (frame) => sumIsRight(frame, 4),
    values: (frame) => [frame.readInt16BE(4) / 100, frame.readInt16BE(6) / 100],
    seed: '666601040a830a831a',
  },
  {
    name: 'IDC-50',
    make: () => new Idc50Decoder(),
    length: 6,
    begin: /^aa5506/,
    sound: (frame) => sumIsRight(frame, 0),
    values: (frame) => [(frame.readUInt8(3) * 10 + frame.readUInt8(4)) / 10],
    seed: 'aa5506240730',
  },
  {
    name: 'Modbus',
    make: () => new ModbusDecoder(CALEX),
    length: 13,
    begin: /^010308/,
    sound: crcIsRight,
    values: (frame) => [frame.readInt16BE(3) / 10, frame.readInt16BE(7) / 10],
    seal: (frame) => frame.writeUInt16LE(crcOf(frame.subarray(0, -2)), frame.length - 2),
    seed: '010308016d016c00fa00005934',
  },
  {
    name: 'GY-53',
    make: () => new Gy53Decoder(),
    length: 8,
    begin: /^5a5a1503/,
    sound: (frame) => sumIsRight(frame, 0),
    values: (frame) => [frame.readUInt16BE(4)],
    seed: '5a5a1503003201ff',
  },
  {
    name: 'DFRobot ultrasonic',
    make: () => new DfrobotUltrasonicDecoder(),
    length: 4,
    begin: /^ff/,
    sound: (frame) => sumIsRight(frame, 0),
    values: (frame) => [frame.readUInt16BE(1)],
    seed: 'ff07a1a7',
  },
  {
    name: 'TF-Luna',
    make: () => new TfLunaDecoder(),
    length: 9,
    begin: /^5959/,
    sound: (frame) => sumIsRight(frame, 0),
    values: (frame) => [frame.readUInt16LE(2) * 10],
    seed: '59593200e8031809f0',
  },
];

const SEEDS = [...SUBJECTS.map(({ seed }) => seed), '018302c0f1', 'feac24320000000000'].map((hex) =>
  Buffer.from(hex, 'hex'),
);

/** Makes the sum in a frame's last byte right again; CJMCU-90614 counts its data only, which the headers tell. */
function sealWithSum(frame: Buffer): void {
  const from = frame[0] === 0x66 ? 4 : 0;
  frame[frame.length - 1] = frame.subarray(from, -1).reduce((total, byte) => (total + byte) & 0xff, 0);
}

/** A byte string of frames, frames with changed, lost or doubled bytes, and noise that likes header bytes. */
function hostileString(next: (below: number) => number, own: Buffer, seal: (frame: Buffer) => void): Buffer {
  const parts = Array.from({ length: 1 + next(4) }, () => {
    const isOwn = next(2) === 0;
    const frame = Buffer.from(isOwn ? own : (SEEDS[next(SEEDS.length)] ?? own));
    switch (next(6)) {
      case 0:
        return frame;
      case 1:
        frame[next(frame.length)] = next(256);
        return frame;
      case 2:
        return frame.subarray(0, next(frame.length));
      case 3:
        return Buffer.concat([frame.subarray(0, next(frame.length)), frame]);
      case 4:
        // Changed bytes under a checksum made right again: the reading must be the new one.
        for (let changes = next(4); changes >= 0; changes--) frame[next(frame.length - 1)] = next(256);
        (isOwn ? seal : sealWithSum)(frame);
        return frame;
      default:
        return Buffer.from(
          Array.from({ length: next(24) }, () => (next(2) === 0 ? next(256) : (own[next(2)] ?? 0))),
        );
    }
  });
  return Buffer.concat(parts);
}

/** The readings of all frames in `bytes`, at whatever place they begin. */
function soundReadings({ length, begin, sound, values }: Subject, bytes: Buffer): string[] {
  const readings: string[] = [];
  for (let at = 0; at + length <= bytes.length; at++) {
    const frame = bytes.subarray(at, at + length);
    if (begin.test(frame.toString('hex', 0, 4)) && sound(frame)) readings.push(values(frame).join(' '));
  }
  return readings;
}

function readingOf(event: ThermometerEvent | DistanceEvent | FaultEvent): string | undefined {
  if (event.type === 'distance') return String(event.distanceMm);
  if (event.type !== 'frame') return undefined;
  const { objectC, ambientC, bodyC, emissivity } = event.frame;
  return emissivity === undefined
    ? [objectC, ...(ambientC === undefined ? [] : [ambientC])].join(' ')
    : [objectC, ambientC, bodyC, emissivity].join(' ');
}

describe.each(SUBJECTS)('the codec of $name', { timeout: TIMEOUT_MS }, (subject) => {
  const own = Buffer.from(subject.seed, 'hex');

  it(`takes readings only from sound frames, in ${STRINGS} hostile strings`, () => {
    const next = seededNumbers(subject.length * 7919);
    const decoder = subject.make();
    let tail = Buffer.alloc(0);
    let readings = 0;
    for (let at = 0; at < STRINGS; at++) {
      const bytes = hostileString(next, own, subject.seal ?? sealWithSum);
      // The decoder lives on from string to string, as it does on a line: frames may begin in the one before.
      const stream = Buffer.concat([tail, bytes]);
      const sound = soundReadings(subject, stream);
      const cut = next(bytes.length + 1);
      const events = [...decoder.push(bytes.subarray(0, cut), at), ...decoder.push(bytes.subarray(cut), at)];
      for (const event of events) {
        const reading = readingOf(event);
        if (reading === undefined) continue;
        const found = sound.indexOf(reading);
        if (found < 0) expect.fail(`${reading} is in no sound frame of ${stream.toString('hex')}`);
        sound.splice(found, 1);
        readings++;
      }
      const faults = events.filter(({ type }) => type === 'fault').length;
      if (faults > FAULT_CAUSES * (events.length - faults + 1)) expect.fail(`${faults} faults at once`);
      if (decoder.pendingBytes > LONGEST_FRAME) expect.fail(`${decoder.pendingBytes} bytes are kept`);
      tail = stream.subarray(-LONGEST_FRAME);
    }
    expect(readings).toBeGreaterThan(STRINGS / 20);
  });

  it('reads a good frame after any of them', () => {
    const next = seededNumbers(subject.length * 104_729);
    const decoder = subject.make();
    const expected = subject.values(own).join(' ');
    const quiet = new Uint8Array(LONGEST_FRAME);
    for (let at = 0; at * 20 < STRINGS; at++) {
      const bytes = hostileString(next, own, subject.seal ?? sealWithSum);
      decoder.push(bytes, at);
      decoder.push(quiet, at);
      const [event, ...more] = decoder.push(own, at);
      if (event === undefined || readingOf(event) !== expected || more.length > 0) {
        expect.fail(`a good frame is not read after ${bytes.toString('hex')}`);
      }
    }
  });

  it('does not grow', () => {
    const next = seededNumbers(subject.length * 1_299_709);
    const strings = Array.from({ length: 1000 }, () => hostileString(next, own, subject.seal ?? sealWithSum));
    const decoder = subject.make();
    const pushAll = () => {
      for (const bytes of strings) decoder.push(bytes, 0);
    };
    pushAll();
    const before = usedBytes();
    for (let round = 0; round * strings.length < STRINGS; round++) pushAll();
    expect(usedBytes() - before).toBeLessThan(GROWTH_BYTES_MAX);
  });
});
