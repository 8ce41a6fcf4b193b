import { type Reason, reasonIf } from '../access/reasons.ts';
import type { VerifiedPass } from '../pass/check-pass.ts';
import type { PassClaims } from '../pass/pass.ts';
import { isQuotaLeft, isWithinHours, quotasOf, violatesAntiPassback } from '../policy/entry-rules.ts';
import type { PolicyLevel, Quota } from '../policy/policy.ts';
import { isInForce, orderHolds } from '../policy/standing-order.ts';
import type { VisitorFacts } from '../policy/visitor.ts';
import { siteDayAt, siteTime } from '../time/site-time.ts';
import { ACCESS_MARKS, type AccessMark, type DecisionInput } from './decision.ts';

const MINUTE_MS = 60_000;

/** Whether the pass is revoked or suspended. Applies to every kind. */
export function checkStanding({ holder, now }: DecisionInput): Reason[] {
  const suspended = holder.orders.some((order) => order.kind === 'suspension' && isInForce(order, now));
  return [...reasonIf(holder.revoked, 'gp:Revoked'), ...reasonIf(suspended, 'CredentialNotEnabled')];
}

/** Quarantine and health status. Nobody comes as the guest of somebody who is kept in, in whichever direction. */
export function checkOrders({ claims, host }: VerifiedPass, input: DecisionInput): Reason[] {
  const context = { kind: claims.kind, direction: input.accessPoint.direction, clock: input.clock };
  const holding = input.holder.orders.filter(
    (order) =>
      isInForce(order, input.now) &&
      (orderHolds(order, context) || (host !== undefined && context.direction === 'in')),
  );
  return [
    ...reasonIf(
      holding.some(({ kind }) => kind === 'quarantine'),
      'gp:QuarantineOrder',
    ),
    ...reasonIf(
      holding.some(({ kind }) => kind === 'health'),
      'gp:HealthStatusRestricted',
    ),
  ];
}

/** Whether the level allows this kind, and at this time. */
export function checkKind(
  { kind }: PassClaims,
  { policy, accessPoint, clock, timeZone }: DecisionInput,
): Reason[] {
  const rule = policy.kinds[kind];
  if (rule === undefined) return ['Unauthorized'];
  const hours = rule.hours?.[accessPoint.direction];
  const open = hours === undefined || isWithinHours(hours, policy.holidays, siteTime(clock.wallMs, timeZone));
  return reasonIf(!open, 'NotPermittedAtThisTime');
}

/** Whether the level takes guest passes by a phone. */
export function checkGuest({ host }: VerifiedPass, { policy }: DecisionInput): Reason[] {
  return reasonIf(host !== undefined && policy.guests === undefined, 'gp:GuestNotAllowed');
}

/** The household's quota and the uses of the pass; of a guest pass also those of the host's. */
export function checkQuota(pass: VerifiedPass, input: DecisionInput): Reason[] {
  const { claims, host } = pass;
  const { policy, accessPoint, holder, clock, timeZone } = input;
  const today = siteDayAt(clock.wallMs, timeZone);
  const spent = quotasFor(pass, policy).some(
    (quota) => quota.direction === accessPoint.direction && !isQuotaLeft(quota, holder.recent, today),
  );
  const used =
    (claims.uses !== undefined && holder.usesSpent >= claims.uses) ||
    (host?.uses !== undefined && (holder.hostUsesSpent ?? 0) >= host.uses);
  return [...reasonIf(spent, 'gp:QuotaExceeded'), ...reasonIf(used, 'gp:MaxUses')];
}

function quotasFor({ claims, host }: VerifiedPass, { kinds, guests }: PolicyLevel): Quota[] {
  return quotasOf(claims, kinds[claims.kind], host === undefined ? undefined : guests);
}

export function checkAntiPassback(input: DecisionInput): Reason[] {
  return reasonIf(input.policy.antiPassback.mode === 'hard' && passesBack(input), 'gp:AntipassbackViolation');
}

