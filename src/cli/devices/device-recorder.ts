import type { RecordedBytes } from '../../../hardware/simulators/recording.ts';
import type { Clock } from '../../ports/clock.ts';

/** More is left out: some minutes of the fastest sensor, thousands of scans. */
const MOST_BYTES = 1024 * 1024;
const MOST_PIECES = 50_000;
/** So much text in one run is no frame of a sensor's. */
const SCANNED_TEXT = /G[PR]1:|[\x20-\x7e]{16}/i;
const TAIL_CHARACTERS = 16;

/** Why a recorder takes no more. */
type RecorderEnd = 'full' | 'scanner';

/**
 * Keeps what a device sends, with its times, in memory alone. It ends by itself when it is full; and unless test passes
 * were announced also at the first bytes that look like a scanned code. Then it keeps nothing at all.
 */
export class DeviceRecorder {
  readonly #deps: {
    readonly clock: Clock;
    readonly testPasses: boolean;
    readonly onPiece: (piece: RecordedBytes) => void;
    readonly onEnd: (why: RecorderEnd) => void;
  };
  readonly #beganMs: number;
  #pieces: RecordedBytes[] = [];
  #bytes = 0;
  #tail = '';
  #end: RecorderEnd | undefined;

  constructor(deps: {
    clock: Clock;
    testPasses: boolean;
    /** Told of each piece that is kept. */
    onPiece: (piece: RecordedBytes) => void;
    onEnd: (why: RecorderEnd) => void;
  }) {
    this.#deps = deps;
    this.#beganMs = deps.clock.read().monotonicMs;
  }

  /** Empty where it ended at a scanner. */
  get pieces(): readonly RecordedBytes[] {
    return this.#pieces;
  }

  /** Why it ended by itself; undefined while it goes on. */
  get end(): RecorderEnd | undefined {
    return this.#end;
  }

  received(bytes: Uint8Array): void {
    if (this.#end === undefined && !this.#deps.testPasses && this.#looksScanned(bytes)) {
      this.#pieces = [];
      this.#finish('scanner');
    }
    this.#keep('device', bytes);
  }

  sent(bytes: Uint8Array): void {
    this.#keep('kiosk', bytes);
  }

  #keep(from: RecordedBytes['from'], bytes: Uint8Array): void {
    if (this.#end !== undefined) return;
    if (this.#bytes + bytes.length > MOST_BYTES || this.#pieces.length === MOST_PIECES) {
      this.#finish('full');
      return;
    }
    const atMs = Math.round(this.#deps.clock.read().monotonicMs - this.#beganMs);
    const piece = { atMs, from, bytes };
    this.#bytes += bytes.length;
    this.#pieces.push(piece);
    this.#deps.onPiece(piece);
  }

  /** A code may come in pieces: the end of the one before belongs to it. */
  #looksScanned(bytes: Uint8Array): boolean {
    const text = this.#tail + Buffer.from(bytes).toString('latin1');
    this.#tail = text.slice(-TAIL_CHARACTERS);
    return SCANNED_TEXT.test(text);
  }

  #finish(why: RecorderEnd): void {
    this.#end = why;
    this.#deps.onEnd(why);
  }
}
