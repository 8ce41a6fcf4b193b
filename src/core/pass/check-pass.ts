import { orderReasons, type Reason, reasonIf } from '../access/reasons.ts';
import type { TimeQuality } from '../access/vocabulary.ts';
import type { ClockReading } from '../time/clock-reading.ts';
import { isInWindows, siteTime } from '../time/site-time.ts';
import { STEP_SECONDS } from './dynamic-code.ts';
import type { PassClaims, PassReading, TrustedKey } from './pass.ts';

/** Steps that a phone's clock may be off, and those that a kiosk without its time server may be off in addition. */
const STEPS_OFF_SYNCED = 1;
const STEPS_OFF_HOLDOVER = 2;
/** No code is valid for longer than this, in milliseconds: from the first step that counts to the end of the last. */
export const LONGEST_CODE_LIFE_MS = (2 * STEPS_OFF_HOLDOVER + 1) * STEP_SECONDS * 1000;
/** The issuer's clock may be ahead of the gate's by this much. A begin (nbf) is taken exactly. */
const ISSUED_AHEAD_S = 5 * 60;
/** Longest validity of a pass, whatever the policy says (config/contract/README.md#limits). */
const LONGEST_LIFE_S = 400 * 86_400;

export type VerifiedPass = PassReading & { readonly status: 'verified' };

/** Place and time at which a verified pass is shown. */
export interface PassContext {
  readonly site: string;
  readonly gate: string;
  /** IANA name; windows are in site time. */
  readonly timeZone: string;
  readonly clock: ClockReading;
  /** Longest validity by policy in seconds; above 400 days counts as 400 days. */
  readonly longestPassLifeS: number;
  /** Whether this (pass, step) was shown before. Has no meaning for GP1. */
  readonly stepSeen: boolean;
}

/**
 * Every check of a verified pass that does not need the state of its holder. Returns the failed ones in the
 * contract's order; an empty list means that the pass is valid here and now.
 */
export function checkPass(pass: VerifiedPass, context: PassContext): Reason[] {
  return orderReasons([...checkForGood(pass, context), ...checkForNow(pass, context)]);
}

/** The checks whose failure does not depend on the time, in no order. */
export function checkForGood({ form, claims, host, issuer }: VerifiedPass, context: PassContext): Reason[] {
  // Of a guest pass the office has issued the host's; the life of the guest's is bounded by its form.
  const issued = host ?? claims;
  const lifeS = issued.expiresAt - issued.issuedAt;
  return [
    ...reasonIf(issuer.status === 'withdrawn', 'gp:Revoked'),
    // A key shown outside of its sites is treated as not listed.
    ...reasonIf(!speaksHere(issuer, context.site), 'gp:UnknownIssuer'),
    ...reasonIf(issuer.kinds?.includes(issued.kind) === false, 'Unauthorized'),
    ...reasonIf(form === 'GP1' && claims.holderKey !== undefined, 'gp:DynamicCodeRequired'),
    ...reasonIf(form === 'GR1' && context.stepSeen, 'gp:Replay'),
    ...reasonIf(
      lifeS > Math.min(context.longestPassLifeS, LONGEST_LIFE_S, issuer.longestLifeS ?? LONGEST_LIFE_S),
      'gp:MalformedPass',
    ),
    ...reasonIf(claims.site !== context.site, 'gp:WrongSite'),
    ...reasonIf(claims.gates?.includes(context.gate) === false, 'Unauthorized'),
    ...reasonIf(host !== undefined && !mayInvite(host), 'gp:GuestNotAllowed'),
  ];
}

/** A resident of a household, for which guests are counted. */
function mayInvite({ kind, holderRef }: PassClaims): boolean {
  return kind === 'resident' && holderRef !== undefined;
}

/** The checks whose failure depends on the time, in no order. They are only as reliable as the clock. */
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

/** Whether the code was made just now, by the phone the pass is bound to. */
export function isStepOfNow(step: number | undefined, nowS: number, quality: TimeQuality): boolean {
  const stepsOff = quality === 'holdover' ? STEPS_OFF_HOLDOVER : STEPS_OFF_SYNCED;
  return step !== undefined && Math.abs(step - Math.floor(nowS / STEP_SECONDS)) <= stepsOff;
}

/** Whether a key counts at the site. */
export function speaksHere({ sites }: Pick<TrustedKey, 'sites'>, site: string): boolean {
  return sites === undefined || sites.includes(site);
}

/** Whether a key counts at `nowS`. `until` is the first second at which it is no longer valid, like exp. */
export function speaksNow({ from, until }: Pick<TrustedKey, 'from' | 'until'>, nowS: number): boolean {
  return nowS >= (from ?? 0) && (until === undefined || nowS < until);
}
