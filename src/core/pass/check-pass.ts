import { orderReasons, type Reason, reasonIf } from '../access/reasons.ts';
import type { TimeQuality } from '../access/vocabulary.ts';
import type { ClockReading } from '../time/clock-reading.ts';
import { isInWindows, siteTime } from '../time/site-time.ts';
import { STEP_SECONDS } from './dynamic-code.ts';
import type { PassReading, TrustedKey } from './pass.ts';

/** Steps a phone's clock may be off, and what a kiosk without its time server may be off on top. */
const STEPS_OFF_SYNCED = 1;
const STEPS_OFF_HOLDOVER = 2;
/** The clock of the office that issues passes may be ahead of the gate's by this much. A begin (nbf) is meant as it stands. */
const ISSUED_AHEAD_S = 5 * 60;
/** No pass lives longer, whatever the policy says (config/contract/README.md#limits). */
const LONGEST_LIFE_S = 400 * 86_400;

export type VerifiedPass = PassReading & { readonly status: 'verified' };

/** Where and when a verified pass is shown. */
export interface PassContext {
  readonly site: string;
  readonly gate: string;
  /** IANA name; windows are in site time. */
  readonly timeZone: string;
  readonly clock: ClockReading;
  /** Longest life by policy in seconds; above 400 days counts as 400 days. */
  readonly longestPassLifeS: number;
  /** Whether this (pass, step) was shown before. Means nothing for GP1. */
  readonly stepSeen: boolean;
}

/**
 * Every check of a verified pass that needs no state of its holder. The failed ones in the contract's order; none
 * means the pass is good here and now.
 */
export function checkPass(pass: VerifiedPass, context: PassContext): Reason[] {
  return orderReasons([...checkForGood(pass, context), ...checkForNow(pass, context)]);
}

/** The checks that fail at any time, in no order. */
export function checkForGood({ form, claims, issuer }: VerifiedPass, context: PassContext): Reason[] {
  const lifeS = claims.expiresAt - claims.issuedAt;
  return [
    ...reasonIf(issuer.status === 'withdrawn', 'gp:Revoked'),
    // For this place there is no such issuer: a key outside its sites is as good as not listed.
    ...reasonIf(!speaksHere(issuer, context.site), 'gp:UnknownIssuer'),
    ...reasonIf(issuer.kinds?.includes(claims.kind) === false, 'Unauthorized'),
    ...reasonIf(form === 'GP1' && claims.holderKey !== undefined, 'gp:DynamicCodeRequired'),
    ...reasonIf(form === 'GR1' && context.stepSeen, 'gp:Replay'),
    ...reasonIf(lifeS > Math.min(context.longestPassLifeS, LONGEST_LIFE_S), 'gp:MalformedPass'),
    ...reasonIf(claims.site !== context.site, 'gp:WrongSite'),
    ...reasonIf(claims.gates?.includes(context.gate) === false, 'Unauthorized'),
  ];
}

/** The checks that fail now and might not at another time, in no order: what they say is worth what the clock is. */
export function checkForNow({ form, step, claims, issuer }: VerifiedPass, context: PassContext): Reason[] {
  const { wallMs, quality } = context.clock;
  const nowS = Math.floor(wallMs / 1000);
  const begun = nowS >= (claims.notBefore ?? 0) && nowS + ISSUED_AHEAD_S >= claims.issuedAt;
  return [
    ...reasonIf(!speaksNow(issuer, nowS), 'gp:UnknownIssuer'),
    ...reasonIf(nowS >= claims.expiresAt, 'CredentialExpired'),
    ...reasonIf(!begun, 'CredentialNotActive'),
    ...reasonIf(form === 'GR1' && !isStepOfNow(step, nowS, quality), 'gp:DynamicCodeStale'),
    ...reasonIf(
      claims.windows !== undefined && !isInWindows(claims.windows, siteTime(wallMs, context.timeZone)),
      'NotPermittedAtThisTime',
    ),
  ];
}

/** Whether the code was made now, by the phone the pass is bound to. */
function isStepOfNow(step: number | undefined, nowS: number, quality: TimeQuality): boolean {
  const stepsOff = quality === 'holdover' ? STEPS_OFF_HOLDOVER : STEPS_OFF_SYNCED;
  return step !== undefined && Math.abs(step - Math.floor(nowS / STEP_SECONDS)) <= stepsOff;
}

function speaksHere({ sites }: TrustedKey, site: string): boolean {
  return sites === undefined || sites.includes(site);
}

/** `until` is the first second at which the key no longer counts, like exp. */
function speaksNow({ from, until }: TrustedKey, nowS: number): boolean {
  return nowS >= (from ?? 0) && (until === undefined || nowS < until);
}
