import type { AccessMark } from '../../core/decision/decision.ts';
import type { Effect } from '../../core/decision/effect.ts';
import { hasFlag, needsTime, type PassClaims, type PassReading } from '../../core/pass/pass.ts';
import { newPassage, type Passage } from '../../core/passage/passage.ts';
import type { PolicyLevel } from '../../core/policy/policy.ts';
import type { ContactReading } from '../../core/screening/contact-reading.ts';
import type { ScreeningMode, ScreeningOutcome } from '../../core/screening/screening.ts';
import type { ClockReading } from '../../core/time/clock-reading.ts';

/** What is known about the person of one passage. Only in memory, and only during the passage. */
export interface PassageFacts {
  /** Absent for a pass that is shown, and for a guard's order about a person without one. */
  readonly recognition?: 'pt:REX' | 'guard';
  /** Undefined where a guard opened without a pass. */
  readonly pass: PassReading | undefined;
  /** Set for a code that could not be read as a pass. */
  readonly unreadable: { readonly length: number; readonly digest: string } | undefined;
  readonly policy: PolicyLevel;
  /** Number of the revocation list; 0 where there is none. */
  readonly revocationVersion: number;
  readonly screeningMode: ScreeningMode;
  readonly screening: ScreeningOutcome | undefined;
  readonly sensor: string | undefined;
  /** What a guard has measured by hand. */
  readonly contactReading?: ContactReading;
  /** Marks that are shown with a grant. */
  readonly marks: readonly AccessMark[];
  /**
   * When the person came. The age of a phone code is judged at this time, because measuring takes longer than one step
   * of the code.
   */
  readonly cameAt: ClockReading;
  /** The site's day at `cameAt`; the passage counts for this day even if it ends on the next. */
  readonly siteDay: number;
  /** The quarter of an hour of that day. */
  readonly quarter: number;
  /** Changes of durable state that follow from the decision. */
  readonly effects: readonly Effect[];
  /** The earliest monotonic ms at which the code may have been complete. */
  readonly readAtMs: number;
}

/** A passage with the facts of this gate. */
export type KnownPassage = Passage<PassageFacts>;

/** The facts of a passage before anything was read or looked up. */
export function blankFacts(
  known: Pick<PassageFacts, 'policy' | 'revocationVersion' | 'cameAt' | 'siteDay' | 'quarter'>,
): PassageFacts {
  return {
    ...known,
    pass: undefined,
    unreadable: undefined,
    marks: [],
    screeningMode: 'off',
    screening: undefined,
    sensor: undefined,
    effects: [],
    readAtMs: known.cameAt.monotonicMs,
  };
}

/** The passage of a person who showed a code. */
export function passageWithCode(id: string, codeKey: string, facts: PassageFacts): KnownPassage {
  const claims = claimsOf(facts);
  const isSlow = claims !== undefined && needsTime(claims);
  const keepsOpen = claims !== undefined && hasFlag(claims, 'stepFree');
  return newPassage({ id, codeKey, pace: isSlow ? facts.policy.slowReleaseFactor : 1, keepsOpen, facts });
}

/** The passage of a person who showed no code. @param way how the lock waits for whoever it may be */
export function passageWithoutCode(
  id: string,
  facts: PassageFacts,
  { pace, keepsOpen }: Pick<KnownPassage, 'pace' | 'keepsOpen'> = { pace: 1, keepsOpen: false },
): KnownPassage {
  return newPassage({ id, codeKey: undefined, pace, keepsOpen, facts });
}

/** Whether a resident's phone has let this person in. */
export function isGuest(facts: PassageFacts | undefined): boolean {
  return facts?.pass?.status === 'verified' && facts.pass.host !== undefined;
}

/** The claims of its pass; undefined if it was not verified. */
export function claimsOf(facts: PassageFacts | undefined): PassClaims | undefined {
  return facts?.pass?.status === 'verified' ? facts.pass.claims : undefined;
}
