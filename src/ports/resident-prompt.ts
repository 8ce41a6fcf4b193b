import type { SiteAdvice } from '../core/access/advice.ts';
import type { Reason } from '../core/access/reasons.ts';
import type {
  AssistOrder,
  AssistStatus,
  Direction,
  Feedback,
  TalkStatus,
  TalkTrouble,
} from '../core/access/vocabulary.ts';
import type { OwnerRefusal } from '../core/decision/pass-owner.ts';
import type { LogTrouble } from '../core/errors.ts';
import type { HolderNeeds } from '../core/pass/pass.ts';
import type { PassageCause } from '../core/passage/passage.ts';
import type { DataRequest, SelfServiceOrder } from '../core/report/data-request.ts';
import type { AccountKind } from '../core/report/pass-account.ts';
import type { PrivacyNotice } from '../core/report/privacy-notice.ts';

/**
 * A message to everybody at the door, for `TextMessage`. `FireAlarm`: leave, do not enter. `HeldOpen`: the door is
 * open for everybody, no code is needed. `Evacuation` and `SiteLockdown`: the centre has the whole site left, or closed.
 * `OutOfOrder`: the gate opens for nobody, `trouble` says why; the exit button in the wire of the lock still works.
 * `Identify`: which gate this is, because the centre asks. `SelfService`: somebody asks what is kept about a
 * pass; `selfService` says more.
 */
export type PromptMessage =
  | 'FireAlarm'
  | 'Evacuation'
  | 'SiteLockdown'
  | 'HeldOpen'
  | 'OutOfOrder'
  | 'Identify'
  | 'SelfService';

/** What a site says on its residents' screens, whatever happens there. */
export interface PromptSite {
  /** How the screen speaks; absent: it does not. Loudness from 0 to 100, hours such as `22:00-06:00`. */
  readonly speech?: {
    readonly volume: number;
    readonly night?: { readonly hours: string; readonly volume: number };
    readonly repeatSeconds: number;
  };
  /** Whom people call, and where they go. `link`: what a phone opens that scans the code on the screen. */
  readonly office?: {
    readonly telephone: string;
    readonly hours?: string;
    readonly address?: string;
    readonly link?: string;
  };
  /** Its number, and who is responsible for it: shown while nobody stands there. */
  readonly post?: { readonly number?: string; readonly responsible?: string };
  /** What the site tells refused people, in words of its own. */
  readonly advice?: SiteAdvice;
  readonly notice?: PrivacyNotice;
}

/** What the resident sees. The words come from the locale files; these are only their keys. */
export interface PromptView {
  readonly accessPoint: string;
  readonly direction: Direction;
  readonly feedback: Feedback;
  /**
   * The reason, for AccessDenied, RetryIdentifier, GuardCalled and Wait. One that is nobody else's business is told as
   * another, also to whoever reads what the screen gets.
   */
  readonly reason?: Reason;
  /** More precise cause, where the screen speaks of it. */
  readonly cause?: PassageCause;
  /** How much of the reading is there, 0 to 1, while the forehead is measured (cause `steady`). */
  readonly progress?: number;
  /** Which message, for TextMessage; absent for a message of the guard. */
  readonly message?: PromptMessage;
  /** Name of the gate, for Identify. */
  readonly gate?: string;
  /** Why the gate is out of order. */
  readonly trouble?: LogTrouble;
  /** How many seconds to wait, for Wait. */
  readonly waitSeconds?: number;
  /** Somebody calls the guard here. */
  readonly assist?: {
    readonly status: AssistStatus;
    readonly sinceSeconds: number;
    readonly talk?: TalkStatus;
    /** A talk has broken off, and it rings again. */
    readonly trouble?: TalkTrouble;
  };
  /** For GuardCalled, or while somebody calls: no guard's page is open, so nobody comes unless called. */
  readonly guardAway?: true;
  /**
   * How the person who stands here is to be spoken to, as a verified pass says: from the first instruction after the scan
   * until the passage ends. Never with a message to everybody.
   */
  readonly needs?: HolderNeeds;
  /** How far the self service is. */
  readonly selfService?: SelfServiceView;
  /** For Idle: another level comes within the hour by the schedule, at `atMs` (Unix milliseconds). */
  readonly nextLevel?: { readonly level: string; readonly atMs: number };
  /** True if any device of this access point is simulated; the screen says so. */
  readonly simulated: boolean;
  /** Degrees of people at this access point are written to the log; the screen says so. */
  readonly recordsDegrees?: true;
}

/** What the resident's screen tells of a pass whose phone was shown. Days are those of the site, YYYY-MM-DD. */
export interface AccountView {
  /** Rows of the log. */
  readonly rows: number;
  /** Day of the oldest one. */
  readonly since?: string;
  /** `until`: the day by which the last one is gone; absent where a rule decides that. */
  readonly lines: readonly { readonly kind: AccountKind; readonly count: number; readonly until?: string }[];
  /** Where copies may be that last longer. */
  readonly copies: readonly ('backup' | 'servers')[];
  /** The newest request about this pass. */
  readonly request?: Pick<DataRequest, 'number' | 'kind' | 'state' | 'note'>;
  readonly mayAsk: boolean;
}

/**
 * Somebody has pressed "My data": is to show the code of a phone (`code`), waits while it is counted (`counting`), sees
 * the account, or why there is none (`refused`). It ends by itself after `seconds`.
 */
export type SelfServiceView =
  | { readonly step: 'code' | 'counting'; readonly seconds: number }
  | { readonly step: 'refused'; readonly why: OwnerRefusal; readonly seconds: number }
  | { readonly step: 'account'; readonly account: AccountView; readonly seconds: number };

/** Takes what is pressed at the resident's screen of an access point. */
export interface SelfServiceDesk {
  /** Whether it was done; if not, the screen shows why. */
  take(accessPoint: string, order: SelfServiceOrder): boolean;
}

/** Takes what is pressed at the resident's screen to call the guard. It opens nothing. */
export interface AssistDesk {
  /** @param atGate pressed at a screen of the kiosk itself. Returns whether it was done. */
  take(accessPoint: string, order: AssistOrder, atGate: boolean): boolean;
}

/** The resident's screen of an access point. Never throws and never blocks the gate. */
export interface ResidentPrompt {
  show(view: PromptView): void;
}
