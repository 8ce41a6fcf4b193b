import type { LedgerNeeds } from './ledger.ts';

const DAY_MS = 86_400_000;
/** No pass is valid for longer (config/contract/README.md#limits). */
const LONGEST_PASS_MS = 400 * DAY_MS;

/** A row of the ledger of passages, as far as it tells what needs it. */
export interface LedgerRow {
  readonly id: number;
  readonly passage: string;
  readonly passId: string | null;
  /** Whose quota it is: the pseudonym, or the pass where it names none. */
  readonly account: string | null;
  readonly direction: string;
  readonly accessPoint: string;
  readonly atMs: number;
  readonly siteDay: number;
  readonly state: 'granted' | 'taken' | 'nottaken';
  readonly quotaReturned: number;
  readonly useReturned: number;
  readonly forgiven: number;
  /** Null if it is not known when the pass ends. */
  readonly passUntilMs: number | null;
  readonly usesLimited: number;
  /** Whether it is the last one of its pass that counts for anti-passback. */
  readonly isLast: number;
}

/** Which rule needs a row of the ledger, and until when (Unix milliseconds). */
export interface LedgerNeed {
  readonly rule: 'quota' | 'uses' | 'antiPassback';
  readonly untilMs: number;
}

/**
 * What still needs a row of the ledger although its holder is to be forgotten; of several needs the one that lasts
 * longest. Undefined: nothing does.
 * @param ownDays days of the quota that passes of this account have of their own; 0: none has
 */
export function needOf(
  row: LedgerRow,
  { needs, ownDays, nowMs, today }: { needs: LedgerNeeds; ownDays: number; nowMs: number; today: number },
): LedgerNeed | undefined {
  if (row.state === 'nottaken') return undefined;
  const passEndMs = row.passUntilMs ?? row.atMs + LONGEST_PASS_MS;
  const found: LedgerNeed[] = [];
  const days = Math.max(needs.quotaDays, ownDays);
  if (row.account !== null && row.quotaReturned === 0 && Math.abs(row.siteDay - today) < days)
    // A day more than it counts: a day of the site may end half a day after that of UTC.
    found.push({ rule: 'quota', untilMs: (row.siteDay + days + 1) * DAY_MS });
  const mayBeCounted = row.usesLimited === 1 || row.passUntilMs === null;
  if (row.passId !== null && row.useReturned === 0 && mayBeCounted)
    found.push({ rule: 'uses', untilMs: passEndMs });
  if (row.passId !== null && row.forgiven === 0 && row.isLast === 1)
    found.push({
      rule: 'antiPassback',
      untilMs: Math.min(passEndMs, row.atMs + (needs.lastPassageMs ?? LONGEST_PASS_MS)),
    });
  return found.filter(({ untilMs }) => untilMs > nowMs).sort((one, other) => other.untilMs - one.untilMs)[0];
}
