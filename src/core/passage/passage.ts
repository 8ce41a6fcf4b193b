import type { Reason } from '../access/reasons.ts';
import type { DecisionOutcome } from '../decision/decision.ts';
import type { NotMeasurableCause, ScreeningOutcome } from '../screening/screening.ts';

/**
 * The way of one person through an access point as a pure machine: inputs in, next state and commands out. It knows
 * order, repeats and time-outs; what may pass is decide()'s business, and doing it is the access point's.
 */

/** How long each state may last, in milliseconds, and what is known of the door right now. */
export interface PassageSettings {
  /** The same code within this time of its last reading is the same showing of it. */
  readonly debounceMs: number;
  /** Waiting for a forehead. */
  readonly measureMs: number;
  /** Pause before the repeat that an elevated reading asks for. */
  readonly repeatAfterMs: number;
  /** Waiting for the guard. */
  readonly guardMs: number;
  /** How long a refusal stays on the resident's screen; one that asks its person for something stays twice as long. */
  readonly refusalMs: number;
  /** Walking through after the release. */
  readonly passageMs: number;
  /** Duration of the release. */
  readonly releaseMs: number;
  /** A working contact tells whether somebody walked through. */
  readonly doorWatched: boolean;
  readonly doorOpen: boolean;
  /** The contact has not moved for the last people who were let through: then everybody counts as gone through. */
  readonly contactSilent?: boolean;
}

/** Finer cause of what the screen shows. */
export type PassageCause = NotMeasurableCause | 'one_at_a_time' | 'repeat' | 'too_far' | 'too_close';

/** One person's attempt. `codeKey` is a digest of the shown text; guards open without one. */
export interface Passage {
  readonly id: string;
  readonly codeKey: string | undefined;
  /** Measurements that were judged so far. */
  readonly attempts: number;
  /** Whether one of them was elevated: only a normal repeat takes that back. */
  readonly elevated: boolean;
}

export type PassageState =
  | { readonly phase: 'idle' }
  | { readonly phase: 'measuring'; readonly passage: Passage; readonly repeating: boolean }
  /** An elevated reading waits for its repeat; readings before the pause is over do not count. */
  | { readonly phase: 'pausing'; readonly passage: Passage }
  /** Only the guard can open. `waiting`: the person was asked to wait aside, so others may come meanwhile. */
  | {
      readonly phase: 'referred';
      readonly passage: Passage;
      readonly waiting: boolean;
      readonly reasons: readonly Reason[];
    }
  /** `outcome`: `unwatched` where no contact can tell; `assumed` where the door stood open or its contact is silent. */
  | {
      readonly phase: 'released';
      readonly passage: Passage;
      readonly outcome: 'unwatched' | 'assumed' | 'expected' | 'taken';
    }
  /** The refusal is still on the screen; the next person may already come. `forReading`: for nothing else. */
  | { readonly phase: 'refused'; readonly passage: Passage; readonly forReading: boolean };

export interface PassageMachine {
  readonly state: PassageState;
  readonly lastCode: { readonly key: string; readonly atMs: number } | undefined;
}

export const INITIAL_PASSAGE: PassageMachine = { state: { phase: 'idle' }, lastCode: undefined };

export type TimerName = 'measure' | 'pause' | 'guard' | 'refusal' | 'passage';

export type PassageInput =
  | {
      readonly type: 'code';
      readonly id: string;
      readonly codeKey: string;
      readonly atMs: number;
      /** A verified emergency pass: it waits for nobody. */
      readonly urgent: boolean;
    }
  /** decide()'s answer to the last `evaluate` command. */
  | {
      readonly type: 'decided';
      readonly outcome: DecisionOutcome;
      readonly reason: Reason | undefined;
      readonly reasons: readonly Reason[];
      /** The screening it was decided with, if any. */
      readonly screening: ScreeningOutcome | undefined;
    }
  | { readonly type: 'screened'; readonly outcome: ScreeningOutcome }
  | { readonly type: 'timer'; readonly name: TimerName }
  | { readonly type: 'door'; readonly movement: 'opened' | 'closed' }
  /**
   * Whoever waits is let through; otherwise the person of `of`, a passage that is over, or somebody without a pass,
   * whose passage is `id`.
   */
  | { readonly type: 'guardOpen'; readonly id: string; readonly operator: string; readonly of?: Passage }
  | { readonly type: 'guardRefuse'; readonly operator: string }
  /** The guard wants the forehead measured once more. `id`: of the new passage where the last one was refused. */
  | { readonly type: 'guardMeasure'; readonly id: string }
  /** What the person waits for is put right. `screening`: the reading that is known. */
  | { readonly type: 'judgeAgain'; readonly screening: ScreeningOutcome | undefined }
  /** The log or the lock failed while a command was carried out. */
  | { readonly type: 'failed'; readonly reason: Reason };

export type PassageRecord =
  | { readonly name: 'access.granted'; readonly decidedBy: string }
  | { readonly name: 'access.denied'; readonly decidedBy: string; readonly reasons: readonly Reason[] }
  | { readonly name: 'access.requested'; readonly reasons: readonly Reason[] }
  | { readonly name: 'access.taken' | 'access.nottaken' };

export type PassageCommand =
  /** Ask decide(). `screening` undefined: with whatever fresh reading is at hand. */
  | { readonly type: 'evaluate'; readonly passage: Passage; readonly screening: ScreeningOutcome | undefined }
  /** Refuse a second code during a passage; recorded, but the passage under way goes on. */
  | { readonly type: 'turnAway'; readonly id: string }
  /** Write and make durable before the next command is carried out. */
  | { readonly type: 'record'; readonly passage: Passage; readonly record: PassageRecord }
  | { readonly type: 'release'; readonly passage: Passage }
  /** The whole time of a passage went by and the door did not move. */
  | { readonly type: 'tellUnmoved' }
  /** Use only readings that begin after this moment. */
  | { readonly type: 'forgetReadings' }
  | { readonly type: 'show'; readonly view: PassageShow }
  | { readonly type: 'startTimer'; readonly name: TimerName; readonly ms: number }
  | { readonly type: 'stopTimers' };

export interface PassageShow {
  readonly feedback:
    | 'Idle'
    | 'Measure'
    | 'Wait'
    | 'GuardCalled'
    | 'AccessGranted'
    | 'AccessDenied'
    | 'RetryIdentifier'
    | 'Fault';
  readonly reasons: readonly Reason[];
  readonly cause?: PassageCause;
  readonly waitMs?: number;
}

export interface PassageStep {
  readonly machine: PassageMachine;
  readonly commands: readonly PassageCommand[];
}
