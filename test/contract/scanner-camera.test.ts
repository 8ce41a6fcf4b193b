import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as passing } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { QrImageDecoder } from '../../hardware/qr-image/decode.ts';
import { QrWorker } from '../../hardware/qr-image/qr-worker.ts';
import { CameraCodeReader } from '../../hardware/scanner-camera/camera-reader.ts';
import { FrameQueue } from '../../hardware/scanner-camera/frame-queue.ts';
import { FrameSplitter, MarkedFrameSplitter, toPgm } from '../../hardware/scanner-camera/frames.ts';
import {
  PAPER,
  PHONE,
  paintBoth,
  paintCode,
  paintNothing,
  type Scene,
} from '../../hardware/scanner-camera/simulator.ts';
import { frameProgram } from '../../hardware/scanner-camera/sources.ts';
import { SystemClock } from '../../src/adapters/clock/system-clock.ts';
import type { CodeReaderEvent, ImageDecoder } from '../../src/ports/code-reader.ts';
import { settle, VirtualClock } from '../support/clock/virtual-clock.ts';
import { type CameraRig, cameraRig } from '../support/devices/camera-rig.ts';
import { passText } from '../support/gate/rule-gate.ts';
import { Inbox } from '../support/inbox.ts';
import { codeReaderContract } from './code-reader.ts';

/** As long as a real pass: 196 characters. */
const PASS = `GP1:${'6BFOXN*TS0BI$ZD4N9:9S6RCVN5+O30K3/XIV0W23NTDE$VK'.repeat(4)}`;
const VGA = { pixels: 'grey', width: 640, height: 480 } as const;

async function textsIn(decoder: ImageDecoder, picture: Uint8Array): Promise<string[]> {
  return (await decoder.find(picture)).map((bytes) => Buffer.from(bytes).toString('utf8'));
}

const STICKER = 'https://example.org/address';

/** A small code of somebody else in a corner, and the pass. */
function besideSticker(side: -1 | 1): Uint8Array {
  const card = { ...PAPER, noise: 0, blur: 0, shade: 0, room: PAPER.light };
  const pass = paintCode(PASS, { ...card, side: 250 });
  const sticker = paintCode(STICKER, { ...card, side: 90 });
  const shift = side * 230;
  const moved = sticker.map((_, at) => {
    const x = (at % card.width) - shift;
    return x < 0 || x >= card.width ? card.light : (sticker[at - shift] ?? card.light);
  });
  return paintBoth(pass, moved);
}

const unchanged = (grey: Uint8Array) => grey;
const mirrored = (grey: Uint8Array, width: number) =>
  grey.map((_, at) => grey[at - (at % width) + width - 1 - (at % width)] ?? 0);

describe.each(['grey', 'yuyv'] as const)('CameraCodeReader on %s pictures of a child process', (pixels) => {
  codeReaderContract(() => cameraRig(pixels));
});

