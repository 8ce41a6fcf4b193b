import type { LedgerFacts } from '../policy/ledger.ts';
import type { StandingOrder } from '../policy/standing-order.ts';

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
