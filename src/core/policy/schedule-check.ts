import { type ScheduledPolicy, scheduledAt, scheduledFrom } from './schedule.ts';

/** A shorter time between two lines is taken for a slip, in milliseconds. */
const SLIP_MS = 15 * 60_000;

export interface ScheduleFindings {
  /** Lines that never apply within 400 days, by their place from 0. */
  readonly unused: readonly number[];
  /** The first short time in which no line holds between two that do, and each later one at another time of day. */
  readonly gaps: readonly { readonly fromMs: number; readonly untilMs: number }[];
}

/** What is probably not meant in a schedule, looked at for 400 days from `nowMs` (Unix milliseconds). */
export function lookThroughSchedule(
  policy: ScheduledPolicy,
  nowMs: number,
  timeZone: string,
): ScheduleFindings {
  const used = new Set<number | undefined>();
  const gaps = new Map<string, { fromMs: number; untilMs: number }>();
  let before = scheduledAt(policy, nowMs, timeZone);
  let lineBefore: number | undefined;
  used.add(before.line);
  for (const next of scheduledFrom(policy, nowMs, timeZone)) {
    used.add(next.line);
    if (next.line === before.line) continue;
    const isGap = before.line === undefined && lineBefore !== undefined && next.atMs - before.atMs <= SLIP_MS;
    if (isGap) {
      const key = `${lineBefore} ${next.line}`;
      if (!gaps.has(key)) gaps.set(key, { fromMs: before.atMs, untilMs: next.atMs });
    }
    lineBefore = before.line;
    before = next;
  }
  const unused = policy.schedule.lines.flatMap((_, at) => (used.has(at) ? [] : [at]));
  return { unused, gaps: [...gaps.values()] };
}
