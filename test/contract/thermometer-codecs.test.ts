import { describe, expect, it } from 'vitest';
import type { FaultEvent, FrameDecoder } from '../../hardware/framing/frame-decoder.ts';
import { crc16Modbus, sumOf } from '../../hardware/framing/sums.ts';
import {
  Cjmcu90614Decoder,
  encodeFrame as encodeCjmcu,
} from '../../hardware/thermometer-cjmcu-90614/codec.ts';
import { encodeFrame as encodeGy614v3, Gy614v3Decoder } from '../../hardware/thermometer-gy-614v3/codec.ts';
import {
  encodeFrame as encodeGyMcu9061x,
  GyMcu9061xDecoder,
} from '../../hardware/thermometer-gy-mcu9061x/codec.ts';
import { encodeFrame as encodeIdc50, Idc50Decoder } from '../../hardware/thermometer-idc-50/codec.ts';
import { encodeFrame as encodeLu90614, Lu90614Decoder } from '../../hardware/thermometer-lu90614/codec.ts';
import { encodeRequest, ModbusDecoder } from '../../hardware/thermometer-modbus/codec.ts';
import type { ThermometerFrame } from '../../src/core/screening/screening.ts';
import type { ThermometerEvent } from '../../src/ports/thermometer.ts';
import { CALEX } from './thermometer-kits.ts';

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

type MakeDecoder = () => FrameDecoder<ThermometerEvent>;

/** Frames without their time, and of faults the cause. */
function decode(make: MakeDecoder, ...chunks: Uint8Array[]): (Omit<ThermometerFrame, 'atMs'> | string)[] {
  const decoder = make();
  return chunks.flatMap((chunk) => decoder.push(chunk, 0)).map(brief);
}

function brief(event: ThermometerEvent | FaultEvent): Omit<ThermometerFrame, 'atMs'> | string {
  if (event.type === 'fault') return event.cause;
  const { atMs: _atMs, ...values } = event.frame;
  return values;
}

interface Codec {
  readonly name: string;
  readonly make: MakeDecoder;
  /** Frames and what they say. */
  readonly golden: readonly (readonly [string, Omit<ThermometerFrame, 'atMs'>])[];
  /** Right frames without a value. */
  readonly void: readonly string[];
  /** A frame whose last byte is wrong. */
  readonly bad: string;
  /** Bytes that make a good frame begin inside a bad one: a header cut short. */
  readonly torn: string;
}

