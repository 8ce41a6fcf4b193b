import { attributesOf, orderReasons, type Reason, reasonIf, reasonsWith } from '../access/reasons.ts';
import type { DoorMode } from '../access/vocabulary.ts';
import { isClosedMode } from '../door/door-mode.ts';
import { checkForGood, checkForNow, checkPass, type VerifiedPass } from '../pass/check-pass.ts';
import {
  type ScreeningMode,
  SENSOR_FAULTS,
  type SensorFault,
  screeningMode,
} from '../screening/screening.ts';
import {
  checkAntiPassback,
  checkGuest,
  checkKind,
  checkOccupancy,
  checkOrders,
  checkQuota,
  checkRecords,
  checkStanding,
  checkVisitor,
  marksOf,
} from './check-holder.ts';
import type { DecisionInput, DecisionOutcome, DecisionResult } from './decision.ts';
import type { Effect } from './effect.ts';

/** Failed checks that the guard may overrule after looking at the person; every other one denies. */
const REFERABLE = reasonsWith('referable', 'always');
/** The same for an emergency pass. */
const REFERABLE_IN_EMERGENCY = reasonsWith('referable', 'emergency');

/**
 * Modes that hold back even an emergency pass; then the guard is called. A block keeps order and yields to an
 * ambulance; a lockdown protects people, ends only by its own release, and must not fall to one stolen pass.
 */
const CLOSED_IN_EMERGENCY: ReadonlySet<DoorMode> = new Set<DoorMode>(['Unknown', 'LockedDown']);

/**
 * Decides one passage from its facts alone (src/README.md#decision). All failed checks are collected in the
 * contract's order, and the first is the reason. Granting needs every check to have passed; nothing grants by
 * default.
 */
export function decide(input: DecisionInput): DecisionResult {
  const { pass } = input;
  if (pass.status === 'unreadable') return denyUnreadable(pass.reason, input);
  return pass.claims.kind === 'emergency' ? decideEmergency(pass, input) : decideByRules(pass, input);
}

function decideByRules(pass: VerifiedPass, input: DecisionInput): DecisionResult {
  const { claims } = pass;
  const mode = screeningMode(input.policy.screening, input.accessPoint.direction, claims.kind);
  const failed = new Set<Reason>([
    ...checkPass(pass, passContext(input)),
    ...checkStanding(input),
    ...checkOrders(pass, input),
    ...checkKind(claims, input),
    ...checkGuest(pass, input),
    ...checkQuota(pass, input),
    ...checkAntiPassback(input),
    ...checkOccupancy(input),
    ...checkVisitor(pass, input),
    ...checkGate(input, isClosedMode),
    ...checkScreening(mode, input),
    ...checkRecords(pass, input),
    ...checkKiosk(input),
  ]);
  const referable = new Set<Reason>(REFERABLE);
  if (input.holder.recordsDoubt?.answer === 'guard') referable.add('gp:RecordsUntrusted');
  judgeTime(pass, input, { failed, referable });
  const measuring = mode !== 'off' && input.screening.state === 'pending';
  return { ...conclude(pass, input, { failed, referable, measuring }), screeningMode: mode };
}

/**
 * Decides for an emergency pass, which opens at every level, at any hour, without screening and without a trusted
 * clock. It must be genuine, within its time and not revoked, and its opening must be recorded like any other. If
 * only an untrusted clock says that it has expired, the guard is called, whatever the site's rule for such a clock.
 */
function decideEmergency(pass: VerifiedPass, input: DecisionInput): DecisionResult {
  const failed = new Set<Reason>([
    ...checkPass(pass, passContext(input)),
    ...checkStanding(input),
    ...checkGate({ ...input, accessPoint: { ...input.accessPoint, enabled: true } }, (mode) =>
      CLOSED_IN_EMERGENCY.has(mode),
    ),
    ...reasonIf(!input.logWritable, 'gp:LogUnavailable'),
  ]);
  const referable = new Set<Reason>(REFERABLE_IN_EMERGENCY);
  if (input.clock.quality === 'unsynced') {
    for (const reason of doubtfulReasons(pass, input)) {
      if (isForgiven(reason, pass, input) || attributesOf(reason).clock === 'forgive') failed.delete(reason);
      else referable.add(reason);
    }
  }
  return { ...conclude(pass, input, { failed, referable, measuring: false }), screeningMode: 'off' };
}

function passContext(input: DecisionInput) {
  const { site, gate, timeZone, clock, stepSeen, policy } = input;
  return { site, gate, timeZone, clock, stepSeen, longestPassLifeS: policy.longestPassLifeS };
}

function checkGate(
  { accessPoint, doorMode }: DecisionInput,
  isClosed: (mode: DoorMode) => boolean,
): Reason[] {
  return reasonIf(!accessPoint.enabled || isClosed(doorMode), 'gp:GateMode');
}

