/**
 * Every reason a decision can carry (config/contract/README.md#reasons), in order: the first failed check is the
 * primary reason. The number is the BACnet access event (ASHRAE 135, BACnetAccessEvent).
 */
const REASON_TABLE = [
  ['gp:MalformedPass', 148],
  ['gp:UnsupportedVersion', 148],
  ['gp:UnknownIssuer', 129],
  ['gp:SignatureInvalid', 132],
  ['gp:WrongSite', 139],
  ['CredentialExpired', 152],
  ['CredentialNotActive', 151],
  ['CredentialNotEnabled', 158],
  ['gp:Revoked', 153],
  ['gp:DynamicCodeRequired', 132],
  ['gp:DynamicCodeStale', 131],
  ['gp:Replay', 132],
  ['gp:QuarantineOrder', 137],
  ['gp:HealthStatusRestricted', 137],
  ['Unauthorized', 134],
  ['NotPermittedAtThisTime', 136],
  ['gp:QuotaExceeded', 156],
  ['gp:MaxUses', 156],
  ['gp:AntipassbackViolation', 138],
  ['gp:OccupancyLimit', 142],
  ['gp:VisitorNotRegistered', 129],
  ['gp:HostNotConfirmed', 163],
  ['gp:GateMode', 128],
  ['gp:TemperatureHigh', 162],
  ['gp:TemperatureNotMeasured', 163],
  ['gp:TemperatureSensorFault', 130],
  ['gp:ClockUntrusted', 130],
  ['gp:PolicyStale', 130],
  ['gp:LogUnavailable', 130],
  ['gp:MaxAttempts', 140],
  ['gp:GuardDenied', 162],
  ['gp:GuardTimeout', 163],
  ['gp:PassageTimeout', 131],
  ['Other', 164],
] as const satisfies readonly (readonly [string, number])[];

export type Reason = (typeof REASON_TABLE)[number][0];

/** All reasons in the contract's order. */
export const REASONS: readonly Reason[] = REASON_TABLE.map(([reason]) => reason);

const RANK: ReadonlyMap<Reason, number> = new Map(REASONS.map((reason, rank) => [reason, rank]));
const BACNET: ReadonlyMap<Reason, number> = new Map(REASON_TABLE.map(([reason, event]) => [reason, event]));

/** The BACnet access event that stands for `reason` (164 = other). */
export function bacnetAccessEvent(reason: Reason): number {
  return BACNET.get(reason) ?? 164;
}

/** The given reasons without repeats, in the contract's order. */
export function orderReasons(reasons: Iterable<Reason>): Reason[] {
  return [...new Set(reasons)].sort((a, b) => (RANK.get(a) ?? 0) - (RANK.get(b) ?? 0));
}

const ABOUT_READING: ReadonlySet<Reason> = new Set<Reason>([
  'gp:TemperatureHigh',
  'gp:TemperatureNotMeasured',
  'gp:TemperatureSensorFault',
]);
const TOO_LATE: ReadonlySet<Reason> = new Set<Reason>(['gp:GuardTimeout', 'gp:PassageTimeout']);

/** Whether one of the reasons is one that another measurement may take away. */
export function someAboutReading(reasons: readonly Reason[]): boolean {
  return reasons.some((reason) => ABOUT_READING.has(reason));
}

/** Whether nothing but a measurement, and waiting for it, stands against somebody. */
export function onlyAboutReading(reasons: readonly Reason[]): boolean {
  const known = (reason: Reason) => ABOUT_READING.has(reason) || TOO_LATE.has(reason);
  return someAboutReading(reasons) && reasons.every(known);
}

/** A check's result as a list, to be gathered with others. */
export function reasonIf(failed: boolean, reason: Reason): Reason[] {
  return failed ? [reason] : [];
}
