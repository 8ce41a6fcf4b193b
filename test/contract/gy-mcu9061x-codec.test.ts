import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, GyMcu9061xDecoder } from '../../hardware/thermometer-gy-mcu9061x/codec.ts';
import type { ThermometerEvent } from '../../src/ports/thermometer.ts';

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

/** Worked frames of the module (hardware/FACTS.md#gy-mcu9061x), and one whose checksum byte is 00. */
const GOLDEN: [string, number, number][] = [
  ['5A 5A 45 04 0C 78 0D 19 A7', 31.92, 33.53],
  ['5A 5A 45 04 0D 7A 09 C4 51', 34.5, 25],
  ['5A 5A 45 04 0E 10 0A 5A 7F', 36, 26.5],
  ['5A 5A 45 04 FB 50 F8 F8 38', -12, -18],
  ['5A 5A 45 04 0D 7A 09 73 00', 34.5, 24.19],
];
const GOOD = '5A 5A 45 04 0D 7A 09 C4 51';

/** In short: `object/ambient` for frames, the cause for faults. */
function decode(...chunks: Uint8Array[]): string[] {
  const decoder = new GyMcu9061xDecoder();
  return chunks.flatMap((chunk) => decoder.push(chunk, 0)).map(brief);
}

function brief(event: ThermometerEvent): string {
  return event.type === 'frame' ? `${event.frame.objectC}/${event.frame.ambientC}` : event.cause;
}

describe('GyMcu9061xDecoder', () => {
  it.each(GOLDEN)('reads %s, split at any byte', (hex, objectC, ambientC) => {
    const frame = bytesOf(hex);
    for (let at = 0; at <= frame.length; at++) {
      expect(decode(frame.subarray(0, at), frame.subarray(at))).toEqual([`${objectC}/${ambientC}`]);
    }
    expect([...encodeFrame(Math.round(objectC * 100), Math.round(ambientC * 100))]).toEqual([...frame]);
  });

  it.each<[string, string, string[]]>([
    ['two frames in one chunk', `${GOOD} 5A 5A 45 04 0E 10 0A 5A 7F`, ['34.5/25', '36/26.5']],
    ['an extra header byte', `5A ${GOOD}`, ['34.5/25']],
    ['two extra header bytes', `5A 5A ${GOOD}`, ['34.5/25']],
    ['a wrong checksum', '5A 5A 45 04 0D 7A 09 C4 52', []],
    ['a bad frame, then a good one', `5A 5A 45 04 0D 7A 09 C4 52 ${GOOD}`, ['34.5/25']],
    ['a good frame that begins inside a bad one', `5A 5A 45 04 0D ${GOOD}`, ['34.5/25']],
    ['a good frame inside one of a longer form', `5A 5A 45 10 0D ${GOOD} 00 00 00 00 00 00 00`, ['34.5/25']],
    ['a length that is too long to wait for', `5A 5A 45 FF ${GOOD}`, ['34.5/25']],
    ['no data at all', `5A 5A 45 00 F9 ${GOOD}`, ['34.5/25']],
    ['values that contain half the header', '5A 5A 45 04 5A 5A 09 C4 7E', ['231.3/25']],
    ['a torn frame that adds up with the next', '5A 5A 45 04 0E 5A 5A 45 04 0E 10 0A 5A 7F', ['36/26.5']],
  ])('copes with %s', (_name, hex, expected) => {
    expect(decode(bytesOf(hex))).toEqual(expected);
  });

  it('reports a frame of an unknown length instead of guessing from it', () => {
    const events = new GyMcu9061xDecoder().push(bytesOf('5A 5A 45 05 0D 7A 09 C4 01 53'), 7);
    expect(events).toMatchObject([{ type: 'fault', cause: 'sensor_framing', atMs: 7 }]);
    expect(events).toMatchObject([{ detail: expect.stringContaining('5A 5A 45 05 0D 7A 09 C4 01 53') }]);
  });

  it.each<[string, string]>([
    ['object 0x0000', '5A 5A 45 04 00 00 09 C4 CA'],
    ['object 0x7FFF', '5A 5A 45 04 7F FF 09 C4 48'],
    ['object 0xFFFF', '5A 5A 45 04 FF FF 09 C4 C8'],
    ['ambient 0xFFFF', '5A 5A 45 04 0D 7A FF FF 82'],
    ['0xFFFF of the chip as hundredths in both', '5A 5A 45 04 95 4B 95 4B BD'],
    ['0x0000 of the chip as hundredths in both', '5A 5A 45 04 95 4D 95 4D C1'],
    ['0xFFFF of the chip as hundredths in the ambient', '5A 5A 45 04 0D 7A 95 4B 64'],
    ['an object of -95 °C', '5A 5A 45 04 DA E4 09 C4 88'],
    ['an ambient of -95 °C', '5A 5A 45 04 0D 7A DA E4 42'],
    ['a sum that looks like a header behind what cannot be', '5A 5A 45 04 DA 2C DA 7D 5A 00'],
  ])('takes %s for no value', (_name, hex) => {
    expect(decode(bytesOf(hex))).toEqual(['sensor_invalid']);
  });

  it.each<[string, string]>([
    ['GY-53', '5A 5A 15 03 00 32 01 FF'],
    ['GY-614V3', 'A4 03 07 07 62 0D 7A 09 C4 0E 42 BB'],
    ['LU90614', 'FE AA 28 1E 00 00 00 00 EE'],
    ['LU90614', 'FE AC 24 32 00 00 00 00 00'],
    ['CJMCU-90614', '66 66 01 04 0A 83 0A 83 1A'],
    ['IDC-50', 'AA 55 06 24 07 30'],
    ['TFmini', '59 59 32 00 E8 03 18 09 F0'],
  ])('names a %s', (name, hex) => {
    const frame = bytesOf(hex);
    for (let at = 0; at <= frame.length; at++) {
      const decoder = new GyMcu9061xDecoder();
      const events = [...decoder.push(frame.subarray(0, at), 0), ...decoder.push(frame.subarray(at), 0)];
      expect(events).toMatchObject([{ cause: 'sensor_wrong_family', detail: expect.stringContaining(name) }]);
    }
  });

  it('does not name a family by a frame whose checksum is wrong', () => {
    expect(decode(bytesOf('5A 5A 15 03 00 32 01 FE'), bytesOf('AA 55 06 24 07 31'))).toEqual([]);
  });

  it('shows the first 16 bytes when no frame comes, once per spell', () => {
    const decoder = new GyMcu9061xDecoder();
    const noise = Uint8Array.from({ length: 1000 }, (_, index) => index % 0x50);
    const events = decoder.push(noise, 0);
    expect(events).toMatchObject([
      {
        cause: 'sensor_framing',
        detail: expect.stringContaining('00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F.'),
      },
    ]);
    expect(decoder.push(bytesOf(GOOD), 0).map(brief)).toEqual(['34.5/25']);
    expect(decoder.push(noise, 0).map(brief)).toEqual(['sensor_framing']);
  });

  it('says nothing about a few bytes of noise between frames', () => {
    expect(decode(new Uint8Array(63).fill(0xff), bytesOf(GOOD), new Uint8Array(63).fill(0xff))).toEqual([
      '34.5/25',
    ]);
  });

  it('survives 64 KiB of FF', () => {
    expect(decode(new Uint8Array(65_536).fill(0xff), bytesOf(GOOD))).toEqual(['sensor_framing', '34.5/25']);
  });

  it('stamps a frame that is found late with the time at which it came', () => {
    const decoder = new GyMcu9061xDecoder();
    decoder.push(bytesOf(`5A 5A 45 10 ${GOOD}`), 1000);
    expect(decoder.push(new Uint8Array(8), 9000)).toMatchObject([{ frame: { objectC: 34.5, atMs: 1000 } }]);
  });
});