describe('a picture of 640 x 480', () => {
  const decoder = new QrWorker(new SystemClock());
  afterAll(() => decoder.close());

  it.each([
    ['a printed card', PAPER],
    ['a phone', PHONE],
  ])('of %s is read, whatever the noise', async (_name, scene) => {
    for (let seed = 1; seed <= 10; seed++) {
      expect(await textsIn(decoder, toPgm(paintCode(PASS, scene, seed), VGA))).toEqual([PASS]);
    }
  });

  const large = { width: 1280, height: 720 };
  it.each<[string, Scene, (grey: Uint8Array, width: number) => Uint8Array]>([
    ['upside down', { ...PHONE, turn: 180 }, unchanged],
    ['on its side', { ...PHONE, turn: 90 }, unchanged],
    ['held askew', { ...PAPER, turn: 45 }, unchanged],
    [
      'white on black, as phones show in dark mode',
      { ...PHONE, dark: PHONE.light, light: PHONE.dark },
      unchanged,
    ],
    ['in a mirror', PHONE, mirrored],
    ['small, with three pixels a module', { ...PAPER, side: 147 }, unchanged],
    ['out of focus', { ...PAPER, blur: 3 }, unchanged],
    ['on a dim phone', { ...PHONE, dark: 20, light: 90, room: 60 }, unchanged],
    ['with strong moiré', { ...PHONE, moire: 60 }, unchanged],
    ['of 1280 x 720', { ...PHONE, ...large, side: 500 }, unchanged],
    ['of 1280 x 720, far away', { ...PAPER, ...large, side: 170 }, unchanged],
  ])('is read %s', async (_name, scene, change) => {
    const grey = change(paintCode(PASS, scene), scene.width);
    expect(await textsIn(decoder, toPgm(grey, { ...scene, pixels: 'grey' }))).toEqual([PASS]);
  });

  it.each([
    ['control characters', 'A\u001b[2JB'],
    ['a separator', 'A\u001dB'],
    ['letters beyond ASCII', '请出示通行证 🚪'],
  ])('gives %s as they are', async (_name, text) => {
    expect(await textsIn(decoder, toPgm(paintCode(text, PAPER), VGA))).toEqual([text]);
  });

  it.each(['left', 'right'])('with a sticker on the %s gives both codes', async (side) => {
    const grey = besideSticker(side === 'left' ? -1 : 1);
    expect((await textsIn(decoder, toPgm(grey, VGA))).sort()).toEqual([PASS, STICKER].sort());
  });

  it('of nothing has no code', async () => {
    expect(await textsIn(decoder, toPgm(paintNothing(PAPER), VGA))).toEqual([]);
  });

  it('that is none is refused, and the next one is read', async () => {
    await expect(decoder.find(Buffer.from('no picture'))).rejects.toMatchObject({ code: 'picture.invalid' });
    await expect(new QrImageDecoder(decoder).decode(Buffer.from('no picture'))).rejects.toMatchObject({
      code: 'picture.invalid',
    });
    expect(await textsIn(decoder, toPgm(paintCode('NEXT', PAPER), VGA))).toEqual(['NEXT']);
  });

  it('that takes too long is given up, and the next one goes to a new worker', async () => {
    const clock = new VirtualClock();
    const impatient = new QrWorker(clock);
    const never = expect(impatient.find(toPgm(paintCode('SLOW', PAPER), VGA))).rejects.toMatchObject({
      code: 'picture.invalid',
    });
    clock.advance(5_000);
    await never;
    expect(await textsIn(impatient, toPgm(paintCode('NEXT', PAPER), VGA))).toEqual(['NEXT']);
    await impatient.close();
    expect(clock.pendingTimers()).toBe(0);
  });
});

describe('FrameSplitter', () => {
  it('finds the pictures however the stream is cut', () => {
    const shape = { pixels: 'yuv420', width: 4, height: 2 } as const;
    const frames = [1, 2, 3].map((value) => new Uint8Array(12).fill(value));
    const stream = Buffer.concat(frames);
    for (let size = 1; size <= stream.length; size++) {
      const got: number[][] = [];
      const splitter = new FrameSplitter(shape, (frame) => got.push([...frame]));
      for (let at = 0; at < stream.length; at += size) splitter.push(stream.subarray(at, at + size));
      expect(got).toEqual(frames.map((frame) => [...frame]));
    }
  });

  it.each([
    ['grey', [1, 2, 3, 4]],
    ['yuyv', [1, 9, 2, 9, 3, 9, 4, 9]],
    ['yuv420', [1, 2, 3, 4, 9, 9]],
  ] as const)('takes the brightness out of %s', (pixels, frame) => {
    expect(
      Buffer.from(toPgm(Uint8Array.from(frame), { pixels, width: 2, height: 2 })).toString('latin1'),
    ).toBe('P5\n2 2\n255\n\u0001\u0002\u0003\u0004');
  });
});

