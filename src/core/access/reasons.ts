import type { AttentionKind } from './attention.ts';

/**
 * What a refusal asks of the refused person: to show the code `again`, to `wait`, to go to the `guard`, to go to the
 * `office`, or to take another way because this one is `closed`. It decides look and sound of the screens.
 */
export const REMEDIES = ['again', 'wait', 'guard', 'office', 'closed'] as const;
export type Remedy = (typeof REMEDIES)[number];

/**
 * The columns of the table of reasons; `-` is no. Every reason needs a value in each column, so that none has
 * defaults by accident.
 */
type Row = readonly [
  reason: string,
  /** Access event of ASHRAE 135 (BACnetAccessEvent) with the same meaning; published in the contract's table. */
  bacnet: number,
  remedy: Remedy,
  /** Showing the code once more may help the same person, and the screen asks for it. */
  retry: 'retry' | '-',
  /** The person is asked to do something, which takes an old person twice as long to read and to do. */
  asks: 'asks' | '-',
  /**
   * `form`: the text does not have the form of a pass. `reading`: another measurement may remove it. `delay`:
   * somebody did not come or answer in time.
   */
  about: 'form' | 'reading' | 'delay' | '-',
  /**
   * Whether the guard may overrule it after looking at the person: `always`, with an `emergency` pass, or unless the
   * site's answer to it, `untrustedTime` or `untrustedRecords`, is deny (`unlessDeny`). All other reasons deny.
   */
  referable: 'always' | 'emergency' | 'unlessDeny' | '-',
  /**
   * What an untrusted clock changes for a reason that depends on the time alone: the guard may overrule it (`refer`);
   * a site that allows passes with an untrusted clock ignores it (`forgive`), or ignores it unless the time was over
   * before the clock was lost (`floor`).
   */
  clock: 'refer' | 'forgive' | 'floor' | '-',
  /** What the guard is told about a refusal that the gate decided alone. */
  attention: Extract<AttentionKind, 'elevated' | 'unanswered'> | '-',
  /** The guard's order that removes the reason; the screen offers it beside the refusal. */
  order: 'forgive' | 'giveBackQuota' | 'giveBackUses' | 'registerVisitor' | 'confirmHost' | '-',
  /** For the operators of the site, in English; what residents and guards read is in the locale files. */
  means: string,
];

/**
 * Every reason a decision can carry (config/contract/README.md#reasons), in order: the first failed check is the
 * primary reason.
 */
