import type { Direction } from '../core/access/vocabulary.ts';
import type { SiteOrders } from '../core/command/site-order.ts';
import type { LedgerFacts } from '../core/policy/ledger.ts';
import type { RegisterLine } from '../core/policy/register-line.ts';
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
  /** Largest number of uses that matters; counting may stop there. */
  readonly usesWanted: number;
  /** A guest pass by a phone: the days of the household's guests are counted in place of its own. */
  readonly isGuest?: boolean;
}

/** The ledger of passages. The cost of a query does not grow with the number of holders or of passages. */
export interface HolderState {
  /** The facts for one decision. @throws GatepostError `log.unavailable` */
  facts(query: HolderQuery): LedgerFacts;
  /** Number of people inside. @throws GatepostError `log.unavailable` */
  occupancy(): number;
  /** People counted on a day while the gate was held open. @throws GatepostError `log.unavailable` */
  openCounts(
    siteDay: number,
  ): readonly { readonly accessPoint: string; readonly direction: Direction; readonly count: number }[];
}

/** What the kiosk remembers of passes besides the event log. Read before a decision, written by its effects. */
export interface PassMemory {
  /** Whether this step of this pass was presented before (replay of a phone code). */
  stepSeen(passId: string, step: number): boolean;
}

/** Whether the ledger and the pass memory may be behind what happened; the effect `trustRecords` ends it. */
export interface RecordsOfThePast {
  /** When the log went back, Unix milliseconds; undefined while they are trusted. @throws `log.unavailable` */
  doubtedSinceMs(): number | undefined;
}

/** Standing orders; the effects `addOrder` and `endOrder` write them. */
export interface StandingOrders {
  /** The orders for a pass or its household that were not ended. @throws GatepostError `log.unavailable` */
  ordersFor(passId: string, holderRef: string | undefined): readonly StandingOrder[];
  /** @throws GatepostError `log.unavailable` */
  find(orderId: string): StandingOrder | undefined;
  /** The orders that are not over at `nowMs`, newest first. @throws GatepostError `log.unavailable` */
  standing(nowMs: number, limit: number): readonly StandingOrder[];
  /** How often a household under observation reported on a day. @throws GatepostError `log.unavailable` */
  reportsOn(holderRef: string, siteDay: number): number;
}

export interface VisitorLine extends VisitorEntry {
  readonly hostConfirmed: boolean;
  /** Who said that the host had been asked. */
  readonly confirmedBy?: string;
  /** When the pass let the visitor in, Unix milliseconds; undefined if it did not, or if the visitor has left since. */
  readonly insideSinceMs?: number;
  /** When the visitor left last: by the pass, or as a guard has noted. */
  readonly leftMs?: number;
}

/** The visitors' book; the effects `registerVisitor`, `confirmHost`, `visitorLeft` and those of passages write it. */
export interface VisitorBook {
  /** @throws GatepostError `log.unavailable` */
  find(passId: string): VisitorLine | undefined;
  /** Visits not over at `nowMs` and visitors who are inside, who come first; newest first. @throws `log.unavailable` */
  present(nowMs: number, limit: number): readonly VisitorLine[];
  /** Visits that began before `beforeMs`, newest first. @throws GatepostError `log.unavailable` */
  before(beforeMs: number, limit: number): readonly VisitorLine[];
  /**
   * Visits whose visitor or unit contains the text, newest first.
   * @param text as typed, not empty
   * @throws GatepostError `log.unavailable`
   */
  search(text: string, limit: number): readonly VisitorLine[];
  /**
   * Visitors who have not left: inside, or begun, not over and not seen at a reader, who may have been let in by hand.
   * @throws GatepostError `log.unavailable`
   */
  notLeft(nowMs: number): number;
}

/** The registers of vehicles and couriers; the effects `addLine` and `lineLeft` write them. */
export interface RegisterBook {
  /** @throws GatepostError `log.unavailable` */
  find(id: string): RegisterLine | undefined;
  /** Those who have not left, newest first. @throws GatepostError `log.unavailable` */
  inside(limit: number): readonly RegisterLine[];
  /** How many they are. @throws GatepostError `log.unavailable` */
  notLeft(): number;
  /** Lines that came before `beforeMs`, newest first. @throws GatepostError `log.unavailable` */
  before(beforeMs: number, limit: number): readonly RegisterLine[];
}

/** Stores the centre's orders to the site; the effect `keepSiteOrders` writes them. */
export interface SiteOrderStore {
  /** Undefined if there was none yet. @throws GatepostError `log.unavailable` */
  load(): SiteOrders | undefined;
}

/** The level that was taken last: chosen by a guard or the centre, or taken by the schedule. */
export interface ChosenLevel {
  readonly level: string;
  readonly by: 'guard' | 'schedule';
}

/** Stores the chosen level; the effect `chooseLevel` writes it. */
export interface PolicyStore {
  /** Undefined if none was chosen yet. @throws GatepostError `log.unavailable` */
  chosenLevel(): ChosenLevel | undefined;
}

/** The signed list of revoked passes (config/contract/README.md#signed-lists). */
export interface RevocationList {
  /** The list's own number; 0 if there is none. */
  readonly number: number;
  /** Unix milliseconds from which the lists are too old to decide alone; undefined: they do not expire. */
  readonly nextUpdateMs: number | undefined;
  /** @param issuedAt whole Unix seconds, as in the pass. @throws GatepostError `log.unavailable` */
  isRevoked(passId: string, holderRef: string | undefined, issuedAt: number): boolean;
}
