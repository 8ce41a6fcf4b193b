import type { Direction } from '../access/vocabulary.ts';
import type { Policy, UntrustedAnswer } from './policy.ts';
import type { VisitorFacts } from './visitor.ts';

/** Passages of one account on one calendar day of the site, without those that were not taken. */
export interface DayCount {
  /** Days from 1970-01-01 to the site's date: see siteDay(). */
  readonly siteDay: number;
  readonly direction: Direction;
  readonly count: number;
}

/** The kiosk's own records about a pass and its household, all from the ledger of passages. */
export interface LedgerFacts {
  /**
   * Days of the household (holderRef), or of the pass if it names none, in the requested range: of its guests by phone
   * for a guest pass, of everybody else for any other.
   */
  readonly recent: readonly DayCount[];
  /** Passages with this pass in the direction of the access point, for `uses`. */
  readonly usesSpent: number;
  /** The last passage with this pass that was not given back or forgiven, in the order of recording. */
  readonly lastPassage?: { readonly direction: Direction; readonly atMs: number };
  /** How many are inside. */
  readonly occupancy: number;
  readonly visitor?: VisitorFacts;
}

/**
 * The kiosk's records may be behind what happened: its log was lost, or an older copy was put in its place, and no guard
 * has confirmed them since.
 */
export interface RecordsDoubt {
  /** What the site does with a pass that depends on them. */
  readonly answer: UntrustedAnswer;
  /** Phone codes may be unknown that are still valid and were shown before. */
  readonly steps: boolean;
}

/** How far back the rules look into the ledger of passages, whichever level is chosen. */
export interface LedgerNeeds {
  /** Calendar days, today included, that the longest quota of a level counts; 0: no level has one. */
  readonly quotaDays: number;
  /** How long the last passage of a pass matters, in milliseconds; undefined: as long as the pass is valid. */
  readonly lastPassageMs: number | undefined;
}

/** The needs of all levels: a guard may choose any of them at any time. */
export function ledgerNeeds({ levels }: Policy): LedgerNeeds {
  const all = Object.values(levels);
  const kinds = all.flatMap((level) => Object.values(level.kinds));
  const guestDays = all.map(({ guests }) => guests?.days ?? 0);
  const quotaDays = Math.max(0, ...guestDays, ...kinds.map(({ quota }) => quota?.days ?? 0));
  const guarded = all.map(({ antiPassback }) => antiPassback).filter(({ mode }) => mode !== 'off');
  const forGood =
    guarded.some(({ minutes }) => minutes === undefined) ||
    kinds.some(({ outsideLimitMinutes }) => outsideLimitMinutes !== undefined);
  const minutes = Math.max(0, ...guarded.map((rule) => rule.minutes ?? 0));
  return { quotaDays, lastPassageMs: forGood ? undefined : minutes * 60_000 };
}
