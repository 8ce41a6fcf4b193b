import type { LedgerFacts, RecordsDoubt } from '../policy/ledger.ts';
import type { StandingOrder } from '../policy/standing-order.ts';

/** Everything a decision may know that is not in the pass. */
export interface HolderFacts extends LedgerFacts {
  /**
   * The pass, or all passes of its holder issued at that time, are on the revocation list; for a guest pass also that of
   * its host.
   */
  readonly revoked: boolean;
  /** Orders for the pass or its holder, in force or not; for a guest pass also those for its host. */
  readonly orders: readonly StandingOrder[];
  /** Of a guest pass whose host has a limited number of uses: those the host has spent in this direction. */
  readonly hostUsesSpent?: number;
  /** A signed list is too old: decide nothing alone (config/contract/README.md#signed-lists). */
  readonly listsStale: boolean;
  /** Absent while the records of earlier passages are trusted. */
  readonly recordsDoubt?: RecordsDoubt;
}

/** The facts of an unknown holder. */
export const UNKNOWN_HOLDER: HolderFacts = {
  recent: [],
  usesSpent: 0,
  occupancy: 0,
  revoked: false,
  orders: [],
  listsStale: false,
};
