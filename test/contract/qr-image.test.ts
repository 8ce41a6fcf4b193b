import qrcode from 'qrcode';
import { afterAll, describe, expect, it } from 'vitest';
import { IMAGE_PIXELS_MAX, QrImageDecoder } from '../../hardware/qr-image/decode.ts';
import { imageSize } from '../../hardware/qr-image/image-size.ts';
import { QrWorker } from '../../hardware/qr-image/qr-worker.ts';
import { SystemClock } from '../../src/adapters/clock/system-clock.ts';
import { passText } from '../support/gate/rule-gate.ts';

const PASS = passText({ passId: '00000000000000a1' });

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

/** The begin of a PNG file: its mark and its first chunk. */
function pngOf(width: number, height: number): Buffer {
  const file = Buffer.from(
    hex('89 50 4E 47 0D 0A 1A 0A 00 00 00 0D 49 48 44 52 00 00 00 00 00 00 00 00 08 00 00'),
  );
  file.writeUInt32BE(width, 16);
  file.writeUInt32BE(height, 20);
  return file;
}

/** A JPEG file up to its size: a block of the camera, a fill byte, a table, the frame. */
const JPEG = hex('FF D8 FF E1 00 06 45 78 69 66 FF FF C4 00 03 00 FF C2 00 11 08 0B D0 0F C0 03');

describe('the size of a picture', () => {
  it('is told by PNG and JPEG files, and by nothing else', async () => {
    expect(imageSize(pngOf(640, 480))).toEqual({ width: 640, height: 480 });
    expect(imageSize(JPEG)).toEqual({ width: 4032, height: 3024 });
    expect(imageSize(hex('FF D8 00 00 00 00 00 00 00 00 00 00'))).toBeUndefined();
    expect(imageSize(hex('FF D8'))).toBeUndefined();
    expect(imageSize(Buffer.from('P5\n60000 60000\n255\n'))).toBeUndefined();
    expect(imageSize(pngOf(1, 1).subarray(0, 20))).toBeUndefined();
  });

  it('is undefined or a size whatever the bytes are', () => {
    for (const file of [pngOf(640, 480), JPEG]) {
      for (let length = 0; length < file.length; length++) imageSize(file.subarray(0, length));
      for (let at = 0; at < file.length; at++) {
        for (const value of [0x00, 0x02, 0x7f, 0xc4, 0xff]) {
          imageSize(file.map((byte, place) => (place === at ? value : byte)));
        }
      }
    }
  });
});

describe('QrImageDecoder', () => {
  const worker = new QrWorker(new SystemClock());
  const decoder = new QrImageDecoder(worker);
  afterAll(() => worker.close());

  it('reads the code of a PNG file', async () => {
    expect(await decoder.decode(await qrcode.toBuffer('GP1:PICTURE'))).toBe('GP1:PICTURE');
  });

  it.each([
    ['a pass beside a sticker', ['https://example.org', PASS], PASS],
    ['what begins as a pass beside a sticker', ['https://example.org', 'GP1:TORN'], 'GP1:TORN'],
    ['a pass with a line end in it', [`${PASS}\n`], PASS],
    ['the first of two others', ['one', 'two'], 'one'],
  ])('reads %s', async (_name, found, text) => {
    const played = new QrImageDecoder({ find: async () => found.map((code) => Buffer.from(code)) });
    expect(await played.decode(pngOf(640, 480))).toBe(text);
  });

  it('says when a code holds what no scanner would take', async () => {
    const played = new QrImageDecoder({ find: async () => [Buffer.from('\u001b[2J')] });
    await expect(played.decode(pngOf(640, 480))).rejects.toMatchObject({
      code: 'picture.invalid',
      message: expect.stringContaining('control_characters'),
    });
  });

  it('refuses a picture of too many pixels before anybody unpacks it', async () => {
    const never = new QrImageDecoder({ find: () => Promise.reject(new Error('it was unpacked')) });
    await expect(never.decode(pngOf(5_000, 5_001))).rejects.toMatchObject({
      code: 'picture.invalid',
      message: expect.stringContaining('5000 x 5001'),
    });
    expect(IMAGE_PIXELS_MAX).toBe(5_000 * 5_000);
    await expect(never.decode(Buffer.from('GIF89a'))).rejects.toMatchObject({
      message: expect.stringContaining('PNG or JPEG'),
    });
  });
});