// biome-ignore format: a table
const TABLE = [
  // reason                    no.  remedy    retry    asks    about      referable       clock      attention     order              means
  ['gp:MalformedPass',         148, 'again',  'retry', 'asks', 'form',    '-',            '-',       '-',          '-',               'the text is damaged or not made by the rules of a pass'],
  ['gp:UnsupportedVersion',    148, 'guard',  '-',     'asks', 'form',    '-',            '-',       '-',          '-',               'a code of another system or of a later version'],
  ['gp:UnknownIssuer',         129, 'office', '-',     '-',    '-',       '-',            'refer',   '-',          '-',               'no key that is trusted here and now issued it'],
  ['gp:SignatureInvalid',      132, 'office', '-',     '-',    '-',       '-',            '-',       '-',          '-',               'the signature does not fit: forged, changed or copied wrongly'],
  ['gp:WrongSite',             139, 'again',  '-',     'asks', '-',       '-',            '-',       '-',          '-',               'made for another site'],
  ['CredentialExpired',        152, 'office', '-',     'asks', '-',       '-',            'floor',   '-',          '-',               'its time is over'],
  ['CredentialNotActive',      151, 'office', '-',     'asks', '-',       '-',            'forgive', '-',          '-',               'its time has not begun'],
  ['CredentialNotEnabled',     158, 'office', '-',     'asks', '-',       '-',            '-',       '-',          '-',               'suspended at this kiosk'],
  ['gp:Revoked',               153, 'office', '-',     'asks', '-',       '-',            '-',       '-',          '-',               'withdrawn, or signed with a key that was withdrawn'],
  ['gp:DynamicCodeRequired',   132, 'again',  '-',     'asks', '-',       '-',            '-',       '-',          '-',               'bound to a phone, but shown as a fixed picture'],
  ['gp:DynamicCodeStale',      131, 'again',  'retry', 'asks', '-',       '-',            'refer',   '-',          '-',               'the phone made this code too long ago, or its clock is wrong: a screenshot, perhaps'],
  ['gp:Replay',                132, 'wait',   'retry', 'asks', '-',       '-',            '-',       '-',          '-',               'this very phone code was shown before'],
  ['gp:QuarantineOrder',       137, 'office', '-',     'asks', '-',       '-',            '-',       '-',          '-',               'an order says the holder stays at home'],
  ['gp:HealthStatusRestricted',137, 'office', '-',     'asks', '-',       '-',            '-',       '-',          '-',               'a health status keeps the holder in'],
  ['Unauthorized',             134, 'office', '-',     'asks', '-',       '-',            '-',       '-',          '-',               'this kind of pass or this gate is not allowed'],
  ['NotPermittedAtThisTime',   136, 'wait',   '-',     'asks', '-',       '-',            'forgive', '-',          '-',               'outside the hours of the pass'],
  ['gp:QuotaExceeded',         156, 'guard',  '-',     'asks', '-',       '-',            '-',       '-',          'giveBackQuota',   'the household has used its quota'],
  ['gp:MaxUses',               156, 'office', '-',     'asks', '-',       '-',            '-',       '-',          'giveBackUses',    'all uses are spent'],
  ['gp:AntipassbackViolation', 138, 'guard',  '-',     'asks', '-',       '-',            '-',       '-',          'forgive',         'in while in, out while out, or too soon after the last passage'],
  ['gp:OccupancyLimit',        142, 'wait',   '-',     'asks', '-',       '-',            '-',       '-',          '-',               'the area is full'],
  ['gp:VisitorNotRegistered',  129, 'guard',  '-',     'asks', '-',       '-',            'refer',   '-',          'registerVisitor', 'the visitor is not registered'],
  ['gp:HostNotConfirmed',      163, 'guard',  '-',     'asks', '-',       'always',       '-',       '-',          'confirmHost',     'the host has not confirmed the visit'],
  ['gp:GateMode',              128, 'closed', '-',     '-',    '-',       'emergency',    '-',       '-',          '-',               'the gate is blocked, locked down or out of service'],
  ['gp:TemperatureHigh',       162, 'guard',  '-',     'asks', 'reading', '-',            '-',       'elevated',   '-',               'the screening was elevated'],
  ['gp:TemperatureNotMeasured',163, 'guard',  '-',     'asks', 'reading', 'always',       '-',       '-',          '-',               'no temperature could be measured'],
  ['gp:TemperatureSensorFault',130, 'guard',  '-',     'asks', 'reading', 'always',       '-',       '-',          '-',               'the thermometer does not work'],
  ['gp:ClockUntrusted',        130, 'guard',  '-',     'asks', '-',       'unlessDeny',   '-',       '-',          '-',               'the kiosk does not know the time for certain'],
  ['gp:PolicyStale',           130, 'guard',  '-',     'asks', '-',       'always',       '-',       '-',          '-',               'the lists of the kiosk are too old'],
  ['gp:RecordsUntrusted',       130, 'guard',  '-',     'asks', '-',       'unlessDeny',   '-',       '-',          '-',               'the records of earlier passages went back, and this pass depends on them'],
  ['gp:LogUnavailable',        130, 'guard',  '-',     'asks', '-',       '-',            '-',       '-',          '-',               'the log cannot be written'],
  ['gp:MaxAttempts',           140, 'guard',  '-',     'asks', '-',       '-',            '-',       '-',          '-',               'too many bad reads in a row'],
  ['gp:GuardDenied',           162, 'guard',  '-',     'asks', '-',       '-',            '-',       '-',          '-',               'the guard refused'],
  ['gp:GuardTimeout',          163, 'again',  '-',     'asks', 'delay',   '-',            '-',       'unanswered', '-',               'the guard did not answer'],
  ['gp:PassageTimeout',        131, 'again',  '-',     'asks', 'delay',   '-',            '-',       '-',          '-',               'nobody went through in time'],
  ['gp:OneAtATime',            164, 'wait',   '-',     'asks', '-',       '-',            '-',       '-',          '-',               'somebody else was at the gate: one person at a time'],
  ['gp:LockFailed',            164, 'guard',  '-',     'asks', '-',       '-',            '-',       '-',          '-',               'the lock did not do what it was told'],
  ['gp:GuestNotAllowed',       135, 'office', '-',     'asks', '-',       '-',            '-',       '-',          '-',               'guests by phone are off here, or the host may not invite'],
  ['Other',                    164, 'guard',  '-',     'asks', '-',       '-',            '-',       '-',          '-',               'another reason'],
] as const satisfies readonly Row[];

export type Reason = (typeof TABLE)[number][0];

const COLUMNS = TABLE.map(
  ([reason, bacnet, remedy, retry, asks, about, referable, clock, attention, order, means]: Row) =>
    [
      reason as Reason,
      { bacnet, remedy, retry, asks, about, referable, clock, attention, order, means },
    ] as const,
);
type Attributes = (typeof COLUMNS)[number][1];

const ATTRIBUTES = Object.fromEntries(COLUMNS) as Readonly<Record<Reason, Attributes>>;

/** All reasons in the contract's order. */
export const REASONS: readonly Reason[] = TABLE.map(([reason]) => reason);

const RANK: ReadonlyMap<Reason, number> = new Map(REASONS.map((reason, rank) => [reason, rank]));

/** The attributes of a reason. A reader treats an unknown one as Other (config/contract/README.md). */
export function attributesOf(reason: Reason): Attributes {
  return Object.hasOwn(ATTRIBUTES, reason) ? ATTRIBUTES[reason] : ATTRIBUTES.Other;
}

/** The reasons with this value in this column. */
export function reasonsWith<Column extends keyof Attributes>(
  column: Column,
  value: Attributes[Column],
): ReadonlySet<Reason> {
  return new Set(REASONS.filter((reason) => ATTRIBUTES[reason][column] === value));
}

/** The given reasons without repeats, in the contract's order. */
export function orderReasons(reasons: Iterable<Reason>): Reason[] {
  return [...new Set(reasons)].sort((a, b) => (RANK.get(a) ?? 0) - (RANK.get(b) ?? 0));
}

/** Whether another measurement may remove one of the reasons. */
export function someAboutReading(reasons: readonly Reason[]): boolean {
  return reasons.some((reason) => attributesOf(reason).about === 'reading');
}

/** Whether only a measurement, and waiting for it, stands in the way. */
export function onlyAboutReading(reasons: readonly Reason[]): boolean {
  const known = (reason: Reason) => ['reading', 'delay'].includes(attributesOf(reason).about);
  return someAboutReading(reasons) && reasons.every(known);
}

/** The result of a check as a list, to be joined with others. */
export function reasonIf(failed: boolean, reason: Reason): Reason[] {
  return failed ? [reason] : [];
}
