import type { Direction } from '../access/vocabulary.ts';
import type { StandingOrder } from '../policy/standing-order.ts';
import type { VisitorFacts } from '../policy/visitor.ts';

/** Passages of one account on one calendar day of the site. Passages that were not taken are not among them. */
export interface DayCount {
  /** Days from 1970-01-01 to the site's date: see siteDay(). */
  readonly siteDay: number;
  readonly direction: Direction;
  readonly count: number;
}

/** What the kiosk's own records say of a pass and its household. All of it comes from the ledger of passages. */
export interface LedgerFacts {
  /** Days of the household (holderRef), or of the pass where it names none, as far back and ahead as was asked. */
  readonly recent: readonly DayCount[];
  /** Passages with this pass in the direction of the access point, for `uses`. */
  readonly usesSpent: number;
  /** The last passage with this pass that was not given back or forgiven, by order of recording. */
  readonly lastPassage?: { readonly direction: Direction; readonly atMs: number };
  /** How many are inside. */
  readonly occupancy: number;
  readonly visitor?: VisitorFacts;
}

/** Everything a decision may know beyond the pass itself. Nothing here is read from the pass. */
export interface HolderFacts extends LedgerFacts {
  /** The pass is on the revocation list, or all passes of its holder issued then are. */
  readonly revoked: boolean;
  /** Orders for the pass or its holder, in force or not. */
  readonly orders: readonly StandingOrder[];
  /** A signed list is older than it may be: decide nothing alone (config/contract/README.md#signed-lists). */
  readonly listsStale: boolean;
}

/** Of a holder nobody knows anything about. */
export const UNKNOWN_HOLDER: HolderFacts = {
  recent: [],
  usesSpent: 0,
  occupancy: 0,
  revoked: false,
  orders: [],
  listsStale: false,
};
