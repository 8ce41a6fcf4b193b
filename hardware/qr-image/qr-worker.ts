import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { GatepostError, messageOf } from '../../src/core/errors.ts';
import type { Cancel, Clock } from '../../src/ports/clock.ts';
import type { ImageDecoder } from '../../src/ports/code-reader.ts';
import { WORKER_SOURCE, type WorkerAnswer, type WorkerData } from './worker-source.ts';

/**
 * Longest time for one picture. One of 640 x 480 takes 2 to 40 ms on a desktop, and ten times that on a small board.
 */
const DECODE_DEADLINE_MS = 5_000;

interface Waiting {
  readonly resolve: (codes: readonly Uint8Array[]) => void;
  readonly reject: (error: GatepostError) => void;
  readonly cancelDeadline: Cancel;
}

/**
 * zxing-wasm in a worker thread, so that decoding an image blocks nothing. The worker starts with the first image and
 * does not keep the process alive; one that dies or hangs is replaced at the next image.
 */
export class QrWorker implements ImageDecoder {
  readonly #clock: Clock;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #lastId = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  find(picture: Uint8Array): Promise<readonly Uint8Array[]> {
    const worker = this.#running();
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const cancelDeadline = this.#clock.schedule(DECODE_DEADLINE_MS, () => {
        this.#giveUp(worker, 'it took longer than five seconds');
      });
      this.#waiting.set(id, { resolve, reject, cancelDeadline });
      worker.postMessage({ id, picture });
    });
  }

  /** Frees the worker. Idempotent; the next picture starts a new one. */
  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    this.#giveUp(worker, 'the reader was closed');
    await worker.terminate();
  }

  #running(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const require = createRequire(import.meta.url);
    const workerData: WorkerData = {
      library: require.resolve('zxing-wasm/reader'),
      wasm: require.resolve('zxing-wasm/reader/zxing_reader.wasm'),
    };
    const worker = new Worker(WORKER_SOURCE, { eval: true, workerData, execArgv: [] });
    worker.on('message', (answer: WorkerAnswer) => this.#answer(answer));
    worker.on('error', (error) => this.#giveUp(worker, messageOf(error)));
    // After the listeners, because a listener for messages keeps the program alive.
    worker.unref();
    this.#worker = worker;
    return worker;
  }

  #answer({ id, codes = [], error }: WorkerAnswer): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    waiting.cancelDeadline();
    if (error === undefined) waiting.resolve(codes);
    else waiting.reject(unreadable(error));
  }

  #giveUp(worker: Worker, why: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    void worker.terminate();
    for (const { reject, cancelDeadline } of this.#waiting.values()) {
      cancelDeadline();
      reject(unreadable(why));
    }
    this.#waiting.clear();
  }
}

function unreadable(why: string): GatepostError {
  return new GatepostError('picture.invalid', `The picture cannot be read (${why}). Use PNG or JPEG.`);
}
