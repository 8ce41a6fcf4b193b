import type { Direction } from '../access/vocabulary.ts';
import type { UntrustedAnswer } from './policy.ts';
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
  /** Days of the household (holderRef), or of the pass if it names none, in the requested range. */
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
