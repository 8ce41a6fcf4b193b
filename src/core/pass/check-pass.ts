import { orderReasons, type Reason } from '../access/reasons.ts';
import type { ClockReading } from '../time/clock-reading.ts';
import { isInWindows, siteTime } from '../time/site-time.ts';
import { STEP_SECONDS } from './dynamic-code.ts';
import type { PassReading, TrustedKey } from './pass.ts';

/** Steps a phone's clock may be off, and what a kiosk without its time server may be off on top. */
const STEPS_OFF_SYNCED = 1;
const STEPS_OFF_HOLDOVER = 2;
/** No pass lives longer, whatever the policy says (contract section 4). */
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
  const { claims } = pass;
  const nowS = Math.floor(context.clock.wallMs / 1000);
  const failed: Reason[] = [...checkIssuer(pass, context.site, nowS), ...checkForm(pass, context, nowS)];

  if (claims.expiresAt - claims.issuedAt > Math.min(context.longestPassLifeS, LONGEST_LIFE_S)) {
    failed.push('gp:MalformedPass');
  }
  if (claims.site !== context.site) failed.push('gp:WrongSite');
  if (nowS >= claims.expiresAt) failed.push('CredentialExpired');
  if (nowS < (claims.notBefore ?? 0) || nowS < claims.issuedAt) failed.push('CredentialNotActive');
  if (claims.gates !== undefined && !claims.gates.includes(context.gate)) failed.push('Unauthorized');
  if (
    claims.windows !== undefined &&
    !isInWindows(claims.windows, siteTime(context.clock.wallMs, context.timeZone))
  ) {
    failed.push('NotPermittedAtThisTime');
  }
  return orderReasons(failed);
}

function checkIssuer({ issuer, claims }: VerifiedPass, site: string, nowS: number): Reason[] {
  const failed: Reason[] = [];
  if (issuer.status === 'withdrawn') failed.push('gp:Revoked');
  // For this place and moment there is no such issuer: a key outside its sites or its time is as good as not listed.
  if (!speaksHere(issuer, site) || !speaksNow(issuer, nowS)) failed.push('gp:UnknownIssuer');
  if (issuer.kinds !== undefined && !issuer.kinds.includes(claims.kind)) failed.push('Unauthorized');
  return failed;
}

/** Whether the code was made now, by the phone the pass is bound to, and not shown before. */
function checkForm(pass: VerifiedPass, { clock, stepSeen }: PassContext, nowS: number): Reason[] {
  if (pass.form === 'GP1') return pass.claims.holderKey === undefined ? [] : ['gp:DynamicCodeRequired'];
  const failed: Reason[] = [];
  const stepsOff = clock.quality === 'holdover' ? STEPS_OFF_HOLDOVER : STEPS_OFF_SYNCED;
  const nowStep = Math.floor(nowS / STEP_SECONDS);
  if (pass.step === undefined || Math.abs(pass.step - nowStep) > stepsOff) failed.push('gp:DynamicCodeStale');
  if (stepSeen) failed.push('gp:Replay');
  return failed;
}

function speaksHere({ sites }: TrustedKey, site: string): boolean {
  return sites === undefined || sites.includes(site);
}

/** `until` is the first second at which the key no longer counts, like exp. */
function speaksNow({ from, until }: TrustedKey, nowS: number): boolean {
  return nowS >= (from ?? 0) && (until === undefined || nowS < until);
}
