import type { PassageRecord } from '../../core/passage/passage.ts';
import type { Clock } from '../../ports/clock.ts';

/** After this many presses in a row without a passage, only one per `QUIET_MS` is recorded. */
const IDLE_PRESSES = 6;
/** Milliseconds. */
const QUIET_MS = 10 * 60_000;

/**
 * Decides which presses of an exit button get a row, so that a button that is pressed all the time does not fill the
 * log.
 */
export class ExitLogLimiter {
  readonly #clock: Clock;
  readonly #movesLock: boolean;
  #idlePresses = 0;
  #writtenMs = Number.NEGATIVE_INFINITY;
  /** The row of a press that was not recorded; it is written if a person goes through after all. */
  #held: PassageRecord | undefined;

  /** @param deps.movesLock whether a press releases the lock; then it is always recorded */
  constructor(deps: { clock: Clock; movesLock: boolean }) {
    this.#clock = deps.clock;
    this.#movesLock = deps.movesLock;
  }

  /** The rows to write instead of `record`. */
  for(record: PassageRecord): readonly PassageRecord[] {
    const isQuiet = this.#isQuiet;
    const held = this.#held;
    this.#held = undefined;
    switch (record.name) {
      case 'access.granted':
        if (this.#movesLock || !isQuiet) return [record];
        this.#held = record;
        return [];
      case 'access.taken':
        if (!record.seen) return this.#unfollowed(record, held);
        this.#idlePresses = 0;
        return held === undefined ? [record] : [held, record];
      case 'access.nottaken':
        return this.#unfollowed(record, held);
      case 'access.denied':
        this.#idlePresses += 1;
        return isQuiet ? [] : [record];
      case 'access.requested':
        return [record];
    }
  }

  #unfollowed(record: PassageRecord, held: PassageRecord | undefined): readonly PassageRecord[] {
    this.#idlePresses += 1;
    return held === undefined ? [record] : [];
  }

  /** A row is in the log. */
  written(): void {
    this.#writtenMs = this.#clock.read().monotonicMs;
  }

  get #isQuiet(): boolean {
    return this.#idlePresses >= IDLE_PRESSES && this.#clock.read().monotonicMs - this.#writtenMs < QUIET_MS;
  }
}
