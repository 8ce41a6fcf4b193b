/** When to try again, as data. Durations in milliseconds. */
export interface RetrySchedule {
  /** Delay after the first failure. */
  readonly initialMs: number;
  /** Each further delay is this much longer; at least 1. */
  readonly factor: number;
  /** No delay is longer. */
  readonly maximumMs: number;
  /** 0..1: the part of a delay that is left to chance, so that many gates do not come back at once. */
  readonly jitter: number;
  /** A connection counts as recovered, and delays begin anew, only after it held this long. */
  readonly healthyAfterMs: number;
}

/**
 * Delay before the next try after `attempt` failures in a row (1 or more), in milliseconds: the grown and capped
 * delay, shortened by at most its jittered part.
 * @param random uniform in [0, 1)
 */
export function retryDelayMs(schedule: RetrySchedule, attempt: number, random: () => number): number {
  const grown = schedule.initialMs * schedule.factor ** (Math.max(1, attempt) - 1);
  return Math.min(grown, schedule.maximumMs) * (1 - schedule.jitter * random());
}
