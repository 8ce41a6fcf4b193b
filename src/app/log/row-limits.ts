import { COMMAND_REFUSALS } from '../../core/contract/commands.ts';
import type { AccessData, DeviceData, EventDataByName, EventName } from '../../core/events/event.ts';

const MINUTE_MS = 60_000;

/**
 * How many rows may be written: `burst` at once, then one in each `everyMs` (milliseconds of the monotonic clock), and
 * `owed` more at once for something that was not told lately.
 */
export interface RowLimit {
  readonly burst: number;
  readonly everyMs: number;
  readonly owed: number;
}

/** Figures of src/adapters/sqlite/README.md#row-rates. */
export const ROW_LIMITS = {
  /** One device, contact, alarm or lid; the clock; the disk; starts and stops. */
  change: { burst: 12, everyMs: 10 * MINUTE_MS, owed: 8 },
  /** Wrong passwords; lists and commands that are refused, which anybody who has the broker can send again. */
  outside: { burst: 60, everyMs: 10 * MINUTE_MS, owed: 8 },
  /** Refusals of people without a genuine pass at one access point. The first hundred codes an hour of a noisy scanner fit. */
  stranger: { burst: 120, everyMs: 10 * MINUTE_MS, owed: 8 },
  /** Refusals of one genuine pass at one access point. */
  pass: { burst: 30, everyMs: 10 * MINUTE_MS, owed: 8 },
  /** Refusals of all genuine passes at one access point. A whole settlement that is sent back in the evening fits. */
  passes: { burst: 1_000, everyMs: 30_000, owed: 0 },
} as const satisfies Record<string, RowLimit>;

/** The rows that are limited and counted together. */
export interface RowGroup {
  readonly key: string;
  readonly limit: RowLimit;
}

/** What a limited row belongs to. */
export interface RowSource extends RowGroup {
  /** What the row tells. What had no row in the last hour has one at once. */
  readonly tells: string;
  /** The groups of one kind together. */
  readonly all?: RowGroup;
}

type RowsByName = {
  readonly [N in EventName]: {
    readonly name: N;
    readonly subject: string;
    readonly data: EventDataByName[N];
  };
};
/** The parts of a row that say what it belongs to. */
export type LimitedRow = RowsByName[EventName];
type Rule<N extends EventName> = 'always' | ((row: RowsByName[N]) => RowSource | 'always');

/**
 * For each event whether it always has a row. What opens, what a person orders and what is signed always has one:
 * grants, what became of them, orders, lists in force, accounts, and what happened to the log itself. What somebody can
 * cause again and again without authority, or a broken device, is limited. The compiler asks for a rule for each new
 * event.
 */
