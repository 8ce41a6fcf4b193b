import type { Reason } from '../access/reasons.ts';
import type { DecisionOutcome } from '../decision/decision.ts';
import type { MeasuringHint } from '../screening/guidance.ts';
import type { NotMeasurableCause, ScreeningOutcome } from '../screening/screening.ts';

/**
 * One person's way through an access point as a pure state machine: inputs in, next state and commands out. It
 * handles order, repeats and time-outs; decide() decides what may pass, and the access point carries out the
 * commands. What is known about the person is in the passage as facts `F`, which the machine does not read.
 */

/** Time limit of each state, in milliseconds, and what is known about the door now. */
export interface PassageSettings {
  /** Waiting for a forehead. */
  readonly measureMs: number;
  /** Pause before the repeat that an elevated reading asks for. */
  readonly repeatAfterMs: number;
  /** Waiting for the guard. */
  readonly guardMs: number;
  /**
   * How long a refusal stays on the resident's screen; one that asks the person for something stays twice as long.
   */
  readonly refusalMs: number;
  /** Walking through after the release. */
  readonly passageMs: number;
  /** Duration of the release. */
  readonly releaseMs: number;
  /** A working contact shows whether the person walked through. */
  readonly doorWatched: boolean;
  readonly doorOpen: boolean;
  /** The contact has not moved for the last people who were let through, so everybody counts as gone through. */
  readonly contactSilent?: boolean;
}

/** Finer cause of what the screen shows. */
export type PassageCause = NotMeasurableCause | MeasuringHint | 'one_at_a_time' | 'next' | 'repeat';

/** One person's attempt, and everything known about the person. It is dropped when the next one begins. */
export interface Passage<F> {
  readonly id: string;
  /** Digest of the shown text; undefined for a person without a code. */
  readonly codeKey: string | undefined;
  /** Factor by which lock and door wait longer for this person, from 1. */
  readonly pace: number;
  /** Whether the lock stays released until the person has passed, for at most the time of the passage. */
  readonly keepsOpen: boolean;
  /** Measurements that were judged so far. */
  readonly attempts: number;
  /** Whether one of them was elevated: only a normal repeat revokes that. */
  readonly elevated: boolean;
  /**
   * Whether the log has a row of it, with the changes of that row: its code is then in the log, and is not a replay
   * of itself.
   */
  readonly recorded: boolean;
  readonly facts: F;
}

/** A passage for a person who has just arrived. */
export function newPassage<F>(
  known: Pick<Passage<F>, 'id' | 'codeKey' | 'pace' | 'keepsOpen' | 'facts'>,
): Passage<F> {
  return { ...known, attempts: 0, elevated: false, recorded: false };
}

/** The next person, whose good pass was read while the one before is still on the way through. */
export interface NextInLine<F> {
  readonly passage: Passage<F>;
  /** Whether the pass asks for a forehead. */
  readonly measures: boolean;
  /** The reading of this person, once there is one. */
  readonly screening?: ScreeningOutcome;
}

export type PassageState<F> =
  | { readonly phase: 'idle' }
  | { readonly phase: 'measuring'; readonly passage: Passage<F>; readonly repeating: boolean }
  /** An elevated reading waits for its repeat; readings before the pause is over do not count. */
  | { readonly phase: 'pausing'; readonly passage: Passage<F> }
  /** Only the guard can open. `waiting`: the person was asked to wait aside, so others may pass meanwhile. */
  | {
      readonly phase: 'referred';
      readonly passage: Passage<F>;
      readonly waiting: boolean;
      readonly reasons: readonly Reason[];
    }
  /** `outcome`: `unwatched` if there is no contact; `assumed` if the door was open or its contact is silent. */
  | {
      readonly phase: 'released';
      readonly passage: Passage<F>;
      readonly outcome: 'unwatched' | 'assumed' | 'expected' | 'taken';
      readonly next?: NextInLine<F>;
    }
  /**
   * The refusal is still on the screen; the next person may already come. `forReading`: the reading was its only
   * reason.
   */
  | { readonly phase: 'refused'; readonly passage: Passage<F>; readonly forReading: boolean };

/** The passage of the person who stands here, or whose refusal is still shown. */
export function passageIn<F>(state: PassageState<F>): Passage<F> | undefined {
  return state.phase === 'idle' ? undefined : state.passage;
}

export type TimerName = 'measure' | 'pause' | 'guard' | 'refusal' | 'passage' | 'next';

export type PassageInput<F> =
  /**
   * A code was shown. `urgent`: a verified emergency pass, which does not wait for anybody. `turn`: what becomes of it
   * when it is its turn; absent where it would not be let through then, or nobody is here.
   */
  | {
      readonly type: 'code';
      readonly passage: Passage<F>;
      readonly urgent: boolean;
      readonly turn?: Omit<NextInLine<F>, 'passage'>;
    }
  /** The code was read once more, in the same showing. */
  | { readonly type: 'stillShown'; readonly codeKey: string }
  /** The answer of decide() to the last `evaluate` command, and the facts known now. */
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
   * An exit button. `shut`: the door opens for no button now. `resting`: the lock is at rest again although the
   * passage is not over, so a person who still waits is released again.
   */
  | {
      readonly type: 'press';
      readonly passage: Passage<F>;
      readonly shut: boolean;
      readonly resting: boolean;
    }
  /** Releases for the person who waits; otherwise `passage` is a finished one, or that of a person without a code. */
  | { readonly type: 'guardOpen'; readonly passage: Passage<F>; readonly operator: string }
  | { readonly type: 'guardRefuse'; readonly operator: string }
  /** The guard wants the forehead measured once more. `id`: of the new passage if the last one was refused. */
  | { readonly type: 'guardMeasure'; readonly id: string }
  /**
   * The guard has measured by hand; `facts` say so. `refuses`: it is elevated, and the site refuses for that. Otherwise
   * nothing moves: it opens nothing by itself.
   */
  | {
      readonly type: 'contactReading';
      readonly operator: string;
      readonly facts: F;
      readonly refuses: boolean;
    }
  /** The reason for which the person waits was removed. `screening`: the reading that is known. */
  | { readonly type: 'judgeAgain'; readonly screening: ScreeningOutcome | undefined }
  /** The log or the lock failed while a command was carried out. `passage`: that of the command. */
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
  /** Ask decide(). Without `screening`: with any fresh reading. */
  | {
      readonly type: 'evaluate';
      readonly passage: Passage<F>;
      readonly screening: ScreeningOutcome | undefined;
    }
  /** Refuse a second code during a passage; it is recorded, and the passage under way continues. */
  | { readonly type: 'turnAway'; readonly passage: Passage<F> }
  /** Write this durably before the next command is carried out. */
  | { readonly type: 'record'; readonly passage: Passage<F>; readonly record: PassageRecord }
  /** For `ms` milliseconds. */
  | { readonly type: 'release'; readonly passage: Passage<F>; readonly ms: number }
  /** The person has passed: the lock waits no longer. */
  | { readonly type: 'relock' }
  /** The time of a passage is over and the door did not move. */
  | { readonly type: 'tellUnmoved' }
  /** Use only readings that begin after this moment; `newcomer`: and only of somebody who comes after it. */
  | { readonly type: 'forgetReadings'; readonly until?: 'newcomer' }
  /** From now on readings of whoever is at the sensor count, and all of somebody who has come meanwhile. */
  | { readonly type: 'admitReadings' }
  /** `next`: about the next person, and not about the one whose passage it is. */
  | { readonly type: 'show'; readonly view: PassageShow; readonly next?: Passage<F> }
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
