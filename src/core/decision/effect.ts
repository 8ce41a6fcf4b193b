import type { Direction, PassKind, PurgeClass } from '../access/vocabulary.ts';
import type { RegisterLine } from '../policy/register-line.ts';
import type { HolderSubject, StandingOrder } from '../policy/standing-order.ts';
import type { VisitorEntry } from '../policy/visitor.ts';
import type { DataRequest, RequestAnswer } from '../report/data-request.ts';
import type { Counted, DayReview, DeviceTime } from '../report/day-counts.ts';
import type { Muster, MusterLine, MusterTick } from '../report/muster.ts';
import type { SignedMusterReceipt } from '../report/muster-receipt.ts';

/**
 * One line of the ledger: a person was let through. Quota, uses, anti-passback and occupancy are computed from it.
 */
export interface LedgerEntry {
  /** The passage's id, as in its events. */
  readonly passage: string;
  /** Undefined if a guard opened without a pass. */
  readonly passId?: string;
  readonly holderRef?: string;
  readonly kind?: PassKind;
  readonly direction: Direction;
  readonly accessPoint: string;
  readonly siteDay: number;
  /** When the pass ends, Unix milliseconds: until then its last passage and its uses may matter. */
  readonly passUntilMs?: number;
  /** A guest pass by a resident's phone: it does not count for what the household itself may. */
  readonly isGuest?: boolean;
  /** The pass has a limited number of uses. */
  readonly usesLimited?: boolean;
}

/** A request with the pass it is about. */
export interface NewRequest extends Pick<DataRequest, 'number' | 'kind' | 'accessPoint' | 'askedMs'> {
  readonly passId: string;
}

/** A change of durable state, made in the transaction of the event that reports it. */
export type Effect =
  /** This step of a phone's code was shown. */
  | { readonly kind: 'rememberStep'; readonly passId: string; readonly step: number }
  | { readonly kind: 'recordPassage'; readonly entry: LedgerEntry }
  /** A pass with a quota of its own was shown: until it ends, so many days of its account are needed. */
  | { readonly kind: 'noteQuota'; readonly account: string; readonly days: number; readonly untilMs: number }
  /** The door was seen to open for it. */
  | { readonly kind: 'confirmPassage'; readonly passage: string }
  /** Nobody went through: quota, use, anti-passback and occupancy are restored. */
  | { readonly kind: 'giveBack'; readonly passage: string }
  /** Resets anti-passback for the subject. */
  | { readonly kind: 'forgive'; readonly subject: HolderSubject }
  /** Earlier passages no longer count: for the household's quota, or for quota and uses of the pass. */
  | { readonly kind: 'giveBackQuota'; readonly subject: HolderSubject }
  | { readonly kind: 'setOccupancy'; readonly value: number }
  /** A guard has confirmed the records of earlier passages after the log went back. */
  | { readonly kind: 'trustRecords' }
  | { readonly kind: 'chooseLevel'; readonly level: string; readonly by: 'guard' | 'schedule' }
  /** What the gate remembers of the centre's orders to the site, as JSON. */
  | { readonly kind: 'keepSiteOrders'; readonly text: string }
  | { readonly kind: 'keepShift'; readonly text: string; readonly atMs: number }
  | { readonly kind: 'addOrder'; readonly order: StandingOrder }
  | { readonly kind: 'endOrder'; readonly orderId: string }
  | { readonly kind: 'registerVisitor'; readonly visitor: VisitorEntry }
  | { readonly kind: 'confirmHost'; readonly passId: string; readonly by: string }
  | { readonly kind: 'visitorLeft'; readonly passId: string }
  | { readonly kind: 'addLine'; readonly line: RegisterLine }
  | { readonly kind: 'lineLeft'; readonly id: string }
  /** A household under observation reported. */
  | { readonly kind: 'countReport'; readonly holderRef: string; readonly siteDay: number }
  /** Adds one to a count of the day. `of` is as in DayCell. */
  | {
      readonly kind: 'countDay';
      readonly siteDay: number;
      /** The quarter of an hour of the day; undefined for what is counted for the day alone. */
      readonly quarter?: number;
      readonly accessPoint: string;
      readonly direction: Direction;
      readonly counted: Exclude<Counted, 'open'>;
      readonly of?: string;
    }
  /** A normal reading of a sensor, tenths of a degree: for the median of the day. */
  | {
      readonly kind: 'countReading';
      readonly siteDay: number;
      readonly accessPoint: string;
      readonly tenths: number;
    }
  /** For how long devices were well and were not. */
  | { readonly kind: 'addUptime'; readonly siteDay: number; readonly devices: readonly DeviceTime[] }
  /** A supervisor has looked through a day. */
  | { readonly kind: 'reviewDay'; readonly siteDay: number; readonly review: DayReview }
  /** The counts of all days up to this one have been reported. */
  | { readonly kind: 'closeDay'; readonly siteDay: number }
  /** The counts of all days before this one are deleted. */
  | { readonly kind: 'dropCounts'; readonly beforeDay: number }
  /** A person came by while the level holds the gate open. */
  | {
      readonly kind: 'countOpen';
      readonly quarter?: number;
      readonly accessPoint: string;
      readonly direction: Direction;
      readonly siteDay: number;
    }
  /** log.purged says that this part of all rows up to this one goes now. `atMs`: confirmed time. */
  | {
      readonly kind: 'announcePurge';
      readonly part: PurgeClass;
      readonly through: number;
      readonly atMs: number;
    }
  /** The event of an account change that was made outside of the daemon is written. */
  | { readonly kind: 'noteOperatorChange'; readonly id: number }
  /** Somebody has made a request about the data of a pass. */
  | { readonly kind: 'addRequest'; readonly request: NewRequest }
  /** The office or a guard has answered it. */
  | {
      readonly kind: 'answerRequest';
      readonly number: number;
      readonly answer: RequestAnswer;
      readonly by: string;
      readonly note: string;
      readonly atMs: number;
    }
  /** Requests that have waited since before `overMs` lapse `nowMs`; those that were over before `overMs` go. */
  | { readonly kind: 'endRequests'; readonly overMs: number; readonly nowMs: number }
  /** A command of this key is used up; a counter only grows. `key`: its public key, hex. */
  | { readonly kind: 'useCommand'; readonly key: string; readonly counter: number }
  /** What was signed before this moment (Unix milliseconds) is no command any more. */
  | { readonly kind: 'commandsFrom'; readonly fromMs: number }
  /** A list of who is inside, with everybody on it when it is made. */
  | { readonly kind: 'keepMuster'; readonly muster: Muster; readonly lines?: readonly MusterLine[] }
  | { readonly kind: 'tickMuster'; readonly muster: number; readonly tick: MusterTick }
  | { readonly kind: 'untickMuster'; readonly muster: number; readonly line: number }
  /** Everybody on it goes; the receipt says how many. */
  | { readonly kind: 'eraseMuster'; readonly muster: Muster; readonly receipt: SignedMusterReceipt }
  /** The event of a backup that a command made is written. */
  | { readonly kind: 'noteBackup'; readonly id: number };