describe('the stream of v4l2-ctl', () => {
  const shape = { pixels: 'grey', width: 2, height: 2 } as const;
  /** What v4l2-ctl 1.22 and 1.30 write before a picture of four bytes. */
  const mark = (bytes: number) => Uint8Array.of(0x72, 0x64, 0x68, 0x56, 0, 0, bytes >> 8, bytes & 0xff);
  const rate = Buffer.from('Frame rate set to 10.000 fps\n');

  function read(...chunks: Uint8Array[]) {
    const frames: number[][] = [];
    const others: number[] = [];
    const splitter = new MarkedFrameSplitter(
      shape,
      (frame) => frames.push([...frame]),
      (bytes) => others.push(bytes),
    );
    for (const chunk of chunks) splitter.push(chunk);
    return { frames, others };
  }

  it('is cut at its marks, also behind the line of v4l2-ctl 1.22, wherever it is split', () => {
    // The second picture looks like a mark itself.
    const pictures = [
      [1, 2, 3, 4],
      [0x72, 0x64, 0x68, 0x56],
      [5, 6, 7, 8],
    ];
    const stream = Buffer.concat([rate, ...pictures.flatMap((bytes) => [mark(4), Uint8Array.from(bytes)])]);
    for (let at = 0; at <= stream.length; at++) {
      expect(read(stream.subarray(0, at), stream.subarray(at))).toEqual({ frames: pictures, others: [] });
    }
  });

  it('finds a mark after the begin of one', () => {
    expect(
      read(Uint8Array.of(0x72, 0x64, 0x72, 0x72), mark(4), Uint8Array.of(1, 2, 3, 4)).frames,
    ).toHaveLength(1);
  });

  it('does not wait for the last bytes, which come with the next picture', () => {
    const large = { pixels: 'yuyv', width: 640, height: 480 } as const;
    const seen: number[] = [];
    const splitter = new MarkedFrameSplitter(
      large,
      (frame) => seen.push(frame[0] ?? 0, frame.at(-1) ?? 0),
      () => undefined,
    );
    const picture = (value: number) =>
      Buffer.concat([Buffer.from('rdhV\0\t`\0', 'latin1'), new Uint8Array(614_400).fill(value)]);
    splitter.push(picture(1).subarray(0, -4097));
    expect(seen).toEqual([]);
    splitter.push(picture(1).subarray(-4097, -4096));
    expect(seen).toEqual([1, 0]);
    splitter.push(picture(1).subarray(-4096));
    splitter.push(picture(2));
    expect(seen).toEqual([1, 0, 2, 2]);
  });

  it('loses a picture that broke off, and no other', () => {
    const short = Buffer.concat([mark(3), Uint8Array.of(9, 9, 9)]);
    const good = Buffer.concat([mark(4), Uint8Array.of(1, 2, 3, 4)]);
    expect(read(good, short, good)).toEqual({
      frames: [
        [1, 2, 3, 4],
        [1, 2, 3, 4],
      ],
      others: [3],
    });
  });
});

describe('a camera read by v4l2-ctl', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-v4l2-'));
  const decoder = new QrWorker(new SystemClock());
  const picture = join(folder, 'picture');
  const inbox = new Inbox<CodeReaderEvent>();
  afterAll(async () => {
    await decoder.close();
    rmSync(folder, { recursive: true });
  });

  /** A shell that writes what v4l2-ctl 1.22 writes for a camera of 640 x 480. */
  function reader(width: number, height: number): CameraCodeReader {
    const grey = paintCode(PASS, PAPER);
    const yuyv = Uint8Array.from({ length: grey.length * 2 }, (_, at) =>
      at % 2 === 0 ? (grey[at / 2] ?? 0) : 128,
    );
    writeFileSync(picture, Buffer.concat([Buffer.from('rdhV\0\t`\0', 'latin1'), yuyv]));
    const camera = { source: 'v4l2', path: picture, width, height, framesPerSecond: 10 } as const;
    return new CameraCodeReader({
      camera,
      decoder,
      clock: new SystemClock(),
      simulated: true,
      program: {
        ...frameProgram(camera),
        command: 'sh',
        args: ['-c', 'echo "Frame rate set to 10.000 fps"; while cat "$0"; do sleep 0.1; done', picture],
      },
    });
  }

  it('reads codes', async () => {
    const link = await reader(640, 480).open(inbox.put, new AbortController().signal);
    const [event] = await inbox.until((all) => all.length > 0);
    expect(event).toMatchObject({ type: 'code', text: PASS });
    await link.close();
  });

  it('that does not know the size is named', async () => {
    await expect(reader(320, 240).open(inbox.put, new AbortController().signal)).rejects.toMatchObject({
      code: 'device.failed',
      message: expect.stringMatching(/614400 bytes, which are not 320 x 240.*--list-formats-ext/),
    });
  });
});