/** Whether the kiosk itself is able to decide alone. */
function checkKiosk({ holder, logWritable }: DecisionInput): Reason[] {
  return [...reasonIf(holder.listsStale, 'gp:PolicyStale'), ...reasonIf(!logWritable, 'gp:LogUnavailable')];
}

/** Applies `untrustedTime` to a pass while the clock is not trusted. */
function judgeTime(
  pass: VerifiedPass,
  input: DecisionInput,
  { failed, referable }: { failed: Set<Reason>; referable: Set<Reason> },
): void {
  const { untrustedTime } = input.policy;
  if (input.clock.quality !== 'unsynced') return;
  if (untrustedTime !== 'allow') failed.add('gp:ClockUntrusted');
  if (untrustedTime === 'deny') return;
  referable.add('gp:ClockUntrusted');
  for (const reason of doubtfulReasons(pass, input)) {
    if (isForgiven(reason, pass, input)) failed.delete(reason);
    else referable.add(reason);
  }
}

/** Failed checks that depend on the time alone. */
function doubtfulReasons(pass: VerifiedPass, input: DecisionInput): Reason[] {
  const context = passContext(input);
  const forGood = new Set<Reason>([
    ...checkForGood(pass, context),
    ...reasonIf(input.holder.visitor === undefined, 'gp:VisitorNotRegistered'),
  ]);
  const forNow: Reason[] = [
    ...checkForNow(pass, context),
    ...checkKind(pass.claims, input),
    ...checkVisitor(pass, input),
  ];
  return forNow.filter((reason) => attributesOf(reason).clock !== '-' && !forGood.has(reason));
}

/**
 * Whether a site that allows passes with an untrusted clock allows this one. What was over before the clock was lost
 * stays over: setting a clock back makes no pass valid again.
 */
function isForgiven(reason: Reason, { claims }: VerifiedPass, { policy, clock }: DecisionInput): boolean {
  if (policy.untrustedTime !== 'allow') return false;
  const { clock: forgives } = attributesOf(reason);
  return forgives === 'floor' ? claims.expiresAt * 1000 > (clock.floorMs ?? 0) : forgives === 'forgive';
}

interface Findings {
  readonly failed: ReadonlySet<Reason>;
  readonly referable: ReadonlySet<Reason>;
  readonly measuring: boolean;
}

function conclude(
  pass: VerifiedPass,
  input: DecisionInput,
  { failed, referable, measuring }: Findings,
): Omit<DecisionResult, 'screeningMode'> {
  const reasons = orderReasons(failed);
  const outcome = outcomeOf(reasons, referable, measuring);
  // They apply to every way and moment of letting the person pass: the code is used up, and the marks are noted.
  const said = { marks: marksOf(pass.claims, input), effects: effectsOf(pass) };
  // A forehead is measured only if it can still open the gate: nobody is measured to be refused anyway.
  if (outcome === 'measure') return { outcome, reasons: [], ...said };
  const [reason] = reasons;
  return { outcome, ...(reason === undefined ? {} : { reason }), reasons, ...said };
}

function outcomeOf(
  reasons: readonly Reason[],
  referable: ReadonlySet<Reason>,
  measuring: boolean,
): DecisionOutcome {
  if (reasons.some((reason) => !referable.has(reason))) return 'deny';
  if (measuring) return 'measure';
  return reasons.length > 0 ? 'refer' : 'grant';
}

/**
 * A phone code counts as used by every decision about it, refusals too, and by the guard's: photographing it at the
 * gate is useless, and its holder has a new one within 15 s.
 */
function effectsOf({ step, claims }: VerifiedPass): readonly Effect[] {
  return step === undefined ? [] : [{ kind: 'rememberStep', passId: claims.passId, step }];
}

/** The lock-out applies only here: a genuine pass must not suffer from earlier bad codes of other people. */
function denyUnreadable(reason: Reason, { lockedOut }: DecisionInput): DecisionResult {
  const reasons = [reason, ...reasonIf(lockedOut, 'gp:MaxAttempts')];
  return { outcome: 'deny', reason, reasons, marks: [], screeningMode: 'off', effects: [] };
}

/** Reasons from the screening. One that is still to come gives none. */
function checkScreening(mode: ScreeningMode, { screening, contactReading }: DecisionInput): Reason[] {
  if (mode !== 'enforce') return [];
  // A sensor that says something lower takes nothing back of what was measured by hand.
  if (contactReading === 'elevated') return ['gp:TemperatureHigh'];
  if (screening.state === 'pending') return [];
  const { outcome } = screening;
  switch (outcome.class) {
    case 'normal':
      return [];
    case 'elevated':
      return ['gp:TemperatureHigh'];
    case 'notMeasurable':
      return [isSensorFault(outcome.cause) ? 'gp:TemperatureSensorFault' : 'gp:TemperatureNotMeasured'];
    case 'skipped':
      return ['gp:TemperatureNotMeasured'];
  }
}

function isSensorFault(cause: string): cause is SensorFault {
  return (SENSOR_FAULTS as readonly string[]).includes(cause);
}
