import { randomBytes } from 'node:crypto';

const COUNTER_MAX = 0xfff;
const RANDOM_BYTES = 8;

/**
 * Makes UUIDv7 ids that only grow within one process (RFC 9562 section 6.2, method 1): 48 bits of Unix milliseconds,
 * 12 bits of counter, 62 random bits. If the clock stands still or goes back, the last millisecond is used again.
 */
export class Uuid7 {
  readonly #random: RandomSupply;
  #lastMs = -1;
  #counter = 0;

  constructor(random = new RandomSupply()) {
    this.#random = random;
  }

  next(wallMs: number): string {
    if (wallMs > this.#lastMs) {
      this.#lastMs = wallMs;
      this.#counter = 0;
    } else if (this.#counter < COUNTER_MAX) {
      this.#counter += 1;
    } else {
      this.#lastMs += 1;
      this.#counter = 0;
    }
    const time = this.#lastMs.toString(16).padStart(12, '0');
    const counter = this.#counter.toString(16).padStart(3, '0');
    const random = Buffer.from(this.#random.take(RANDOM_BYTES));
    // The two bits of the variant (RFC 9562 section 4.1).
    random.writeUInt8((random.readUInt8(0) & 0x3f) | 0x80, 0);
    const rest = random.toString('hex');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${counter}-${rest.slice(0, 4)}-${rest.slice(4)}`;
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
