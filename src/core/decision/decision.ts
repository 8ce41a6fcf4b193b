import type { Reason } from '../access/reasons.ts';
import type { Direction, DoorMode } from '../access/vocabulary.ts';
import type { PassReading } from '../pass/pass.ts';
import type { PolicyLevel } from '../policy/policy.ts';
import type { ContactReading } from '../screening/contact-reading.ts';
import type { ScreeningMode, ScreeningOutcome } from '../screening/screening.ts';
import type { ClockReading } from '../time/clock-reading.ts';
import type { Effect } from './effect.ts';
import type { HolderFacts } from './holder-facts.ts';

/** The access point at which the person stands. */
export interface AccessPointFacts {
  readonly id: string;
  readonly door: string;
  readonly direction: Direction;
}

/** The screening as far as it is known at this moment. */
export type ScreeningInput =
  | { readonly state: 'pending' }
  | { readonly state: 'done'; readonly outcome: ScreeningOutcome };

/** Everything that a decision may depend on. */
export interface DecisionInput {
  readonly pass: PassReading;
  readonly site: string;
  readonly gate: string;
  /** IANA name of the site's time zone; pass windows are in site time. */
  readonly timeZone: string;
  /** `enabled`: no guard has taken it out of service. */
  readonly accessPoint: AccessPointFacts & { readonly enabled: boolean };
  readonly doorMode: DoorMode;
  readonly policy: PolicyLevel;
  /** When the pass was shown: ages, windows and quotas are judged by it, however long somebody is measured or waits. */
  readonly clock: ClockReading;
  /** Now: which orders and entries have begun, because they hold for whoever is still here. */
  readonly now: ClockReading;
  readonly screening: ScreeningInput;
  /** What a guard has measured by hand of this person. Only an elevated one counts: a normal one opens nothing by itself. */
  readonly contactReading?: ContactReading['outcome'];
  /** Whether the (pass, step) of a phone code was seen before. */
  readonly stepSeen: boolean;
  readonly holder: HolderFacts;
  /**
   * Too many unreadable codes in a row were shown here. Applies to such codes only and does not delay genuine passes.
   */
  readonly lockedOut: boolean;
  /** Whether the log can be written now. */
  readonly logWritable: boolean;
}

/** What is noted beside a grant: it opened, and the guard should know. */
export const ACCESS_MARKS = ['emergency', 'antipassback', 'lateReturn', 'orderBreached'] as const;
export type AccessMark = (typeof ACCESS_MARKS)[number];

/**
 * What to do. `measure`: everything else is in order, only the forehead is missing. `refer`: only the guard can let
 * this person pass. There is no outcome that grants by default.
 */
export type DecisionOutcome = 'grant' | 'deny' | 'refer' | 'measure';

export interface DecisionResult {
  readonly outcome: DecisionOutcome;
  /** The first failed check; absent only for `grant` and `measure`. */
  readonly reason?: Reason;
  /** Every failed check in the contract's order. */
  readonly reasons: readonly Reason[];
  /**
   * In the order of ACCESS_MARKS. Given for every outcome, for the case that the person is let through in spite of
   * it.
   */
  readonly marks: readonly AccessMark[];
  readonly screeningMode: ScreeningMode;
  /** Written with the first record about the person, whoever decides. */
  readonly effects: readonly Effect[];
}
