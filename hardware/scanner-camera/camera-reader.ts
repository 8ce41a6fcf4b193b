import { access, constants } from 'node:fs/promises';
import { GatepostError } from '../../src/core/errors.ts';
import type { Cancel, Clock } from '../../src/ports/clock.ts';
import type { CodeReader, CodeReaderEvent, ImageDecoder } from '../../src/ports/code-reader.ts';
import type { DeviceLink } from '../../src/ports/device-link.ts';
import { FrameChild, lost } from './frame-child.ts';
import { FrameQueue } from './frame-queue.ts';
import { FrameSplitter, MarkedFrameSplitter, toPgm } from './frames.ts';
import { type CameraSettings, type FrameProgram, frameProgram } from './sources.ts';

/** Longest time until the first picture; cameras need up to some seconds. */
const FIRST_FRAME_MS = 10_000;
/**
 * After this many pictures of another size at the start, the camera does not support the size. Fewer can be incomplete
 * pictures.
 */
const WRONG_SIZES_MAX = 3;
/** After the camera was not read for this long, its program may deliver old images. */
const HELD_UP_MS = 5_000;
/** A camera without pictures for this time hangs; there is no other sign of it. */
const SILENCE_MS = 3_000;

interface CameraCodeReaderDeps {
  readonly camera: CameraSettings;
  readonly decoder: ImageDecoder;
  readonly clock: Clock;
  readonly simulated: boolean;
  /** The program that takes the pictures; by default the one for the camera. */
  readonly program?: FrameProgram;
}

/** A camera used as a scanner: a child process takes images, a worker thread reads the codes in them. */
export class CameraCodeReader implements CodeReader {
  readonly driver = 'camera';
  readonly simulated: boolean;
  readonly #deps: CameraCodeReaderDeps;

  constructor(deps: CameraCodeReaderDeps) {
    this.simulated = deps.simulated;
    this.#deps = deps;
  }

  /** Resolves with the first picture. When no more pictures come the link ends with `device.lost`. */
  async open(onEvent: (event: CodeReaderEvent) => void, signal: AbortSignal): Promise<DeviceLink> {
    const { camera, clock, decoder } = this.#deps;
    const program = this.#deps.program ?? frameProgram(camera);
    if (camera.source !== 'rpicam') await requireDevice(camera.path);
    signal.throwIfAborted();

    const shape = { pixels: program.pixels, width: camera.width, height: camera.height };
    const queue = new FrameQueue({ decoder, clock, framesPerSecond: camera.framesPerSecond, onEvent });
    const watch = new FrameWatch(clock, (why) => child.end(lost(why)));
    const take = (frame: Uint8Array): void => {
      watch.frame();
      if (queue.wants()) queue.put(toPgm(frame, shape));
    };
    let refused = 0;
    const refuse = (bytes: number): void => {
      refused += 1;
      if (!watch.hasSeen && refused >= WRONG_SIZES_MAX) child.end(wrongSize(bytes, camera));
    };
    const splitter = program.marked
      ? new MarkedFrameSplitter(shape, take, refuse)
      : new FrameSplitter(shape, take);
    const child = await FrameChild.start(program, (bytes) => splitter.push(bytes));
    const stop = (): void => child.end();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    watch.start();
    void child.closed.then(() => {
      signal.removeEventListener('abort', stop);
      watch.stop();
      queue.stop();
    });

    const ended = await Promise.race([watch.firstFrame, child.closed.then((error) => ({ error }))]);
    if (ended !== undefined) throw ended.error ?? lost('it was called off');
    return {
      closed: child.closed,
      close: () => {
        queue.stop();
        return child.close();
      },
    };
  }
}

/** Watches for the first picture, and for the end of the pictures. */
class FrameWatch {
  readonly firstFrame: Promise<undefined>;
  readonly #clock: Clock;
  readonly #onEnd: (why: string) => void;
  #settleFirst: () => void = () => undefined;
  #cancel: Cancel | undefined;
  #lastFrameMs: number | undefined;

  constructor(clock: Clock, onEnd: (why: string) => void) {
    this.#clock = clock;
    this.#onEnd = onEnd;
    this.firstFrame = new Promise((resolve) => {
      this.#settleFirst = () => resolve(undefined);
    });
  }

  get hasSeen(): boolean {
    return this.#lastFrameMs !== undefined;
  }

  start(): void {
    this.#wait(FIRST_FRAME_MS);
  }

  frame(): void {
    this.#lastFrameMs = this.#nowMs();
    this.#settleFirst();
  }

  stop(): void {
    this.#cancel?.();
  }

  /** Keeps one timer for all pictures. */
  #wait(delayMs: number): void {
    const dueMs = this.#nowMs() + delayMs;
    this.#cancel = this.#clock.schedule(delayMs, () => this.#check(Math.max(0, this.#nowMs() - dueMs)));
  }

  /**
   * @param heldUpMs how late this is called. That time is not silence of the camera, because Node runs late timers
   * before it reads
   */
  #check(heldUpMs: number): void {
    const quietMs = this.#lastFrameMs === undefined ? Infinity : this.#nowMs() - this.#lastFrameMs - heldUpMs;
    if (heldUpMs >= HELD_UP_MS) this.#onEnd('this program stood still; the camera is opened anew');
    else if (quietMs >= SILENCE_MS) this.#onEnd('it fell silent');
    else this.#wait(SILENCE_MS - quietMs);
  }

  #nowMs(): number {
    return this.#clock.read().monotonicMs;
  }
}

function wrongSize(bytes: number, { path, width, height }: CameraSettings): GatepostError {
  return new GatepostError(
    'device.failed',
    `The camera gives pictures of ${bytes} bytes, which are not ${width} x ${height} in YUYV: it does not know that size. See what it knows (v4l2-ctl --list-formats-ext --device=${path}) and set width and height, or take source: ffmpeg.`,
  );
}

/** @throws GatepostError `device.missing` or `device.denied` */
async function requireDevice(path: string): Promise<void> {
  try {
    await access(path, constants.R_OK | constants.W_OK);
  } catch (error) {
    const denied = error instanceof Error && 'code' in error && error.code === 'EACCES';
    throw denied
      ? new GatepostError(
          'device.denied',
          `${path} may not be used by this user. Add the user to the group video and start again.`,
          { cause: error },
        )
      : new GatepostError(
          'device.missing',
          `${path} does not exist. Plug the camera in, and compare the path with: ls -l /dev/v4l/by-id`,
          { cause: error },
        );
  }
}
