import type { Reason } from '../core/access/reasons.ts';
import type { Direction, Feedback } from '../core/access/vocabulary.ts';
import type { LogTrouble } from '../core/errors.ts';
import type { PassageCause } from '../core/passage/passage.ts';

/**
 * A message to everybody at the door, for `TextMessage`. `FireAlarm`: leave, do not enter. `HeldOpen`: the door is
 * open for everybody, no code is needed. `OutOfOrder`: the gate opens for nobody, `trouble` says why; the exit button
 * in the wire of the lock still works.
 */
export type PromptMessage = 'FireAlarm' | 'HeldOpen' | 'OutOfOrder';

/** What the resident sees. The words come from the locale files; these are only their keys. */
export interface PromptView {
  readonly accessPoint: string;
  readonly direction: Direction;
  readonly feedback: Feedback;
  /** The reason, for AccessDenied, RetryIdentifier, GuardCalled and Wait. */
  readonly reason?: Reason;
  /** More precise cause of a reason that has one. */
  readonly cause?: PassageCause;
  /** Which message, for TextMessage; absent for a message of the guard. */
  readonly message?: PromptMessage;
  /** Why the gate is out of order. */
  readonly trouble?: LogTrouble;
  /** How many seconds to wait, for Wait. */
  readonly waitSeconds?: number;
  /** For GuardCalled: no guard's page is open, so nobody comes unless called. */
  readonly guardAway?: true;
  /** True if any device of this access point is simulated; the screen says so. */
  readonly simulated: boolean;
}

/** The resident's screen of an access point. Never throws and never blocks the gate. */
export interface ResidentPrompt {
  show(view: PromptView): void;
}
