import type { Clock } from '../../ports/clock.ts';

/** How long a broker may fail before the next one is tried. */
const PATIENCE_MS = 20_000;
/** A connection that lasted for this long has made up for what failed before it. */
export const HELD_MS = 30_000;
/** Pause before the first broker is tried again while the second is in use. */
const RETURN_MS = 60_000;
/** Longest such pause: it doubles with each return that did not last. */
const LONGEST_RETURN_MS = 32 * 60_000;
/** A return that lasted for this long was a good one. */
const LASTED_MS = 10 * 60_000;

/**
 * Which broker to connect to, of several in the order of their rank. One that keeps failing is given up: then the next
 * is used, until it fails itself or the first has proved itself again (`BrokerTrial`).
 */
export class BrokerChoice {
  readonly #clock: Clock;
  /** By rank, monotonic milliseconds: since when it fails; undefined while it does not. */
  readonly #failingSinceMs: (number | undefined)[];
  #present = 0;
  #connectedMs = 0;
  #returnMs = RETURN_MS;

  /** @param count of brokers, 1 or more */
  constructor(count: number, clock: Clock) {
    this.#failingSinceMs = Array.from({ length: count }, () => undefined);
    this.#clock = clock;
  }

  /** Rank of the broker that is used or tried; 0 is the first. */
  get present(): number {
    return this.#present;
  }

  /** Whether another one could be used. */
  get hasOther(): boolean {
    return this.#failingSinceMs.some((_, rank) => rank !== this.#present && !this.#isGivenUp(rank));
  }

  /** How long to wait before the first one is tried beside the present one. */
  get returnMs(): number {
    return this.#returnMs;
  }

  /**
   * Rank of the broker to connect to now. Where all are given up each has its turn, so that none is forgotten; it is then
   * the pause between tries that grows.
   */
  next(): number {
    const count = this.#failingSinceMs.length;
    if (this.#isGivenUp(this.#present)) {
      const inTurn = Array.from({ length: count }, (_, step) => (this.#present + 1 + step) % count);
      this.#present = inTurn.find((rank) => !this.#isGivenUp(rank)) ?? inTurn[0] ?? 0;
    }
    return this.#present;
  }

  /** It could not be connected to. */
  failed(): void {
    this.#failingSinceMs[this.#present] ??= this.#nowMs();
  }

  /** @param rank of the broker that a connection was made to */
  connected(rank: number): void {
    this.#present = rank;
    this.#connectedMs = this.#nowMs();
  }

  /** The connection ended by itself. */
  lost(): void {
    const lastedMs = this.#nowMs() - this.#connectedMs;
    if (lastedMs >= HELD_MS) this.#failingSinceMs[this.#present] = this.#nowMs();
    else this.failed();
    if (this.#present === 0 && lastedMs >= LASTED_MS) this.#returnMs = RETURN_MS;
  }

  /** It is of no use although it can be connected to. */
  giveUp(): void {
    this.#failingSinceMs[this.#present] = Number.NEGATIVE_INFINITY;
  }

  /** The first one is used again, and what failed before counts no more. */
  returned(): void {
    this.#failingSinceMs.fill(undefined);
    this.connected(0);
    this.#returnMs = Math.min(2 * this.#returnMs, LONGEST_RETURN_MS);
  }

  #isGivenUp(rank: number): boolean {
    const sinceMs = this.#failingSinceMs[rank];
    return sinceMs !== undefined && this.#nowMs() - sinceMs >= PATIENCE_MS;
  }

  #nowMs(): number {
    return this.#clock.read().monotonicMs;
  }
}