const RULES: { readonly [N in EventName]: Rule<N> } = {
  'access.requested': refusal,
  'access.granted': 'always',
  'access.denied': refusal,
  'access.taken': 'always',
  'access.nottaken': (row) => (row.data.recognition === 'pt:REX' ? refusal(row) : 'always'),
  'access.timeout': refusal,
  'access.duress': refusal,
  'assist.requested': assist,
  // An order of a guard.
  'assist.answered': 'always',
  'assist.talked': 'always',
  'assist.unanswered': assist,
  'credential.apbviolation': 'always',
  'policy.applied': 'always',
  'policy.rejected': ({ subject, data }) => outside(`lists ${subject}`, data.cause),
  'directory.applied': 'always',
  'visitor.registered': 'always',
  'vehicle.registered': 'always',
  'delivery.registered': 'always',
  'door.mode': 'always',
  'accesspoint.enabled': 'always',
  'site.order': 'always',
  'door.physical': ({ data }) => change(movementsOf(data.door), data.state),
  'door.alarm': ({ data }) => change(`alarm ${data.door}`, data.alarm),
  'door.tamper': ({ data }) => change(`lid ${data.door}`, data.tamper),
  'door.fault': device,
  'screening.sensor': device,
  'device.scanner': device,
  'device.storage': device,
  'device.clock': ({ subject, data }) =>
    data.by === undefined ? change(`clock ${subject}`, data.quality) : 'always',
  'device.started': ({ name, subject }) => change(`${name} ${subject}`, name),
  'device.stopping': ({ name, subject }) => change(`${name} ${subject}`, name),
  'operator.login': 'always',
  'operator.logout': 'always',
  'operator.authfailed': ({ subject, data }) => outside(`sign-in ${subject}`, data.operator),
  'operator.changed': 'always',
  'operator.handover': 'always',
  'operator.lookup': 'always',
  'operator.override': 'always',
  'operator.upkeep': 'always',
  'command.result': ({ subject, data }) =>
    COMMAND_REFUSALS.some((one) => one === data.reason)
      ? outside(`commands ${subject}`, data.reason ?? '')
      : 'always',
  'log.reset': 'always',
  'log.altered': 'always',
  'log.purged': 'always',
  'log.checkpoint': 'always',
  // At most one is open for a pass, and a few dozen in all.
  'privacy.requested': 'always',
  'privacy.exported': 'always',
  'storage.backup': 'always',
  'privacy.erased': 'always',
  // A list at a time, and one of each alarm.
  'muster.started': 'always',
  'muster.ended': 'always',
  'muster.erased': 'always',
  'stats.daily': 'always',
  'stats.reviewed': 'always',
  'site.stooddown': 'always',
  'attention.notified': ({ name, data }) => ({
    key: `${name} ${data.to}`,
    limit: ROW_LIMITS.pass,
    tells: data.outcome,
  }),
};

/** The events that may be limited. */
export const LIMITED_EVENTS: readonly EventName[] = (Object.keys(RULES) as EventName[]).filter(
  (name) => RULES[name] !== 'always',
);

/** What the row belongs to; undefined: it is always written. */
export function sourceOf(row: LimitedRow): RowSource | undefined {
  // The rule is that of the row's name; TypeScript cannot see that through the union.
  const rule = RULES[row.name] as 'always' | ((row: LimitedRow) => RowSource | 'always');
  const source = rule === 'always' ? rule : rule(row);
  return source === 'always' ? undefined : source;
}

/** The group of the movements of a door. Each grant allows the movements of one passage. */
export function movementsOf(door: string): string {
  return `movement ${door}`;
}

/** A refusal by a guard is an order. */
function refusal({
  name,
  data,
}: {
  readonly name: EventName;
  readonly data: AccessData;
}): RowSource | 'always' {
  const { accessPoint, recognition, passId, reason = '', decidedBy } = data;
  if (decidedBy !== 'auto') return 'always';
  const tells = `${name} ${reason}`;
  if (passId === undefined)
    return { key: `${recognition} ${accessPoint}`, limit: ROW_LIMITS.stranger, tells };
  return {
    key: `pass ${accessPoint} ${passId}`,
    limit: ROW_LIMITS.pass,
    tells,
    all: { key: `passes ${accessPoint}`, limit: ROW_LIMITS.passes },
  };
}

/** Calls at one access point; what a guard answers always has its row. */
function assist({
  name,
  data,
}: {
  readonly name: EventName;
  readonly data: { readonly accessPoint: string };
}): RowSource {
  return { key: `${name} ${data.accessPoint}`, limit: ROW_LIMITS.pass, tells: name };
}

function device({
  name,
  subject,
  data,
}: {
  readonly name: EventName;
  readonly subject: string;
  readonly data: DeviceData;
}): RowSource {
  return change(`${name} ${subject} ${data.device}`, `${data.status} ${data.cause ?? ''}`);
}

function change(key: string, tells: string): RowSource {
  return { key, limit: ROW_LIMITS.change, tells };
}

function outside(key: string, tells: string): RowSource {
  return { key, limit: ROW_LIMITS.outside, tells };
}