const CODECS: readonly Codec[] = [
  {
    name: 'GY-614V3',
    make: () => new Gy614v3Decoder(),
    golden: [
      ['A4 03 07 07 62 0D 7A 09 C4 0E 42 BB', { objectC: 34.5, ambientC: 25, bodyC: 36.5, emissivity: 0.98 }],
      // Another function byte and register, cold, and a module without a body estimate.
      ['A4 05 00 07 5F FB 50 F8 F8 00 00 4A', { objectC: -12, ambientC: -18, emissivity: 0.95 }],
    ],
    void: [
      'A4 03 07 07 62 7F FF 09 C4 0E 42 B2',
      'A4 03 07 07 62 0D 7A FF FF 0E 42 EC',
      // FFFF and 0000 of the chip, reckoned to hundredths by the board, in all fields and in one.
      'A4 03 07 07 62 95 4B 95 4B 95 4B B7',
      'A4 03 07 07 62 95 4D 09 C4 0E 42 16',
      'A4 03 07 07 62 0D 7A 95 4D 0E 42 D0',
      // An object of -95 °C, and a sensor of -95 °C.
      'A4 03 07 07 62 DA E4 09 C4 0E 42 F2',
      'A4 03 07 07 62 0D 7A DA E4 0E 42 AC',
    ],
    bad: 'A4 03 07 07 62 0D 7A 09 C4 0E 42 BC',
    torn: 'A4 03 07 07 62 0D',
  },
  {
    name: 'LU90614',
    make: () => new Lu90614Decoder(),
    golden: [['FE AA 28 1E 00 00 00 00 EE', { objectC: 40.3 }]],
    void: [
      'FE AA 97 00 00 00 00 00 3F',
      'FE AA 96 01 00 00 00 00 3F',
      'FE AA 24 64 00 00 00 00 30',
      'FE AA 00 00 00 00 00 00 A8',
      // Codes of the chip, byte by byte: FFFF, 7FFF and both as hundredths; and 382.19 cut to a byte of degrees.
      'FE AA FF FF 00 00 00 00 A6',
      'FE AA 7F FF 00 00 00 00 26',
      'FE AA 95 4B 00 00 00 00 88',
      'FE AA 95 4D 00 00 00 00 8A',
      'FE AA 7E 13 00 00 00 00 39',
    ],
    bad: 'FE AA 28 1E 00 00 00 00 EF',
    torn: 'FE AA 28',
  },
  {
    name: 'CJMCU-90614',
    make: () => new Cjmcu90614Decoder(),
    golden: [
      ['66 66 01 04 0A 83 0A 83 1A', { objectC: 26.91, ambientC: 26.91 }],
      ['66 66 02 04 FB 50 F8 F8 3B', { objectC: -12, ambientC: -18 }],
      ['66 66 01 04 0D 7A 09 70 00', { objectC: 34.5, ambientC: 24.16 }],
    ],
    void: [
      '66 66 01 04 FF FF 0A 83 8B',
      '66 66 01 04 0A 83 00 00 8D',
      '66 66 01 04 95 4B 95 4B C0',
      '66 66 02 04 95 4D 95 4D C4',
      '66 66 01 04 0A 83 95 4B 6D',
      '66 66 01 04 DA E4 0A 83 4B',
      '66 66 01 04 0A 83 DA E4 4B',
    ],
    // The sum over the whole frame, which is another module's.
    bad: '66 66 01 04 0A 83 0A 83 EB',
    torn: '66 66 01 04 0A',
  },
  {
    name: 'IDC-50',
    make: () => new Idc50Decoder(),
    golden: [['AA 55 06 24 07 30', { objectC: 36.7 }]],
    void: [
      'AA 55 06 24 0A 33',
      'AA 55 06 00 00 05',
      'AA 55 06 FF FF 03',
      'AA 55 06 7F FF 83',
      'AA 55 06 95 4B E5',
      'AA 55 06 FF 09 0D',
      'AA 55 06 7E 01 84',
    ],
    bad: 'AA 55 06 24 07 31',
    torn: 'AA 55 06',
  },
  {
    name: 'Modbus',
    make: () => new ModbusDecoder(CALEX),
    golden: [
      ['01 03 08 01 6D 01 6C 00 FA 00 00 59 34', { objectC: 36.5, ambientC: 25 }],
      [withCrc('01 03 08 FF 88 00 00 FF 4C 00 00'), { objectC: -12, ambientC: -18 }],
    ],
    void: ['01 03 08 00 00 00 00 00 FA 00 01 74 26', '01 83 02 C0 F1'],
    bad: '01 03 08 01 6D 01 6C 00 FA 00 00 59 35',
    torn: '01 03 08 01 6D',
  },
];

function withCrc(hex: string): string {
  const bytes = bytesOf(hex);
  const crc = crc16Modbus(bytes, 0, bytes.length);
  return Buffer.from([...bytes, crc & 0xff, crc >> 8]).toString('hex');
}

/** A frame of every family, by the name its own driver and the others use. */
const FAMILIES: readonly (readonly [string, string])[] = [
  ['GY-MCU90614', '5A 5A 45 04 0D 7A 09 C4 51'],
  ['GY-53', '5A 5A 15 03 00 32 01 FF'],
  ['GY-614V3', 'A4 03 07 07 62 0D 7A 09 C4 0E 42 BB'],
  ['LU90614', 'FE AA 28 1E 00 00 00 00 EE'],
  ['CJMCU-90614', '66 66 01 04 0A 83 0A 83 1A'],
  ['IDC-50', 'AA 55 06 24 07 30'],
  ['TF-Luna', '59 59 32 00 E8 03 18 09 F0'],
];