describe('FrameQueue', () => {
  function slowQueue() {
    const clock = new VirtualClock();
    const seen: { picture: number; finish: (...texts: string[]) => void }[] = [];
    const events: CodeReaderEvent[] = [];
    const queue = new FrameQueue({
      decoder: {
        find: (pgm) =>
          new Promise((resolve) =>
            seen.push({
              picture: pgm[0] ?? 0,
              finish: (...texts) => resolve(texts.map((text) => Buffer.from(text))),
            }),
          ),
      },
      clock,
      framesPerSecond: 10,
      onEvent: (event) => events.push(event),
    });
    return { clock, seen, events, queue };
  }

  it('has one picture at the decoder, and the newest waiting', async () => {
    const { seen, queue } = slowQueue();
    for (const picture of [1, 2, 3]) queue.put(Uint8Array.of(picture));
    expect(seen.map(({ picture }) => picture)).toEqual([1]);
    seen[0]?.finish();
    await settle();
    expect(seen.map(({ picture }) => picture)).toEqual([1, 3]);
  });

  it('wants no more pictures than were asked for', () => {
    const { clock, queue } = slowQueue();
    expect(queue.wants()).toBe(true);
    queue.put(Uint8Array.of(1));
    clock.advance(40);
    expect(queue.wants()).toBe(false);
    clock.advance(60);
    expect(queue.wants()).toBe(true);
  });

  it('tells of the pass alone where other codes are in view, of all passes, and of one code else', async () => {
    const { clock, seen, events, queue } = slowQueue();
    const pass = passText({ passId: '00000000000000a1' });
    const onTheWall = passText({ passId: '00000000000000b2' });
    const show = async (...texts: string[]) => {
      queue.put(Uint8Array.of(1));
      seen.at(-1)?.finish(...texts);
      await settle();
      clock.advance(2_000);
      return events.splice(0).map((event) => event.type === 'code' && event.text);
    };
    expect(await show('https://example.org', pass)).toEqual([pass]);
    expect(await show(pass, 'GP1:TORN')).toEqual([pass]);
    expect(await show(onTheWall, pass)).toEqual([onTheWall, pass]);
    expect(await show('https://example.org', 'GP1:TORN')).toEqual(['GP1:TORN']);
    expect(await show('one', 'two')).toEqual(['one']);
    expect(await show('\u001b[2J', 'two')).toEqual([false]);
    expect(await show(' \n', pass)).toEqual([pass]);
  });

  it('tells a code in view once a second, another one at once, and nothing after its end', async () => {
    const { clock, seen, events, queue } = slowQueue();
    const show = async (...texts: string[]) => {
      queue.put(Uint8Array.of(1));
      seen.at(-1)?.finish(...texts);
      await settle();
      clock.advance(100);
    };
    for (let frame = 0; frame < 21; frame++) await show('A');
    await show('B');
    expect(events.map((event) => [event.type === 'code' && event.text, event.atMs])).toEqual([
      ['A', 0],
      ['A', 1000],
      ['A', 2000],
      ['B', 2100],
    ]);
    await show('x'.repeat(1025));
    expect(events.at(-1)).toMatchObject({ type: 'rejected', cause: 'too_long' });
    queue.stop();
    await show('C');
    expect(events).toHaveLength(5);
  });
});

