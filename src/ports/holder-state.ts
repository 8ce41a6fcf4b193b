import type { Direction } from '../core/access/vocabulary.ts';
import type { LedgerFacts } from '../core/decision/holder-facts.ts';

export interface HolderQuery {
  readonly passId: string;
  readonly holderRef?: string;
  /** Of the access point. */
  readonly direction: Direction;
  /** The site's date now, and how many days before and after it count for a quota (0 to 399). */
  readonly siteDay: number;
  readonly quotaDays: number;
  /** Counting of uses may end here. */
  readonly usesWanted: number;
}

/** What the ledger of passages says. Its cost does not grow with the number of holders or of passages. */
export interface HolderState {
  /** The facts for one decision. @throws GatepostError `log.unavailable` */
  facts(query: HolderQuery): LedgerFacts;
  /** How many are inside. @throws GatepostError `log.unavailable` */
  occupancy(): number;
  /** Who came by on a day while the gate was held open. @throws GatepostError `log.unavailable` */
  openCounts(
    siteDay: number,
  ): readonly { readonly accessPoint: string; readonly direction: Direction; readonly count: number }[];
}
