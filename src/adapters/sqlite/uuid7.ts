import { randomBytes } from 'node:crypto';

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
    const bytes = randomBytes(16);
    bytes.writeUIntBE(this.#lastMs, 0, 6);
    bytes.writeUInt16BE(0x7000 | this.#counter, 6);
    bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
    return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  }
}
