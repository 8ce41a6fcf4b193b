import type { FastifyRateLimitStore, FastifyRateLimitStoreCtor } from '@fastify/rate-limit';
import type { Clock } from '../../ports/clock.ts';

/** Addresses remembered per route; the oldest is forgotten beyond that. */
const MAX_KEYS = 1_000;

interface Window {
  count: number;
  readonly startMs: number;
}

/**
 * The counters of @fastify/rate-limit on the monotonic clock. The plugin's own store asks the wall clock, which jumps
 * on a kiosk without a clock battery: one step back would lock everybody out until the old time comes round again.
 */
export function rateStoreOn(clock: Clock): FastifyRateLimitStoreCtor {
  return class MonotonicRateStore implements FastifyRateLimitStore {
    readonly #windows = new Map<string, Window>();

    incr(
      key: string,
      callback: (error: Error | null, result?: { current: number; ttl: number }) => void,
      timeWindow: number,
    ): void {
      const now = clock.read().monotonicMs;
      const known = this.#windows.get(key);
      const window =
        known !== undefined && now - known.startMs < timeWindow ? known : { count: 0, startMs: now };
      window.count++;
      this.#windows.delete(key);
      this.#windows.set(key, window);
      const oldest = this.#windows.keys().next().value;
      if (oldest !== undefined && this.#windows.size > MAX_KEYS) this.#windows.delete(oldest);
      callback(null, { current: window.count, ttl: window.startMs + timeWindow - now });
    }

    /** Every route counts for itself. */
    child(): FastifyRateLimitStore {
      return new MonotonicRateStore();
    }
  };
}
