import { isStepOfNow, speaksHere, speaksNow } from '../pass/check-pass.ts';
import type { PassClaims, PassReading } from '../pass/pass.ts';
import type { ClockReading } from '../time/clock-reading.ts';

/** Why a code does not show that whoever holds it may ask about the data of the pass. */
export const OWNER_REFUSALS = [
  /** It is no pass, or none of an issuer that is trusted now. */
  'not_a_pass',
  'not_trusted',
  /** A card may have been found. */
  'card',
  /** A code of a phone that was shown before, or that is not of now. */
  'used',
  'stale',
  /** The phone may be in other hands. */
  'revoked',
  /** The gate cannot tell: its clock or its memory of codes is not believed, or its log cannot be written. */
  'clock',
  'unsure',
  'unavailable',
] as const;
export type OwnerRefusal = (typeof OWNER_REFUSALS)[number];

export interface OwnerFacts {
  readonly site: string;
  readonly clock: ClockReading;
  /** This step of this pass was shown before. */
  readonly stepSeen: boolean;
  readonly revoked: boolean;
  /** Steps that were shown may be unknown. */
  readonly stepsDoubted: boolean;
}

/** The pass and the step that prove who asks, or why they do not. */
export type Ownership =
  | { readonly claims: PassClaims; readonly step: number }
  | { readonly refusal: OwnerRefusal };

/**
 * Whether a code proves that its holder may ask what is kept about the pass. Asking does not end with the pass: one that
 * is over, has not begun, is for another site or may not pass here proves it all the same, as long as its issuer is
 * trusted here and now, its phone has made the code just now, and nobody has reported it lost.
 */
export function judgeOwner(pass: PassReading, facts: OwnerFacts): Ownership {
  if (pass.status === 'unreadable') {
    const isForeign = pass.reason === 'gp:UnknownIssuer' || pass.reason === 'gp:SignatureInvalid';
    return { refusal: isForeign ? 'not_trusted' : 'not_a_pass' };
  }
  const { claims, issuer, step } = pass;
  const { clock, site } = facts;
  if (pass.form !== 'GR1' || step === undefined) return { refusal: 'card' };
  const nowS = Math.floor(clock.wallMs / 1000);
  if (issuer.status === 'withdrawn' || !speaksHere(issuer, site)) return { refusal: 'not_trusted' };
  if (clock.quality === 'unsynced') return { refusal: 'clock' };
  if (!speaksNow(issuer, nowS)) return { refusal: 'not_trusted' };
  if (facts.stepSeen) return { refusal: 'used' };
  if (!isStepOfNow(step, nowS, clock.quality)) return { refusal: 'stale' };
  if (facts.stepsDoubted) return { refusal: 'unsure' };
  if (facts.revoked) return { refusal: 'revoked' };
  return { claims, step };
}

/**
 * The number of a genuine pass that was here just now: a card, or a code that the phone has made now. A picture of a phone's
 * pass proves nobody's presence, and one that is over, revoked or elsewhere proves it all the same.
 */
export function passAtReader(pass: PassReading, { wallMs, quality }: ClockReading): string | undefined {
  if (pass.status === 'unreadable') return undefined;
  const { form, claims, step } = pass;
  if (form === 'GP1') return claims.holderKey === undefined ? claims.passId : undefined;
  if (form === 'GG1') return claims.passId;
  return isStepOfNow(step, Math.floor(wallMs / 1000), quality) ? claims.passId : undefined;
}
