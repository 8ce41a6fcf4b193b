import type { PassageRecord } from '../../core/passage/passage.ts';
import type { Clock } from '../../ports/clock.ts';

/** After so many presses in a row that led nobody through, only one in a while is written down. */
const IDLE_PRESSES = 6;
/** Milliseconds. */
const QUIET_MS = 10 * 60_000;

/** Says which rows the presses of an exit button are worth, so that one that is pressed for years writes no end of them. */
export class ExitLogLimiter {
  readonly #clock: Clock;
  readonly #movesLock: boolean;
  #idlePresses = 0;
  #writtenMs = Number.NEGATIVE_INFINITY;
  /** A press that was not worth a row has one when somebody does go through. */
  #held: PassageRecord | undefined;

  /** @param deps.movesLock whether a press moves the lock, which is always written down */
  constructor(deps: { clock: Clock; movesLock: boolean }) {
    this.#clock = deps.clock;
    this.#movesLock = deps.movesLock;
  }

  /** What is to be written now that `record` would be. */
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
