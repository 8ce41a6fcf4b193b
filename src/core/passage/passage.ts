import type { Reason } from '../access/reasons.ts';
import type { DecisionOutcome } from '../decision/decision.ts';
import type { NotMeasurableCause, ScreeningOutcome } from '../screening/screening.ts';

/**
 * The way of one person through an access point as a pure machine: inputs in, next state and commands out. It knows
 * order, repeats and time-outs; what may pass is decide()'s business, and doing it is the access point's. What is known
 * of the person travels with the passage as facts `F`, which the machine does not look into.
 */

/** How long each state may last, in milliseconds, and what is known of the door right now. */
export interface PassageSettings {
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

/** One person's attempt, and all that is known of the person. It is over, and forgotten, when the next one begins. */
export interface Passage<F> {
  readonly id: string;
  /** Digest of the shown text; undefined for somebody without a code. */
  readonly codeKey: string | undefined;
  /** How many times longer than usual lock and door wait for this person, from 1. */
  readonly pace: number;
  /** Measurements that were judged so far. */
  readonly attempts: number;
  /** Whether one of them was elevated: only a normal repeat takes that back. */
  readonly elevated: boolean;
  /** Whether a row of it is in the log, with what that row changes: then its code is there, and no replay of itself. */
  readonly recorded: boolean;
  readonly facts: F;
}

/** The passage of somebody who has just come. */
export function newPassage<F>(known: Pick<Passage<F>, 'id' | 'codeKey' | 'pace' | 'facts'>): Passage<F> {
  return { ...known, attempts: 0, elevated: false, recorded: false };
}

export type PassageState<F> =
  | { readonly phase: 'idle' }
  | { readonly phase: 'measuring'; readonly passage: Passage<F>; readonly repeating: boolean }
  /** An elevated reading waits for its repeat; readings before the pause is over do not count. */
  | { readonly phase: 'pausing'; readonly passage: Passage<F> }
  /** Only the guard can open. `waiting`: the person was asked to wait aside, so others may come meanwhile. */
  | {
      readonly phase: 'referred';
      readonly passage: Passage<F>;
      readonly waiting: boolean;
      readonly reasons: readonly Reason[];
    }
  /** `outcome`: `unwatched` where no contact can tell; `assumed` where the door stood open or its contact is silent. */
  | {
      readonly phase: 'released';
      readonly passage: Passage<F>;
      readonly outcome: 'unwatched' | 'assumed' | 'expected' | 'taken';
    }
  /** The refusal is still on the screen; the next person may already come. `forReading`: for nothing else. */
  | { readonly phase: 'refused'; readonly passage: Passage<F>; readonly forReading: boolean };

/** The passage of whoever stands here, or whose refusal is still shown. */
export function passageIn<F>(state: PassageState<F>): Passage<F> | undefined {
  return state.phase === 'idle' ? undefined : state.passage;
}

export type TimerName = 'measure' | 'pause' | 'guard' | 'refusal' | 'passage';

export type PassageInput<F> =
  /** A code was shown. `urgent`: a verified emergency pass, which waits for nobody. */
  | { readonly type: 'code'; readonly passage: Passage<F>; readonly urgent: boolean }
  /** decide()'s answer to the last `evaluate` command, and what is known now. */
  | {
      readonly type: 'decided';
      readonly outcome: DecisionOutcome;
      readonly reason: Reason | undefined;
      readonly reasons: readonly Reason[];
      /** The screening it was decided with, if any. */
      readonly screening: ScreeningOutcome | undefined;
      readonly facts: F;
    }
  | { readonly type: 'screened'; readonly outcome: ScreeningOutcome }
  | { readonly type: 'timer'; readonly name: TimerName }
  | { readonly type: 'door'; readonly movement: 'opened' | 'closed' }
  /**
   * An exit button. `shut`: the door opens for no button now. `resting`: the lock rests again although the passage is
   * not over, so whoever still waits is to be let out anew.
   */
  | {
      readonly type: 'press';
      readonly passage: Passage<F>;
      readonly shut: boolean;
      readonly resting: boolean;
    }
  /** Whoever waits is let through; otherwise `passage`: one that was over, or somebody's without a code. */
  | { readonly type: 'guardOpen'; readonly passage: Passage<F>; readonly operator: string }
  | { readonly type: 'guardRefuse'; readonly operator: string }
  /** The guard wants the forehead measured once more. `id`: of the new passage where the last one was refused. */
  | { readonly type: 'guardMeasure'; readonly id: string }
  /** What the person waits for is put right. `screening`: the reading that is known. */
  | { readonly type: 'judgeAgain'; readonly screening: ScreeningOutcome | undefined }
  /** The log or the lock failed while a command was carried out. `passage`: the command's. */
  | { readonly type: 'failed'; readonly reason: Reason; readonly passage: Passage<F> };

export type PassageRecord =
  | { readonly name: 'access.granted'; readonly decidedBy: string }
  | { readonly name: 'access.denied'; readonly decidedBy: string; readonly reasons: readonly Reason[] }
  | { readonly name: 'access.requested'; readonly reasons: readonly Reason[] }
  /** `seen`: the door was seen to move. */
  | { readonly name: 'access.taken'; readonly seen: boolean }
  /** `reasons`: why nobody could go through, where that is known. */
  | { readonly name: 'access.nottaken'; readonly reasons?: readonly Reason[] };

export type PassageCommand<F> =
  /** Ask decide(). `screening` undefined: with whatever fresh reading is at hand. */
  | {
      readonly type: 'evaluate';
      readonly passage: Passage<F>;
      readonly screening: ScreeningOutcome | undefined;
    }
  /** Refuse a second code during a passage; recorded, but the passage under way goes on. */
  | { readonly type: 'turnAway'; readonly passage: Passage<F> }
  /** Write and make durable before the next command is carried out. */
  | { readonly type: 'record'; readonly passage: Passage<F>; readonly record: PassageRecord }
  /** For `ms` milliseconds. */
  | { readonly type: 'release'; readonly passage: Passage<F>; readonly ms: number }
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

export interface PassageStep<F> {
  readonly state: PassageState<F>;
  readonly commands: readonly PassageCommand<F>[];
}
