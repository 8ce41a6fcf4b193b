import type { FastifyRateLimitStore, FastifyRateLimitStoreCtor } from '@fastify/rate-limit';
import { isCall } from '../../core/access/attention.ts';
import type { AttentionView, PassageView } from '../../ports/boards.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DoorView } from '../../ports/gate-state.ts';

/** What a page without a sign-in is told: that somebody is needed, not who, where or why. */
interface Calls {
  /** How many matters wait for a guard. A person under duress is none of them: whoever looks on must not know. */
  readonly waiting: number;
  /** Whether a door is in alarm. */
  readonly alarm: boolean;
}

/** @param values the newest value of each topic of the guard's feed */
export function callsOf(values: ReadonlyMap<string, unknown>): Calls {
  let alarms = 0;
  let waiting = 0;
  for (const [topic, value] of values) {
    if (topic.startsWith('door/')) {
      const { alarm, tamper, fire } = value as DoorView;
      if (alarm !== 'Normal' || tamper === 'TamperDetected' || fire === true) alarms += 1;
    } else if (topic.startsWith('passage/')) {
      if ((value as PassageView).feedback === 'GuardCalled') waiting += 1;
    } else if (topic === 'attention') {
      waiting += (value as readonly AttentionView[]).filter(isCall).length;
    }
  }
  return { waiting: alarms + waiting, alarm: alarms > 0 };
}

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
