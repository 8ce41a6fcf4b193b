import { randomUUID } from 'node:crypto';

const COUNTER_MAX = 0xfff;

/**
 * Makes UUIDv7 ids that only grow within one process (RFC 9562 section 6.2, method 1): 48 bits of Unix
 * milliseconds, 12 bits of counter, 62 random bits. When the clock stands still or goes back, the last
 * millisecond is used on.
 */
export class Uuid7 {
  #lastMs = -1;
  #counter = 0;

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
    // The last two groups of a version 4 id are the variant and 62 random bits, here as there.
    return `${time.slice(0, 8)}-${time.slice(8)}-7${counter}-${randomUUID().slice(19)}`;
  }
}
