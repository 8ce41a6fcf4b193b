import { Temporal } from 'temporal-polyfill';

/** A span of time in which a zone keeps one offset to UTC. */
interface Span {
  /** Unix milliseconds; the first that is in the span, and the first that is not. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly offsetMs: number;
}

/** The span each zone was last asked about: the rules of a zone change twice a year, passes come all day. */
const lastSpans = new Map<string, Span>();

/**
 * How far `timeZone` (IANA name or offset) is ahead of UTC at `wallMs` (Unix milliseconds), in milliseconds.
 * @throws RangeError for an unknown zone
 */
export function zoneOffsetMs(wallMs: number, timeZone: string): number {
  const known = lastSpans.get(timeZone);
  if (known !== undefined && wallMs >= known.fromMs && wallMs < known.untilMs) return known.offsetMs;
  const span = spanAt(wallMs, timeZone);
  lastSpans.set(timeZone, span);
  return span.offsetMs;
}

function spanAt(wallMs: number, timeZone: string): Span {
  const local = Temporal.Instant.fromEpochMilliseconds(Math.floor(wallMs)).toZonedDateTimeISO(timeZone);
  return {
    // The transition before may be the very moment asked about, which already has the new offset.
    fromMs: Math.floor(wallMs),
    untilMs: local.getTimeZoneTransition('next')?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
    offsetMs: local.offsetNanoseconds / 1e6,
  };
}