describe('a camera that fails', () => {
  let rig: CameraRig | undefined;
  const inbox = new Inbox<CodeReaderEvent>();

  afterEach(async () => {
    await rig?.dispose();
    rig = undefined;
  });

  it('ends its link after three seconds without a picture', async () => {
    const clock = new VirtualClock();
    rig = await cameraRig('grey', clock);
    const link = await rig.reader.open(inbox.put, new AbortController().signal);
    rig.hang();
    let ended = false;
    void link.closed.then(() => {
      ended = true;
    });
    // Pictures that were on their way count from the virtual moment at which they came.
    while (!ended) {
      clock.advance(1_000);
      await passing(20);
    }
    expect(await link.closed).toMatchObject({
      code: 'device.lost',
      message: expect.stringContaining('silent'),
    });
    expect(clock.pendingTimers()).toBe(0);
  });

  it('says what its program said when it ends', async () => {
    rig = await cameraRig();
    const link = await rig.reader.open(inbox.put, new AbortController().signal);
    await rig.unplug();
    expect(await link.closed).toMatchObject({
      code: 'device.lost',
      message: expect.stringContaining('No such device'),
    });
  });

  it('names the package of a program that is not installed', async () => {
    const reader = new CameraCodeReader({
      camera: { source: 'rpicam', path: '0', width: 640, height: 480, framesPerSecond: 10 },
      decoder: { find: async () => [] },
      clock: new SystemClock(),
      simulated: false,
      program: { command: 'no-such-program', args: [], pixels: 'grey', debianPackage: 'rpicam-apps' },
    });
    await expect(reader.open(inbox.put, new AbortController().signal)).rejects.toMatchObject({
      code: 'device.failed',
      message: expect.stringContaining('apt install rpicam-apps'),
    });
  });
});

describe('the program for a camera', () => {
  const camera = { path: '/dev/v4l/by-id/cam', width: 640, height: 480, framesPerSecond: 10 };

  it.each([
    ['v4l2', 'v4l2-ctl', 'yuyv'],
    ['ffmpeg', 'ffmpeg', 'grey'],
    ['rpicam', 'rpicam-vid', 'yuv420'],
  ] as const)('%s is %s and gives %s', (source, command, pixels) => {
    const program = frameProgram({ ...camera, source });
    expect(program).toMatchObject({ command, pixels });
    expect(program.args.join(' ')).toContain(camera.path);
    expect(program.args.join(' ')).toContain('640');
  });

  it('makes pictures of the size that was asked for, whatever size the camera chose', () => {
    const { args } = frameProgram({ ...camera, source: 'ffmpeg' });
    expect(args.join(' ')).toContain('scale=640:480');
    expect(frameProgram({ ...camera, source: 'v4l2' })).toMatchObject({ marked: true });
  });
});

describe('the event loop', () => {
  const ROUNDS = 5;

  it('is not held up while a picture is read', async () => {
    const clock = new SystemClock();
    const decoder = new QrWorker(clock);
    const large = { ...PHONE, width: 2560, height: 1920, side: 1200 };
    const pgm = toPgm(paintCode(PASS, large), { pixels: 'grey', width: large.width, height: large.height });
    await decoder.find(pgm);
    let turns = 0;
    let reading = true;
    const turn = () => {
      turns += 1;
      if (reading) setImmediate(turn);
    };
    setImmediate(turn);
    for (let round = 0; round < ROUNDS; round++) expect(await textsIn(decoder, pgm)).toEqual([PASS]);
    reading = false;
    // Counted, not timed: on this thread the loop would come round a few times for each picture, not hundreds of times.
    expect(turns).toBeGreaterThan(ROUNDS * 100);
    await decoder.close();
  });
});
