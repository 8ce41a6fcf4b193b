import { isGatepostError } from '../../src/core/errors.ts';
import { chosenCodes } from '../../src/core/scan/chosen-codes.ts';
import type { ScannedCode } from '../../src/core/scan/scanned-code.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { CodeReaderEvent, ImageDecoder } from '../../src/ports/code-reader.ts';

/** A code that stays in view is reported at most once in this time. */
const REPEAT_MS = 1_000;
/** Share of the picture interval after which a picture is wanted, because pictures come a little early or late. */
const JITTER = 0.8;

interface Picture {
  readonly pgm: Uint8Array;
  readonly atMs: number;
}

interface FrameQueueDeps {
  readonly decoder: ImageDecoder;
  readonly clock: Clock;
  readonly framesPerSecond: number;
  readonly onEvent: (event: CodeReaderEvent) => void;
}

/**
 * One image at a time goes to the decoder; of those that arrive meanwhile the newest waits and the others are
 * dropped.
 */
export class FrameQueue {
  readonly #deps: FrameQueueDeps;
  #busy = false;
  #next: Picture | undefined;
  #lastTakenMs = Number.NEGATIVE_INFINITY;
  /** Codes reported in the last second, with their times. */
  #told: readonly { readonly code: ScannedCode; readonly atMs: number }[] = [];
  #stopped = false;

  constructor(deps: FrameQueueDeps) {
    this.#deps = deps;
  }

  /** Whether a picture that comes now is wanted; a camera may give more per second than requested. */
  wants(): boolean {
    const { clock, framesPerSecond } = this.#deps;
    return (
      !this.#stopped && clock.read().monotonicMs - this.#lastTakenMs >= (1000 / framesPerSecond) * JITTER
    );
  }

  put(pgm: Uint8Array): void {
    const atMs = this.#deps.clock.read().monotonicMs;
    this.#lastTakenMs = atMs;
    this.#next = { pgm, atMs };
    if (!this.#busy) void this.#work();
  }

  /** Nothing is reported after this. Idempotent. */
  stop(): void {
    this.#stopped = true;
    this.#next = undefined;
  }

  async #work(): Promise<void> {
    this.#busy = true;
    while (this.#next !== undefined) {
      const picture = this.#next;
      this.#next = undefined;
      for (const code of await this.#find(picture.pgm)) this.#tell(code, picture.atMs);
    }
    this.#busy = false;
  }

  async #find(pgm: Uint8Array): Promise<readonly ScannedCode[]> {
    try {
      return chosenCodes(await this.#deps.decoder.find(pgm));
    } catch (error) {
      // An image on which the decoder fails contains no code; the next one goes to a new worker at once.
      if (isGatepostError(error, 'picture.invalid')) return [];
      throw error;
    }
  }

  #tell(code: ScannedCode, atMs: number): void {
    if (this.#stopped) return;
    this.#told = this.#told.filter((told) => atMs - told.atMs < REPEAT_MS);
    if (this.#told.some((told) => isSame(told.code, code))) return;
    this.#told = [...this.#told, { code, atMs }];
    this.#deps.onEvent({ ...code, beganMs: atMs, atMs });
  }
}

function isSame(one: ScannedCode, other: ScannedCode): boolean {
  if (one.type === 'code') return other.type === 'code' && one.text === other.text;
  return other.type === 'rejected' && one.cause === other.cause && one.lengthBytes === other.lengthBytes;
}