describe('GyMcu9061xDecoder on any bytes', () => {
  const hundredths = fc.integer({ min: -32_768, max: 32_767 });
  const frame = fc.tuple(hundredths, hundredths).map(([object, ambient]) => encodeFrame(object, ambient));
  const mutated = fc
    .tuple(frame, fc.nat(8), fc.nat(255))
    .map(([bytes, at, value]) => bytes.map((byte, index) => (index === at ? value : byte)));
  const cut = fc.tuple(frame, fc.nat(9)).map(([bytes, length]) => bytes.subarray(0, length));
  const stream = fc
    .array(fc.oneof(frame, mutated, cut, fc.uint8Array({ maxLength: 40 })), { maxLength: 30 })
    .map((chunks) => Uint8Array.from(Buffer.concat(chunks)));

  it('reports only frames that are in the stream with a right checksum, and each at most once', () => {
    fc.assert(
      fc.property(stream, (bytes) => {
        const framesInStream = independentlyFound(bytes);
        for (const found of decode(bytes).filter((event) => event.includes('/'))) {
          const at = framesInStream.indexOf(found);
          expect(at).toBeGreaterThanOrEqual(0);
          framesInStream.splice(at, 1);
        }
      }),
    );
  });

  it('makes the same of a stream however it is cut', () => {
    fc.assert(
      fc.property(stream, fc.integer({ min: 1, max: 20 }), (bytes, size) => {
        const chunks: Uint8Array[] = [];
        for (let from = 0; from < bytes.length; from += size) chunks.push(bytes.subarray(from, from + size));
        expect(decode(...chunks)).toEqual(decode(bytes));
      }),
    );
  });

  it('has forgotten everything 21 bytes later: its buffer is bounded', () => {
    fc.assert(
      fc.property(stream, (bytes) => {
        const decoder = new GyMcu9061xDecoder();
        decoder.push(bytes, 0);
        decoder.push(new Uint8Array(21), 0);
        expect(decoder.push(bytesOf(GOOD), 0).map(brief)).toEqual(['34.5/25']);
      }),
    );
  });
});

/** Every place at which nine bytes are a frame by the data sheet, written without the decoder's help. */
function independentlyFound(bytes: Uint8Array): string[] {
  const found: string[] = [];
  for (let at = 0; at + 9 <= bytes.length; at++) {
    const nine = Buffer.from(bytes.subarray(at, at + 9));
    const isFrame = nine.readUInt32BE(0) === 0x5a5a4504;
    const sum = nine.subarray(0, 8).reduce((total, byte) => (total + byte) % 256, 0);
    if (isFrame && sum === nine.readUInt8(8)) {
      found.push(`${nine.readInt16BE(4) / 100}/${nine.readInt16BE(6) / 100}`);
    }
  }
  return found;
}
