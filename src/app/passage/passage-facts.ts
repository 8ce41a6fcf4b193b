import type { AccessMark } from '../../core/decision/decision.ts';
import type { Effect } from '../../core/decision/effect.ts';
import { hasFlag, type PassClaims, type PassReading } from '../../core/pass/pass.ts';
import { newPassage, type Passage } from '../../core/passage/passage.ts';
import type { PolicyLevel } from '../../core/policy/policy.ts';
import type { ScreeningMode, ScreeningOutcome } from '../../core/screening/screening.ts';
import type { ClockReading } from '../../core/time/clock-reading.ts';

/** What is known of the person of one passage. Lives in memory only, and only as long as the passage. */
export interface PassageFacts {
  /** Absent for a pass that is shown, and for a guard's order about somebody without one. */
  readonly recognition?: 'pt:REX' | 'guard';
  /** Undefined where a guard opened without a pass. */
  readonly pass: PassReading | undefined;
  /** For what could not be read as a pass. */
  readonly unreadable: { readonly length: number; readonly digest: string } | undefined;
  readonly policy: PolicyLevel;
  /** Number of the revocation list; 0 where there is none. */
  readonly revocationVersion: number;
  readonly screeningMode: ScreeningMode;
  readonly screening: ScreeningOutcome | undefined;
  readonly sensor: string | undefined;
  /** What is said beside a grant. */
  readonly marks: readonly AccessMark[];
  /** When the person came. A phone code is as fresh as it was then: measuring takes longer than one step of it. */
  readonly cameAt: ClockReading;
  /** The site's day then: the day the passage counts for, however long the person takes. */
  readonly siteDay: number;
  /** Changes of durable state that the decision implies. */
  readonly effects: readonly Effect[];
  /** The earliest monotonic ms at which the code may have been complete. */
  readonly readAtMs: number;
}

/** The passage of somebody of a gate that looks into the facts. */
export type KnownPassage = Passage<PassageFacts>;

/** What is known of a passage before anything was read or asked. */
export function blankFacts(
  known: Pick<PassageFacts, 'policy' | 'revocationVersion' | 'cameAt' | 'siteDay'>,
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

/** The passage of somebody who showed a code. */
export function passageWithCode(id: string, codeKey: string, facts: PassageFacts): KnownPassage {
  const claims = claimsOf(facts);
  const slow = claims !== undefined && hasFlag(claims, 'slow');
  return newPassage({ id, codeKey, pace: slow ? facts.policy.slowReleaseFactor : 1, facts });
}

/** The passage of somebody who showed none. @param pace how many times longer than usual the lock waits */
export function passageWithoutCode(id: string, facts: PassageFacts, pace = 1): KnownPassage {
  return newPassage({ id, codeKey: undefined, pace, facts });
}

/** What its pass says; only of one that was verified. */
export function claimsOf(facts: PassageFacts | undefined): PassClaims | undefined {
  return facts?.pass?.status === 'verified' ? facts.pass.claims : undefined;
}
