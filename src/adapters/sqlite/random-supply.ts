import { randomBytes } from 'node:crypto';

const SUPPLY_BYTES = 4096;

/** Random bytes drawn from the operating system ahead of their use: every row needs some between pass and lock. */
export class RandomSupply {
  #supply: Uint8Array = new Uint8Array(0);
  #used = 0;

  /** `count` (up to 4,096) bytes that were never given out before. */
  take(count: number): Uint8Array {
    if (this.#used + count > this.#supply.length) {
      // A new buffer: the old one's bytes are still in somebody's hands.
      this.#supply = randomBytes(SUPPLY_BYTES);
      this.#used = 0;
    }
    this.#used += count;
    return this.#supply.subarray(this.#used - count, this.#used);
  }
}
