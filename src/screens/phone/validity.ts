import type { PassClaims } from '../../core/pass/pass.ts';

/** How a pass stands at a moment of this phone's clock. */
export type Validity =
  | { readonly state: 'early' | 'good' | 'over' }
  /** It ends in so many days of the calendar: 0 today, 1 tomorrow. */
  | { readonly state: 'ending'; readonly days: number };

/** So many days before its end a pass says that it will end: time for a way to the office. */
const WARN_DAYS = 14;
const DAY_MS = 86_400_000;
/** So far behind the office's clock a phone's is called wrong, in seconds: codes two steps off are refused. */
const BEHIND_S = 30;

/** @param nowMs Unix milliseconds; days are those of this phone's time zone */
export function validityOf(
  { notBefore, expiresAt }: Pick<PassClaims, 'notBefore' | 'expiresAt'>,
  nowMs: number,
): Validity {
  const nowS = Math.floor(nowMs / 1000);
  if (nowS >= expiresAt) return { state: 'over' };
  if (notBefore !== undefined && nowS < notBefore) return { state: 'early' };
  const days = Math.round((midnightBefore((expiresAt - 1) * 1000) - midnightBefore(nowMs)) / DAY_MS);
  return days <= WARN_DAYS ? { state: 'ending', days } : { state: 'good' };
}

/** Whether the office made this pass later than this phone's clock says it is now. */
export function isClockBehind({ issuedAt }: Pick<PassClaims, 'issuedAt'>, nowMs: number): boolean {
  return nowMs / 1000 < issuedAt - BEHIND_S;
}

function midnightBefore(atMs: number): number {
  return new Date(atMs).setHours(0, 0, 0, 0);
}
