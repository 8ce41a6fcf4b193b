import { isLoopback, networkOf } from '../../core/network.ts';

/** A handshake costs a signature. At first so many may come at once, then so many a second, from all and from one network. */
const FROM_ALL = { burst: 64, perSecond: 24 };
const FROM_ONE = { burst: 24, perSecond: 6 };
/** Networks that are remembered; the one that came longest ago is forgotten first. */
const MOST_NETWORKS = 256;

interface Bucket {
  left: number;
  /** Monotonic milliseconds. */
  atMs: number;
}

/**
 * Bounds the TLS handshakes of a second, so that whoever opens connections on and on takes no time from the gate. The
 * kiosk itself has no such limit.
 */
export class HandshakeBudget {
  readonly #nowMs: () => number;
  readonly #all: Bucket = { left: FROM_ALL.burst, atMs: 0 };
  readonly #networks = new Map<string, Bucket>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Whether a connection from `address` may begin a handshake now. */
  admits(address: string): boolean {
    if (isLoopback(address)) return true;
    const network = networkOf(address);
    const own = this.#networks.get(network) ?? { left: FROM_ONE.burst, atMs: this.#nowMs() };
    this.#networks.delete(network);
    this.#networks.set(network, own);
    const [oldest] = this.#networks.keys();
    if (this.#networks.size > MOST_NETWORKS && oldest !== undefined) this.#networks.delete(oldest);
    // In this order: a network beyond its own share takes nothing from the others.
    return this.#take(own, FROM_ONE) && this.#take(this.#all, FROM_ALL);
  }

  #take(bucket: Bucket, { burst, perSecond }: typeof FROM_ALL): boolean {
    const nowMs = this.#nowMs();
    bucket.left = Math.min(burst, bucket.left + ((nowMs - bucket.atMs) / 1000) * perSecond);
    bucket.atMs = nowMs;
    if (bucket.left < 1) return false;
    bucket.left -= 1;
    return true;
  }
}
