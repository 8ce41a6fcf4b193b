import { orderReasons, type Reason } from '../access/reasons.ts';
import type { DoorMode } from '../access/vocabulary.ts';
import { checkPass } from '../pass/check-pass.ts';
import {
  type ScreeningMode,
  type ScreeningOutcome,
  SENSOR_FAULTS,
  type SensorFault,
  screeningMode,
} from '../screening/screening.ts';
import type { DecisionInput, DecisionOutcome, DecisionResult } from './decision.ts';
import type { Effect } from './effect.ts';

/** Failed checks that the guard may overrule after looking at the person; every other one denies. */
const REFERABLE: ReadonlySet<Reason> = new Set<Reason>([
  'gp:TemperatureNotMeasured',
  'gp:TemperatureSensorFault',
  'gp:PolicyStale',
]);

/** Modes in which nobody is let through; of an unknown door nobody can say whether it would open. */
const CLOSED_MODES: ReadonlySet<DoorMode> = new Set<DoorMode>(['Unknown', 'Blocked', 'LockedDown']);

/** Checks that mean nothing when the clock is not to be believed. An expiry counts all the same: time only grows. */
const NEEDS_TRUSTED_TIME: ReadonlySet<Reason> = new Set<Reason>([
  'CredentialNotActive',
  'NotPermittedAtThisTime',
]);

/**
 * Decides one passage from its facts alone (design section 4). All failed checks are collected in the contract's
 * order and the first is the reason. Granting needs every check to have passed; nothing grants by default.
 */
export function decide(input: DecisionInput): DecisionResult {
  const { pass } = input;
  if (pass.status === 'unreadable') return deny([pass.reason], 'off', []);

  const mode = screeningMode(input.policy.screening, input.accessPoint.direction, pass.claims.kind);
  const failed = new Set<Reason>(
    checkPass(pass, {
      site: input.site,
      gate: input.gate,
      timeZone: input.timeZone,
      clock: input.clock,
      longestPassLifeS: input.policy.longestPassLifeS,
      stepSeen: input.stepSeen,
    }),
  );
  if (!input.policy.kinds.includes(pass.claims.kind)) failed.add('Unauthorized');
  if (!input.accessPoint.enabled || CLOSED_MODES.has(input.doorMode)) failed.add('gp:GateMode');
  if (!input.logWritable) failed.add('gp:LogUnavailable');

  const referable = new Set<Reason>(REFERABLE);
  judgeTime(input, failed, referable);

  const measuring = mode !== 'off' && input.screening.state === 'pending';
  if (input.screening.state === 'done') {
    const reason = screeningReason(mode, input.screening.outcome);
    if (reason !== undefined) failed.add(reason);
  }

  const reasons = orderReasons(failed);
  const outcome = outcomeOf(reasons, referable, measuring);
  const [reason] = reasons;
  // A forehead is asked for only when it could still open the gate: nobody is measured to be refused anyway.
  const shown = outcome === 'measure' ? [] : reasons;
  return {
    outcome,
    ...(reason === undefined || outcome === 'measure' ? {} : { reason }),
    reasons: shown,
    screeningMode: mode,
    effects: outcome === 'measure' ? [] : effectsOf(input),
  };
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

function judgeTime(input: DecisionInput, failed: Set<Reason>, referable: Set<Reason>): void {
  if (input.clock.quality !== 'unsynced') return;
  switch (input.policy.untrustedTime) {
    case 'allow':
      for (const reason of NEEDS_TRUSTED_TIME) failed.delete(reason);
      return;
    case 'guard':
      failed.add('gp:ClockUntrusted');
      referable.add('gp:ClockUntrusted');
      for (const reason of NEEDS_TRUSTED_TIME) referable.add(reason);
      return;
    case 'deny':
      failed.add('gp:ClockUntrusted');
      return;
  }
}

function isSensorFault(cause: string): cause is SensorFault {
  return (SENSOR_FAULTS as readonly string[]).includes(cause);
}

function screeningReason(mode: ScreeningMode, outcome: ScreeningOutcome): Reason | undefined {
  if (mode !== 'enforce') return undefined;
  switch (outcome.class) {
    case 'normal':
      return undefined;
    case 'elevated':
      return 'gp:TemperatureHigh';
    case 'notMeasurable':
      return isSensorFault(outcome.cause) ? 'gp:TemperatureSensorFault' : 'gp:TemperatureNotMeasured';
    case 'skipped':
      return 'gp:TemperatureNotMeasured';
  }
}

/**
 * A phone code counts as used by every decision about it, refusals too: whoever photographed it at the gate gains
 * nothing, and its holder has a new one within 15 s.
 */
function effectsOf(input: DecisionInput): readonly Effect[] {
  const { pass } = input;
  if (pass.status !== 'verified' || pass.step === undefined) return [];
  return [{ kind: 'rememberStep', passId: pass.claims.passId, step: pass.step }];
}

function deny(reasons: readonly [Reason], mode: ScreeningMode, effects: readonly Effect[]): DecisionResult {
  return { outcome: 'deny', reason: reasons[0], reasons, screeningMode: mode, effects };
}
