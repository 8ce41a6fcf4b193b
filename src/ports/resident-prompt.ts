import type { Reason } from '../core/access/reasons.ts';
import type { Direction, Feedback } from '../core/access/vocabulary.ts';
import type { LogTrouble } from '../core/errors.ts';
import type { PassageCause } from '../core/passage/passage.ts';

/**
 * A message to everybody at the door, for `TextMessage`. `FireAlarm`: go out, nobody in. `HeldOpen`: the door stands
 * open for everybody, no code is needed. `OutOfOrder`: the gate opens for nobody, `trouble` says why; the way out is the
 * one in the wire of the lock.
 */
export type PromptMessage = 'FireAlarm' | 'HeldOpen' | 'OutOfOrder';

/** What the resident sees. Words come from the locale files; here are only names of things. */
export interface PromptView {
  readonly accessPoint: string;
  readonly direction: Direction;
  readonly feedback: Feedback;
  /** Why, for AccessDenied, RetryIdentifier, GuardCalled and Wait. */
  readonly reason?: Reason;
  /** Finer cause of a reason that has one. */
  readonly cause?: PassageCause;
  /** Which message, for TextMessage; the guard's own where it is left out. */
  readonly message?: PromptMessage;
  /** Why the gate is out of order. */
  readonly trouble?: LogTrouble;
  /** Seconds that waiting takes, for Wait. */
  readonly waitSeconds?: number;
  /** For GuardCalled: no guard's page is open, so nobody comes by themselves. */
  readonly guardAway?: true;
  /** True where any device of this access point is simulated: the screen says so. */
  readonly simulated: boolean;
}

/** The resident's screen of an access point. Never throws and never blocks the gate. */
export interface ResidentPrompt {
  show(view: PromptView): void;
}
