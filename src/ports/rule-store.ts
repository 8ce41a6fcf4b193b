import type { Direction } from '../core/access/vocabulary.ts';
import type { LedgerFacts } from '../core/policy/ledger.ts';
import type { StandingOrder } from '../core/policy/standing-order.ts';
import type { VisitorEntry } from '../core/policy/visitor.ts';

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

/** What the kiosk remembers of passes beyond the event log. Read before a decision, written by its effects. */
export interface PassMemory {
  /** Whether this step of this pass was presented before (replay of a phone code). */
  stepSeen(passId: string, step: number): boolean;
}

/** Orders that stand; the effects `addOrder` and `endOrder` write them. */
export interface StandingOrders {
  /** Those for a pass or its household that nobody has ended. @throws GatepostError `log.unavailable` */
  ordersFor(passId: string, holderRef: string | undefined): readonly StandingOrder[];
  /** @throws GatepostError `log.unavailable` */
  find(orderId: string): StandingOrder | undefined;
  /** Those not over at `nowMs`, newest first. @throws GatepostError `log.unavailable` */
  standing(nowMs: number, limit: number): readonly StandingOrder[];
  /** How often a household under observation reported in on a day. @throws GatepostError `log.unavailable` */
  reportsOn(holderRef: string, siteDay: number): number;
}

export interface VisitorLine extends VisitorEntry {
  readonly hostConfirmed: boolean;
}

/** The visitors' book; the effects `registerVisitor` and `confirmHost` write it. */
export interface VisitorBook {
  /** @throws GatepostError `log.unavailable` */
  find(passId: string): VisitorLine | undefined;
  /** Visits not over at `nowMs`, newest first. @throws GatepostError `log.unavailable` */
  present(nowMs: number, limit: number): readonly VisitorLine[];
}

/** Remembers which level was chosen; the effect `chooseLevel` writes it. */
export interface PolicyStore {
  /** Undefined while nobody has chosen one. @throws GatepostError `log.unavailable` */
  chosenLevel(): string | undefined;
}

/** The signed list of passes that no longer count (config/contract/README.md#signed-lists). */
export interface RevocationList {
  /** The list's own number; 0 when there is none. */
  readonly number: number;
  /** Unix milliseconds from which the lists are too old to decide by alone; undefined: they do not grow old. */
  readonly nextUpdateMs: number | undefined;
  /** @param issuedAt whole Unix seconds, as in the pass. @throws GatepostError `log.unavailable` */
  isRevoked(passId: string, holderRef: string | undefined, issuedAt: number): boolean;
}
