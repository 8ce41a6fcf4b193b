import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../ports/clock.ts';

/** How long somebody may look for the device, in milliseconds on the monotonic clock. */
const GOOD_FOR_MS = 3 * 60_000;
const TIME_BYTES = 8;
const NONCE_BYTES = 16;
const KEY_BYTES = 32;

interface AskedChallengesDeps {
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
}

/**
 * What devices were asked to sign: when, random bytes, and a MAC over both and the purpose. So whoever asks for many takes no
 * memory, and pushes nobody else's out. Each is good once, for its purpose and three minutes, and until the next start.
 */
export class AskedChallenges {
  readonly #deps: AskedChallengesDeps;
  readonly #key: Uint8Array;
  /** Those that were answered, with the end of their time. */
  readonly #answered = new Map<string, number>();

  constructor(deps: AskedChallengesDeps) {
    this.#deps = deps;
    this.#key = deps.randomBytes(KEY_BYTES);
  }

  make(purpose: string): Uint8Array {
    const head = Buffer.alloc(TIME_BYTES + NONCE_BYTES);
    head.writeBigUInt64BE(BigInt(Math.floor(this.#nowMs() + GOOD_FOR_MS)));
    head.set(this.#deps.randomBytes(NONCE_BYTES), TIME_BYTES);
    return Buffer.concat([head, this.#mac(head, purpose)]);
  }

  /** Whether this was asked for the purpose, is in time, and was not answered before. */
  isOpen(challenge: string, purpose: string): boolean {
    const bytes = Buffer.from(challenge, 'base64url');
    const head = bytes.subarray(0, TIME_BYTES + NONCE_BYTES);
    const mac = this.#mac(head, purpose);
    if (bytes.length !== head.length + mac.length || !timingSafeEqual(bytes.subarray(head.length), mac))
      return false;
    return Number(head.readBigUInt64BE()) > this.#nowMs() && !this.#answered.has(bytes.toString('base64url'));
  }

  /** It was answered rightly: it is good no more. */
  close(challenge: string): void {
    const nowMs = this.#nowMs();
    for (const [old, endsMs] of this.#answered) if (endsMs <= nowMs) this.#answered.delete(old);
    this.#answered.set(Buffer.from(challenge, 'base64url').toString('base64url'), nowMs + GOOD_FOR_MS);
  }

  #mac(head: Uint8Array, purpose: string): Buffer {
    return createHmac('sha256', this.#key).update(head).update(purpose).digest();
  }

  #nowMs(): number {
    return this.#deps.clock.read().monotonicMs;
  }
}