describe.each(CODECS)('the codec of $name', ({ name, make, golden, void: voids, bad, torn }) => {
  const [good, goodValues] = golden[0] ?? ['', { objectC: 0 }];

  it('reads every golden frame, split at any byte', () => {
    for (const [hex, values] of golden) {
      const frame = bytesOf(hex);
      for (let at = 0; at <= frame.length; at++) {
        expect(decode(make, frame.subarray(0, at), frame.subarray(at))).toEqual([values]);
      }
    }
  });

  it('reads two frames in one chunk', () => {
    expect(decode(make, bytesOf(good + good))).toEqual([goodValues, goodValues]);
  });

  it('takes nothing from a frame with a wrong checksum, and the next frame all the same', () => {
    expect(decode(make, bytesOf(bad + good))).toEqual([goodValues]);
  });

  it('finds a good frame that begins inside a bad one, and after an extra header byte', () => {
    expect(decode(make, bytesOf(torn + good), bytesOf('00'.repeat(8)))).toEqual([goodValues]);
    expect(decode(make, bytesOf(good.slice(0, 2) + good))).toEqual([goodValues]);
  });

  it('makes no reading of a right frame without a value, and says so once', () => {
    for (const hex of voids) {
      expect(decode(make, bytesOf(hex), bytesOf(hex))).toEqual(['sensor_invalid']);
      expect(decode(make, bytesOf(hex), bytesOf(good), bytesOf(hex))).toEqual([
        'sensor_invalid',
        goodValues,
        'sensor_invalid',
      ]);
    }
  });

  it.each(FAMILIES.filter(([other]) => other !== name))('names a %s', (other, hex) => {
    const decoder = make();
    const events = [...decoder.push(bytesOf(hex), 0), ...decoder.push(bytesOf(good), 0)];
    expect(events).toMatchObject([
      { cause: 'sensor_wrong_family', detail: expect.stringContaining(other) },
      { type: 'frame' },
    ]);
  });

  it('survives 64 KiB of FF and stamps a frame with its own last byte', () => {
    const decoder = make();
    decoder.push(new Uint8Array(65_536).fill(0xff), 0);
    expect(decoder.pendingBytes).toBeLessThan(32);
    const frame = bytesOf(good);
    decoder.push(frame.subarray(0, 4), 500);
    expect(decoder.push(frame.subarray(4), 700)).toMatchObject([{ frame: { atMs: 700 } }]);
  });

  it.each([
    ['RQVK002', bytesOf('5A 00 05 0C 00 A5'.repeat(20))],
    [
      'GY-MCU90640',
      Buffer.concat([bytesOf('5A 5A 02 06'), Buffer.alloc(1538, bytesOf('42 0E')), bytesOf('00 00')]),
    ],
    ['GD60914', Buffer.from('036.5 C'.repeat(20))],
    ['Optris CT', bytesOf('04 D3'.repeat(60))],
    ['login console', Buffer.from('\r\nDebian GNU/Linux 13 gate ttyAMA0\r\n\r\ngate login: '.repeat(3))],
  ])('measures nothing on the path of a %s', (_name, bytes) => {
    expect(decode(make, bytes)).toEqual(['sensor_framing']);
  });

  it('gives up half a frame when told to', () => {
    const decoder = make();
    decoder.push(bytesOf(good).subarray(0, 4), 0);
    expect(decoder.pendingBytes).toBe(4);
    expect(decoder.discard()).toEqual([]);
    expect(decoder.pendingBytes).toBe(0);
  });
});

describe('the codec of GY-614V3', () => {
  it.each([0x0000, 0x7fff, -1, -27_317, -27_315])(
    'leaves out a body estimate that is none: %d',
    (bodyCentiC) => {
      const frame = encodeGy614v3({
        objectCentiC: 3450,
        ambientCentiC: 2500,
        bodyCentiC,
        emissivityPercent: 98,
      });
      expect(decode(() => new Gy614v3Decoder(), frame)).toEqual([
        { objectC: 34.5, ambientC: 25, emissivity: 0.98 },
      ]);
    },
  );
});

describe.each([
  ['GY-MCU9061x', () => new GyMcu9061xDecoder(), encodeGyMcu9061x],
  [
    'GY-614V3',
    () => new Gy614v3Decoder(),
    (object: number, ambient: number) =>
      encodeGy614v3({
        objectCentiC: object,
        ambientCentiC: ambient,
        bodyCentiC: object + 200,
        emissivityPercent: 98,
      }),
  ],
  ['CJMCU-90614', () => new Cjmcu90614Decoder(), encodeCjmcu],
] as const)('lost bytes on the line of a %s', (_name, make, encode) => {
  // A sum of one byte fits by chance; what comes out then is told by its ambient, which is mostly header bytes.
  it('never put a reading together at which the chip cannot work', () => {
    for (let object = 3000; object <= 4300; object++) {
      const [torn, next] = [encode(object, 2731), encode(object + 3, 2732)];
      for (let at = 1; at < torn.length; at++) {
        for (const stream of [
          [...torn.subarray(0, at), ...next, ...torn],
          [...torn.subarray(0, at), ...torn.subarray(at + 1), ...next, ...torn],
        ]) {
          for (const event of make().push(Uint8Array.from(stream), 0)) {
            const ambientC = event.type === 'frame' ? (event.frame.ambientC ?? 0) : 0;
            if (ambientC < -40 || ambientC > 125) {
              expect.fail(`${ambientC} °C out of ${Buffer.from(stream).toString('hex')}`);
            }
          }
        }
      }
    }
  });
});

