import { randomBytes } from 'node:crypto';

/** 26 bits. */
const COUNTER_MAX = 2 ** 26 - 1;
const RANDOM_BYTES = 6;

/**
 * Makes UUIDv7 ids that only grow (RFC 9562 section 6.2, method 1): 48 bits of Unix milliseconds, 26 bits of counter, 48
 * random bits. If the clock stands still or goes back, the last time is used again and the counter goes on.
 */
export class Uuid7 {
  readonly #random: RandomSupply;
  readonly #stepMs: number;
  #lastMs = -1;
  #counter = 0;

  /** @param stepMs the time in the ids is a multiple of this, so that an id does not tell more */
  constructor(random = new RandomSupply(), stepMs = 1) {
    this.#random = random;
    this.#stepMs = stepMs;
  }

  /** Goes on behind `last`, which an earlier process made: what comes now is larger. Anything else is passed over. */
  continueAfter(last: string): void {
    const [, time = '', high = '', low = ''] =
      /^([0-9a-f]{8}-[0-9a-f]{4})-7([0-9a-f]{3})-([89ab][0-9a-f]{3})-[0-9a-f]{12}$/.exec(last) ?? [];
    if (time === '') return;
    const lastMs = Number.parseInt(time.replace('-', ''), 16);
    const counter = Number.parseInt(high, 16) * 2 ** 14 + (Number.parseInt(low, 16) & 0x3fff);
    if (lastMs < this.#lastMs || (lastMs === this.#lastMs && counter < this.#counter)) return;
    // An id with an exact time is followed by those of the next step.
    this.#lastMs = lastMs % this.#stepMs === 0 ? lastMs : this.#cut(lastMs) + this.#stepMs;
    this.#counter = lastMs === this.#lastMs ? counter : 0;
  }

  next(wallMs: number): string {
    const ms = this.#cut(wallMs);
    if (ms > this.#lastMs) {
      this.#lastMs = ms;
      this.#counter = 0;
    } else if (this.#counter < COUNTER_MAX) {
      this.#counter += 1;
    } else {
      this.#lastMs += this.#stepMs;
      this.#counter = 0;
    }
    const time = this.#lastMs.toString(16).padStart(12, '0');
    const high = Math.floor(this.#counter / 2 ** 14)
      .toString(16)
      .padStart(3, '0');
    // Behind the two bits of the variant (RFC 9562 section 4.1).
    const low = (0x8000 | (this.#counter & 0x3fff)).toString(16);
    const random = Buffer.from(this.#random.take(RANDOM_BYTES)).toString('hex');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${high}-${low}-${random}`;
  }

  #cut(ms: number): number {
    return ms - (ms % this.#stepMs);
  }
}

const SUPPLY_BYTES = 4096;

/** Random bytes drawn from the operating system before they are needed: every row between scan and lock uses some. */
export class RandomSupply {
  #supply: Uint8Array = new Uint8Array(0);
  #used = 0;

  /** `count` (up to 4,096) bytes that were never returned before. */
  take(count: number): Uint8Array {
    if (this.#used + count > this.#supply.length) {
      // A new buffer, because callers still hold slices of the old one.
      this.#supply = randomBytes(SUPPLY_BYTES);
      this.#used = 0;
    }
    this.#used += count;
    return this.#supply.subarray(this.#used - count, this.#used);
  }
}

/** When an id was made, Unix milliseconds; undefined if it is no UUIDv7. */
export function uuid7Ms(id: string): number | undefined {
  const [, time] = /^([0-9a-f]{8}-[0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.exec(id) ?? [];
  return time === undefined ? undefined : Number.parseInt(time.replace('-', ''), 16);
}