export function checkOccupancy({ policy, accessPoint, holder }: DecisionInput): Reason[] {
  const { occupancyLimit } = policy;
  const full = occupancyLimit !== undefined && holder.occupancy >= occupancyLimit;
  return reasonIf(full && accessPoint.direction === 'in', 'gp:OccupancyLimit');
}

/**
 * Whether this passage depends on records that may be behind what happened: a quota or uses to be counted, a phone code
 * that must be new, anti-passback that refuses, an area that may be full. Everybody else passes as ever.
 */
export function checkRecords(pass: VerifiedPass, input: DecisionInput): Reason[] {
  const { claims, step } = pass;
  const { policy, accessPoint, holder } = input;
  const { direction } = accessPoint;
  const doubt = holder.recordsDoubt;
  if (doubt === undefined || doubt.answer === 'allow') return [];
  const depends =
    claims.uses !== undefined ||
    quotasFor(pass, policy).some((quota) => quota.direction === direction) ||
    policy.antiPassback.mode === 'hard' ||
    (policy.occupancyLimit !== undefined && direction === 'in') ||
    (step !== undefined && doubt.steps);
  return reasonIf(depends, 'gp:RecordsUntrusted');
}

/**
 * An entering person must be in the visitors' book if the level requires it; a leaving one need not. Whom a resident's
 * phone has invited must be there as the rule for guests says.
 */
export function checkVisitor({ claims, host }: VerifiedPass, input: DecisionInput): Reason[] {
  const { policy, accessPoint } = input;
  if (accessPoint.direction === 'out') return [];
  const registration = policy.kinds[claims.kind]?.registration;
  const confirm = host === undefined ? undefined : policy.guests?.confirm;
  // The host has confirmed by signing.
  if (confirm === 'host') return [];
  const visitor = presentVisitor(input);
  if (confirm === 'guard') return reasonIf(visitor?.hostConfirmed !== true, 'gp:HostNotConfirmed');
  if (registration === undefined) return [];
  if (visitor === undefined) return ['gp:VisitorNotRegistered'];
  return reasonIf(registration === 'confirmed' && !visitor.hostConfirmed, 'gp:HostNotConfirmed');
}

/** The entry of the visitors' book, if it has begun by now, and had not ended when the person came. */
function presentVisitor({ holder: { visitor }, clock, now }: DecisionInput): VisitorFacts | undefined {
  const begun = clock.quality === 'unsynced' || now.wallMs >= (visitor?.fromMs ?? 0);
  return begun && visitor !== undefined && clock.wallMs < visitor.untilMs ? visitor : undefined;
}

/** What is noted beside a grant. */
export function marksOf({ kind }: PassClaims, input: DecisionInput): AccessMark[] {
  if (kind === 'emergency') return ['emergency'];
  const { policy } = input;
  const present: Readonly<Record<AccessMark, boolean>> = {
    emergency: false,
    antipassback: policy.antiPassback.mode === 'soft' && passesBack(input),
    lateReturn: isLate(policy.kinds[kind]?.outsideLimitMinutes, input),
    orderBreached: comesHomeInSpite(input),
  };
  return ACCESS_MARKS.filter((mark) => present[mark]);
}

function passesBack({ policy, holder, accessPoint, clock }: DecisionInput): boolean {
  return violatesAntiPassback(policy.antiPassback, holder.lastPassage, accessPoint.direction, clock.wallMs);
}

/** Longer outside than the level allows. Not applied with an untrusted clock. */
function isLate(limitMinutes: number | undefined, { holder, accessPoint, clock }: DecisionInput): boolean {
  const { lastPassage } = holder;
  if (limitMinutes === undefined || clock.quality === 'unsynced') return false;
  if (accessPoint.direction === 'out' || lastPassage?.direction !== 'out') return false;
  return clock.wallMs - lastPassage.atMs > limitMinutes * MINUTE_MS;
}

/** A person whom an order keeps in was out: the door home opens, and the guard is told. */
function comesHomeInSpite({ holder, accessPoint, now }: DecisionInput): boolean {
  const keptIn = holder.orders.some((order) => order.kind !== 'suspension' && isInForce(order, now));
  return accessPoint.direction === 'in' && keptIn;
}