describe('what the simulators encode', () => {
  it.each([
    [
      encodeGy614v3({ objectCentiC: 3450, ambientCentiC: 2500, bodyCentiC: 3650, emissivityPercent: 98 }),
      'A4 03 07 07 62 0D 7A 09 C4 0E 42 BB',
    ],
    [encodeLu90614(4030), 'FE AA 28 1E 00 00 00 00 EE'],
    [encodeLu90614(3650, 0xac), 'FE AC 24 32 00 00 00 00 00'],
    [encodeCjmcu(2691, 2691), '66 66 01 04 0A 83 0A 83 1A'],
    [encodeIdc50(367), 'AA 55 06 24 07 30'],
    [encodeRequest(CALEX), '01 03 00 12 00 04 E4 0C'],
  ])('is %s: the golden frame', (bytes, hex) => {
    expect([...bytes]).toEqual([...bytesOf(hex)]);
  });
});

describe('LU90614 in the other mode', () => {
  const body = bytesOf('FE AC 24 32 00 00 00 00 00');
  const surface = bytesOf('FE AA 28 1E 00 00 00 00 EE');
  const make = () => new Lu90614Decoder();

  it('takes a late answer of body mode for no reading and for no fault', () => {
    expect(decode(make, body, surface, body, body, surface)).toEqual([{ objectC: 40.3 }, { objectC: 40.3 }]);
  });

  it('says so when the module stays in body mode', () => {
    expect(decode(make, body, body, body, body)).toEqual(['sensor_invalid']);
  });
});

