import type { Reason } from './reasons.ts';

/**
 * What a refusal asks of whoever was refused: to show the code `again`, to `wait`, to go to the `guard`, to go to the
 * `office`, or to take another way because this one is `closed`. Screens look and sound by it.
 */
export type Remedy = 'again' | 'wait' | 'guard' | 'office' | 'closed';

const REMEDIES: Record<Reason, Remedy> = {
  'gp:MalformedPass': 'again',
  'gp:UnsupportedVersion': 'guard',
  'gp:UnknownIssuer': 'office',
  'gp:SignatureInvalid': 'office',
  'gp:WrongSite': 'again',
  CredentialExpired: 'office',
  CredentialNotActive: 'office',
  CredentialNotEnabled: 'office',
  'gp:Revoked': 'office',
  'gp:DynamicCodeRequired': 'again',
  'gp:DynamicCodeStale': 'again',
  'gp:Replay': 'wait',
  'gp:QuarantineOrder': 'office',
  'gp:HealthStatusRestricted': 'office',
  Unauthorized: 'office',
  NotPermittedAtThisTime: 'wait',
  'gp:QuotaExceeded': 'guard',
  'gp:MaxUses': 'office',
  'gp:AntipassbackViolation': 'guard',
  'gp:OccupancyLimit': 'wait',
  'gp:VisitorNotRegistered': 'guard',
  'gp:HostNotConfirmed': 'guard',
  'gp:GateMode': 'closed',
  'gp:TemperatureHigh': 'guard',
  'gp:TemperatureNotMeasured': 'guard',
  'gp:TemperatureSensorFault': 'guard',
  'gp:ClockUntrusted': 'guard',
  'gp:PolicyStale': 'guard',
  'gp:LogUnavailable': 'guard',
  'gp:MaxAttempts': 'guard',
  'gp:GuardDenied': 'guard',
  'gp:GuardTimeout': 'again',
  'gp:PassageTimeout': 'again',
  Other: 'guard',
};

/** A reason that is not known here asks for the guard. */
export function remedyOf(reason: Reason | undefined): Remedy {
  return (reason !== undefined && Object.hasOwn(REMEDIES, reason) && REMEDIES[reason]) || 'guard';
}

/** Reasons under which nobody is meant to do anything here that takes reading. */
const SAYS_NO: ReadonlySet<Reason> = new Set<Reason>([
  'gp:UnknownIssuer',
  'gp:SignatureInvalid',
  'gp:GateMode',
]);

/** Whether a refusal asks its person for something, which takes an old person twice as long to read and to do. */
export function asksForSomething(reason: Reason | undefined): boolean {
  return reason === undefined || !SAYS_NO.has(reason);
}