describe('Modbus answers', () => {
  const make = () => new ModbusDecoder(CALEX);
  const detail = (hex: string) => make().push(bytesOf(hex), 0)[0];

  it('pass status bits and exceptions on in words', () => {
    expect(detail('01 03 08 00 00 00 00 00 FA 00 01 74 26')).toMatchObject({
      detail: expect.stringContaining('measurement error'),
    });
    expect(detail(withCrc('01 03 08 00 00 00 00 00 FA 00 14'))).toMatchObject({
      detail: expect.stringContaining('sensor too hot, object too hot'),
    });
    expect(detail('01 83 02 C0 F1')).toMatchObject({
      detail: expect.stringContaining('exception 2: it does not have the registers'),
    });
  });

  it('ignore bits that the config does not name', () => {
    expect(decode(make, bytesOf(withCrc('01 03 08 01 6D 01 6C 00 FA 80 00')))).toMatchObject([
      { objectC: 36.5 },
    ]);
  });

  it.each([
    ['another address', '02 03 08 01 6D 01 6C 00 FA 00 00'],
    ['another function', '01 04 08 01 6D 01 6C 00 FA 00 00'],
    ['another number of registers', '01 03 06 01 6D 01 6C 00 FA'],
  ])('of %s are not taken', (_name, hex) => {
    expect(decode(make, bytesOf(withCrc(hex)))).toEqual([]);
  });

  it.each([
    [
      'int32 high first',
      { type: 'int32', wordOrder: 'high-first', stepsPerDegree: 1000 },
      '00 00 8E 94',
      36.5,
    ],
    ['int32 low first', { type: 'int32', wordOrder: 'low-first', stepsPerDegree: 1000 }, '8E 94 00 00', 36.5],
    ['a negative int32', { type: 'int32', wordOrder: 'high-first', stepsPerDegree: 10 }, 'FF FF FF 88', -12],
    ['uint32', { type: 'uint32', wordOrder: 'high-first', stepsPerDegree: 1e8 }, 'D9 8E 94 80', 36.5],
    [
      'float32 high first',
      { type: 'float32', wordOrder: 'high-first', stepsPerDegree: 1 },
      '42 12 00 00',
      36.5,
    ],
    [
      'float32 low first',
      { type: 'float32', wordOrder: 'low-first', stepsPerDegree: 1 },
      '00 00 42 12',
      36.5,
    ],
    ['uint16', { type: 'uint16', wordOrder: 'high-first', stepsPerDegree: 1600 }, 'E4 20', 36.5],
  ] as const)('are read as %s', (_name, form, data, objectC) => {
    const map = { ...form, address: 7, function: 4, objectRegister: 0x100 } as const;
    const size = bytesOf(data).length.toString(16).padStart(2, '0');
    expect(decode(() => new ModbusDecoder(map), bytesOf(withCrc(`07 04 ${size} ${data}`)))).toEqual([
      { objectC },
    ]);
  });

  it.each([
    ['the code 7FFF', '7F FF 00 00 00 FA 00 00'],
    ['the code 8000', '80 00 00 00 00 FA 00 00'],
    ['the code FFFF', 'FF FF 00 00 00 FA 00 00'],
    ['the code 0000', '00 00 00 00 00 FA 00 00'],
    ['a broken wire of the chip, 1037.5 °C', '28 87 00 00 00 FA 00 00'],
    ['absolute zero', 'F5 55 00 00 00 FA 00 00'],
    ['an object of -95 °C', 'FC 4A 00 00 00 FA 00 00'],
    ['a sensor of its own without a value', '01 6D 00 00 7F FF 00 00'],
    ['a sensor of its own of 300 °C', '01 6D 00 00 0B B8 00 00'],
  ])('with %s are no temperature', (_name, data) => {
    expect(decode(make, bytesOf(withCrc(`01 03 08 ${data}`)))).toEqual(['sensor_invalid']);
  });

  it.each([
    ['uint16', 100, '95 4B'],
    ['uint16', 100, '95 4D'],
    ['int16', 100, '95 4B'],
    ['int16', 100, '7F FF'],
    ['uint16', 1000, 'FF FF'],
    ['int32', 100_000_000, '7F FF FF FF'],
    ['int32', 100, 'FF FF FF FF'],
    ['uint32', 100_000_000, 'FF FF FF FF'],
    ['int32', 100, '00 01 95 4B'],
    ['float32', 1, '7F FF FF FF'],
    ['float32', 1, '7F 80 00 00'],
    ['float32', 1, '00 00 00 00'],
    ['float32', 1, '43 BF 18 52'],
    ['float32', 1, 'C3 88 93 33'],
  ] as const)('of the type %s with %d steps are no temperature as %s', (type, stepsPerDegree, data) => {
    const map = {
      type,
      stepsPerDegree,
      wordOrder: 'high-first',
      address: 1,
      function: 3,
      objectRegister: 0,
    } as const;
    const size = bytesOf(data).length.toString(16).padStart(2, '0');
    expect(decode(() => new ModbusDecoder(map), bytesOf(withCrc(`01 03 ${size} ${data}`)))).toEqual([
      'sensor_invalid',
    ]);
  });

  it.each([
    [255, 'FF', true],
    [255, '01', true],
    [248, 'F7', true],
    [255, '00', false],
    [247, 'F7', true],
    [247, 'FF', false],
    [1, 'FF', false],
  ])('to the address %d that name %s: taken %s', (address, answering, taken) => {
    const answer = bytesOf(withCrc(`${answering} 03 08 01 6D 01 6C 00 FA 00 00`));
    expect(decode(() => new ModbusDecoder({ ...CALEX, address }), answer)).toEqual(
      taken ? [{ objectC: 36.5, ambientC: 25 }] : [],
    );
  });

  it('with the words in the other order are told by what cannot be', () => {
    const map = {
      address: 1,
      function: 3,
      type: 'int32',
      wordOrder: 'low-first',
      stepsPerDegree: 1000,
      objectRegister: 0,
    } as const;
    const decoder = new ModbusDecoder(map);
    expect(decoder.push(bytesOf(withCrc('01 03 04 00 00 8E 94')), 0)).toMatchObject([
      { cause: 'sensor_invalid', detail: expect.stringContaining('word order') },
    ]);
  });

  it('that are no number are not taken', () => {
    const map = {
      ...CALEX,
      type: 'float32',
      stepsPerDegree: 1,
      objectRegister: 0,
      ambientRegister: 2,
    } as const;
    const { status: _status, ...withoutStatus } = map;
    const nan = withCrc('01 03 08 7F C0 00 00 41 C8 00 00');
    expect(decode(() => new ModbusDecoder(withoutStatus), bytesOf(nan))).toEqual(['sensor_invalid']);
  });
});

describe('checksums', () => {
  it('agree with published values', () => {
    const text = Buffer.from('123456789');
    expect(crc16Modbus(text, 0, 9)).toBe(0x4b37);
    expect(sumOf(text, 0, 9)).toBe(0xdd);
  });
});
