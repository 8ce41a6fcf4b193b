import type { DoorPhysicalState } from '../../core/access/vocabulary.ts';
import type { AccessMark } from '../../core/decision/decision.ts';
import type { Given } from '../../core/desk/guard-order.ts';
import { isGatepostError } from '../../core/errors.ts';
import { dataOf, subjectOf } from '../../core/events/envelope.ts';
import type { AccessData, StoredEvent } from '../../core/events/event.ts';
import type { DataRequest } from '../../core/report/data-request.ts';
import type { AttentionView } from '../../ports/boards.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { DeviceView, DoorView, GateState } from '../../ports/gate-state.ts';
import type { Logger } from '../../ports/logger.ts';
import type { AttentionBook, KeptAttention } from '../../ports/site-store.ts';
import { overrideAt, type Planned, refused } from '../log/desk-records.ts';

/** Items of one kind beyond this number are joined in one line, so that no kind displaces another. */
const MOST_OF_A_KIND = 20;
/** The events that raise an item or mark one as seen, and how many of each name are read at the start. */
const RAISING = [
  'access.granted',
  'access.denied',
  'access.duress',
  'door.alarm',
  'door.tamper',
  'log.reset',
  'log.altered',
  'device.storage',
] as const;
const SEEING = 'operator.override';
const ROWS_LOOKED_AT = 500;
/** Devices that need attention when they fail: without them people wait, a door is not watched, or nobody is called. */
const NEEDED: ReadonlySet<DeviceView['role']> = new Set([
  ...([
    'scanner',
    'thermometer',
    'lock',
    'contact',
    'exitButton',
    'callButton',
    'tamper',
    'fire',
    'log',
    'push',
  ] as const),
]);
/** Kinds about a door and its devices. */
const DOOR_KINDS: ReadonlySet<AttentionView['kind']> = new Set(['tamper', 'forced', 'heldOpen'] as const);
const DOOR_ROLES: ReadonlySet<DeviceView['role']> = new Set([
  ...(['lock', 'contact', 'exitButton', 'callButton', 'tamper', 'fire'] as const),
]);
/** What waits for a guard for as long as it lasts. */
const WAITING_KINDS: ReadonlySet<AttentionView['kind']> = new Set([
  ...(['siteOrder', 'levelWaits', 'recordsUntrusted', 'dataRequest', 'lockOut'] as const),
]);
/** Kinds about the gate as a whole. */
const OF_GATE: ReadonlySet<AttentionView['kind']> = new Set([
  ...([
    'logReset',
    'logAltered',
    'logBehind',
    'recordsUntrusted',
    'siteOrder',
    'levelWaits',
    'guessing',
  ] as const),
]);
const DOOR_ALARMS = { DoorForcedOpen: 'forced', DoorOpenTooLong: 'heldOpen' } as const;

type AttentionState = Pick<GateState, 'attention' | 'devices' | 'doors'>;

interface AttentionKeeping {
  readonly book: AttentionBook;
  readonly logger: Logger;
}

/**
 * What the guard must look at now, newest first, the same for all screens. An item stays until a guard marks it as
 * seen, also over restarts. An item that is still true, such as a lock-out, stays until it is over.
 */
export class Attention {
  readonly #state: AttentionState;
  readonly #keeping: AttentionKeeping | undefined;
  #items: readonly AttentionView[] = [];
  #kept: string | undefined;
  /** When each lid that is open now was opened, by door. */
  readonly #openLids = new Map<string, number>();
  /** Alarms that last, by door. */
  readonly #alarms = new Map<
    string,
    { readonly alarm: keyof typeof DOOR_ALARMS; readonly sinceMs: number }
  >();
  /** Items of the devices that are in trouble now, seen or not. */
  readonly #troubled = new Set<string>();

  /** @param deps `keeping`: stores the list; without it a restart restores only what the last rows of the log tell */
  constructor(deps: { state: AttentionState; keeping?: AttentionKeeping }) {
    this.#state = deps.state;
    this.#keeping = deps.keeping;
  }

  /** Remembers doors and devices in trouble from now on. */
  watch(clock: Clock): void {
    this.#state.devices.follow((device) => this.#deviceIs(device));
    this.#state.doors.follow((door) => this.#doorIs(door, clock.read().wallMs));
  }

  /** Fills the list from the store and from the log, so that a restart does not lose items that nobody has seen. */
  restore(log: EventLog): void {
    const items = new Map<string, AttentionView>();
    const kept = this.#loadKept();
    for (const item of [...kept.items].reverse()) items.set(item.id, item);
    // Items raised between the last storing and the end of the process are in the log.
    for (const event of itemRows(log)) {
      if (event.sequence > kept.sequence) replay(event, items);
    }
    for (const item of [...this.#items].reverse()) {
      items.delete(item.id);
      items.set(item.id, item);
    }
    this.#kept = '';
    this.#show([...items.values()].reverse());
  }

  /** Replaces an item of the same id and increases its count. */
  raise(item: AttentionView): void {
    const before = this.#items.find(({ id }) => id === item.id);
    const count = before === undefined || lastsItself(before) ? 1 : (before.count ?? 1) + 1;
    this.#replace(count === 1 ? item : { ...item, count });
  }

  lockedOut(accessPoint: string, sinceMs: number, untilMs: number): void {
    this.raise({ id: lockOutId(accessPoint), kind: 'lockOut', accessPoint, sinceMs, untilMs });
  }

  /** @param byItself whether it ended by itself; then the item stays, marked as over */
  lockOutOver(accessPoint: string, byItself: boolean): void {
    const id = lockOutId(accessPoint);
    const item = this.#items.find((one) => one.id === id);
    if (item === undefined) return;
    if (byItself) this.#replace({ ...item, over: true });
    else this.#show(this.#without(id));
  }

  /** Somebody calls the guard there since `sinceMs`, and nobody has answered. */
  assistCalls(accessPoint: string, sinceMs: number): void {
    this.raise({ id: assistId(accessPoint), kind: 'assist', accessPoint, sinceMs });
  }

  /** @param answered whether a guard has answered; otherwise the item stays, marked as over */
  assistOver(accessPoint: string, answered: boolean): void {
    const id = assistId(accessPoint);
    const item = this.#items.find((one) => one.id === id);
    if (item === undefined || item.over === true) return;
    if (answered) this.#show(this.#without(id));
    else this.#replace({ ...item, over: true });
  }

  /** The centre's order to the site waits for a guard since `sinceMs`; undefined: not any more. */
  siteOrderWaits(gate: string, sinceMs: number | undefined): void {
    this.#waits(logItem('siteOrder', gate, sinceMs ?? 0), sinceMs);
  }

  /** The level of the schedule waits since `sinceMs`; undefined: not any more. */
  levelWaits(gate: string, sinceMs: number | undefined): void {
    this.#waits(logItem('levelWaits', gate, sinceMs ?? 0), sinceMs);
  }

  #waits(item: AttentionView, sinceMs: number | undefined): void {
    if (sinceMs !== undefined) this.#replace(item);
    else if (this.#items.some(({ id }) => id === item.id)) this.#show(this.#without(item.id));
  }

  /**
   * Items that nobody has seen end with the rows they come from: about a passage, and about everything else but what lasts.
   * @param passageMs Unix ms: passages at or before it. @param otherMs the same for everything else
   * @returns whether there were any
   */
  end({ passageMs, otherMs }: { readonly passageMs: number; readonly otherMs: number }): boolean {
    const left = this.#items.filter(({ id, kind, passage, sinceMs }) => {
      if (this.#troubled.has(id) || WAITING_KINDS.has(kind)) return true;
      return sinceMs > (passage === undefined ? otherMs : passageMs);
    });
    if (left.length === this.#items.length) return false;
    this.#show(left);
    return true;
  }

  /** A guard has confirmed the records: the item goes away. */
  recordsConfirmed(gate: string): void {
    this.#show(this.#without(logItem('recordsUntrusted', gate, 0).id));
  }

  /** The requests that nobody has answered, newest first; items of others go away. */
  requestsAre(requests: readonly DataRequest[]): void {
    const before = new Map(this.#items.map((item) => [item.id, item]));
    const items = requests.map((request) => {
      const item = requestItem(request);
      return before.get(item.id) ?? item;
    });
    const isSame = this.#items.filter(isRequest).every(({ id }, index) => id === items[index]?.id);
    if (isSame && this.#items.filter(isRequest).length === items.length) return;
    this.#show([...items, ...this.#items.filter((item) => !isRequest(item))]);
  }

  /** An open lid is an alarm of its door. The item stays when the lid is closed again. */
  lidIs(door: string, state: DoorPhysicalState, nowMs: number): void {
    const sinceMs = this.#openLids.get(door);
    if (state === 'Open') {
      this.#openLids.set(door, sinceMs ?? nowMs);
      this.#keep();
    } else if (sinceMs !== undefined) {
      this.#openLids.delete(door);
      this.raise(doorItem('tamper', door, sinceMs));
    }
  }

  /** The same for a door that was forced or stood open for too long. */
  #doorIs({ door, alarm }: Pick<DoorView, 'door' | 'alarm'>, nowMs: number): void {
    const before = this.#alarms.get(door);
    if (alarm === (before?.alarm ?? 'Normal')) return;
    if (alarm === 'Normal') this.#alarms.delete(door);
    else this.#alarms.set(door, { alarm, sinceMs: nowMs });
    if (before === undefined) this.#keep();
    else this.raise(doorItem(DOOR_ALARMS[before.alarm], door, before.sinceMs));
  }

  /** The item of a device stays when the device works again. A further attempt to open it changes nothing. */
  #deviceIs({ role, owner, status, sinceMs }: DeviceView): void {
    if (!NEEDED.has(role) || status === 'connecting') return;
    const accessPoint = owner ?? role;
    const id = `device-${role}:${accessPoint}`;
    const item = this.#items.find((one) => one.id === id);
    if (status === 'ok') {
      this.#troubled.delete(id);
      if (item !== undefined && item.over !== true) this.#replace({ ...item, over: true });
    } else if (!this.#troubled.has(id)) {
      this.#troubled.add(id);
      // Trouble that already had an item before a restart does not raise a second one.
      if (item === undefined || item.over === true)
        this.raise({ id, kind: 'device', accessPoint, role, sinceMs });
    }
  }

  /** A guard has marked the item as seen on one of the screens; the log records who and when. */
  plan({ id, operator }: Given<'seen'>): Planned {
    const item = this.#items.find((one) => one.id === id);
    if (item === undefined) return refused('already_seen', 'Somebody has marked it as seen already.');
    if (!canBeSeen(item))
      return refused('not_over', 'This is not over yet. It goes away by itself when it is.');
    return {
      events: [overrideAt(item.accessPoint, { operator, action: 'seen', ...aboutOf(item) })],
      act: () => {
        this.#show(this.#without(id));
      },
    };
  }

  #without(id: string): readonly AttentionView[] {
    return this.#items.filter((item) => item.id !== id);
  }

  #replace(item: AttentionView): void {
    this.#show([item, ...this.#without(item.id)]);
  }

  #show(items: readonly AttentionView[]): void {
    this.#items = folded(items);
    this.#state.attention.set(this.#items);
    this.#keep();
  }

  /**
   * Stores the list, but not before restore(), so that new items do not overwrite the stored ones. A lock-out is not
   * stored because it ends with the process, and a call because its access point finds it in the log. An alarm of a door that still lasts is stored as an item, because this
   * process may not see its end.
   */
  #keep(): void {
    if (this.#kept === undefined || this.#keeping === undefined) return;
    const items = [...this.#comingItems(), ...this.#items.filter(canBeSeen)];
    const text = JSON.stringify(items);
    if (text === this.#kept) return;
    try {
      this.#keeping.book.keep(items);
      this.#kept = text;
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      const { logger } = this.#keeping;
      logger.warn({ code: error.code }, `What the guard has not seen is not kept: ${error.message}`);
    }
  }

  #comingItems(): readonly AttentionView[] {
    const coming = [
      ...[...this.#openLids].map(([door, sinceMs]) => doorItem('tamper', door, sinceMs)),
      ...[...this.#alarms].map(([door, { alarm, sinceMs }]) => doorItem(DOOR_ALARMS[alarm], door, sinceMs)),
    ];
    return coming.filter(({ id }) => !this.#items.some((item) => item.id === id));
  }

  #loadKept(): KeptAttention {
    const nothing = { items: [], sequence: 0 };
    try {
      return this.#keeping?.book.load() ?? nothing;
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      return nothing;
    }
  }
}

/** Kinds that a guard must answer, not only see. */
const ANSWERED: ReadonlySet<AttentionView['kind']> = new Set([
  ...(['recordsUntrusted', 'dataRequest', 'siteOrder', 'levelWaits'] as const),
]);

/**
 * Everything can be marked as seen at once, except a lock-out or a call that is not over, and what a guard must
 * answer.
 */
function canBeSeen({ kind, over }: AttentionView): boolean {
  return !ANSWERED.has(kind) && (!lastsItself({ kind }) || over === true);
}

/** Kinds that are one for an access point, and go on until they are over. */
function lastsItself({ kind }: Pick<AttentionView, 'kind'>): boolean {
  return kind === 'lockOut' || kind === 'assist';
}

function isRequest({ kind }: AttentionView): boolean {
  return kind === 'dataRequest';
}

function requestItem({ number, kind, accessPoint, askedMs }: DataRequest): AttentionView {
  const request = { number, kind };
  return { id: `dataRequest:${number}`, kind: 'dataRequest', accessPoint, sinceMs: askedMs, request };
}

function assistId(accessPoint: string): string {
  return `assist:${accessPoint}`;
}

function lockOutId(accessPoint: string): string {
  return `lockOut:${accessPoint}`;
}

/** What the item is about, for its row in the log. */
function aboutOf({ kind, role, accessPoint, passage }: AttentionView) {
  const isDoor = DOOR_KINDS.has(kind) || (role !== undefined && DOOR_ROLES.has(role));
  const place = isDoor ? { door: accessPoint } : isOfGate(kind, role) ? {} : { accessPoint };
  return {
    item: kind,
    ...(role === undefined ? {} : { role }),
    ...place,
    ...(passage === undefined ? {} : { passage }),
  };
}

function isOfGate(kind: AttentionView['kind'], role: AttentionView['role']): boolean {
  return role === 'log' || OF_GATE.has(kind);
}

/**
 * Whether a row says that an item was seen. Rows of older versions have the kind of the item in `note`; of rows about a
 * passage the kind ends with the screening.
 */
function tellsOf(event: StoredEvent, { id, passage: about }: AttentionView): boolean {
  const data = dataOf(event, SEEING);
  if (data.action !== 'seen') return false;
  const { item, role, passage, note } = data;
  const kind = item === undefined ? note : role === undefined ? item : `${item}-${role}`;
  return kind === undefined ? about === passage : id === `${kind}:${passage ?? subjectOf(event)}`;
}

/** Joins the oldest items beyond the limit of a kind into one, with their number. @param items newest first */
function folded(items: readonly AttentionView[]): readonly AttentionView[] {
  const kinds = new Map<AttentionView['kind'], AttentionView[]>();
  for (const item of items) {
    // Each lock-out, call and request is answered by itself.
    if (!lastsItself(item) && !isRequest(item)) kinds.set(item.kind, [...(kinds.get(item.kind) ?? []), item]);
  }
  const changed = new Map<string, AttentionView | undefined>();
  for (const ofKind of kinds.values()) {
    const [last, ...more] = ofKind.slice(MOST_OF_A_KIND - 1);
    if (last === undefined || more.length === 0) continue;
    const count = [last, ...more].reduce((sum, item) => sum + (item.count ?? 1), 0);
    changed.set(last.id, { ...last, count });
    for (const { id } of more) changed.set(id, undefined);
  }
  return items.flatMap((item) => (changed.has(item.id) ? (changed.get(item.id) ?? []) : item));
}

function doorItem(kind: 'tamper' | 'forced' | 'heldOpen', door: string, sinceMs: number): AttentionView {
  return { id: `${kind}:${door}`, kind, accessPoint: door, sinceMs };
}

/** The item for something about the gate as a whole, most often its log. */
export function logItem(
  kind:
    | 'logReset'
    | 'logAltered'
    | 'logBehind'
    | 'recordsUntrusted'
    | 'siteOrder'
    | 'levelWaits'
    | 'guessing',
  gate: string,
  sinceMs: number,
): AttentionView {
  return { id: `${kind}:${gate}`, kind, accessPoint: gate, sinceMs };
}

/** The item for something about one passage. */
export function passageItem(
  kind: AccessMark | 'emergency' | 'duress' | 'elevated' | 'unanswered',
  { accessPoint, passage }: Pick<AccessData, 'accessPoint' | 'passage'>,
  sinceMs: number,
): AttentionView {
  return { id: `${kind}:${passage}`, kind, accessPoint, sinceMs, passage };
}

/**
 * The rows that raise or end items, oldest first. Each name is read separately, because otherwise many ordinary rows
 * would displace the few calls. Rows older than the oldest order that was read are left out: their items may already
 * have been marked as seen.
 */
function itemRows(log: EventLog): readonly StoredEvent[] {
  const orders = log.recent([SEEING], ROWS_LOOKED_AT);
  const from = orders.length < ROWS_LOOKED_AT ? 0 : (orders.at(-1)?.sequence ?? 0);
  const raised = RAISING.flatMap((name) => log.recent([name], ROWS_LOOKED_AT));
  return [...orders, ...raised.filter(({ sequence }) => sequence > from)].sort(
    (one, other) => one.sequence - other.sequence,
  );
}

function replay(event: StoredEvent, items: Map<string, AttentionView>): void {
  const raise = (item: AttentionView) => {
    items.delete(item.id);
    items.set(item.id, item);
  };
  if (event.name === 'access.granted') {
    const data = dataOf(event, event.name);
    for (const mark of data.marks ?? []) raise(passageItem(mark, data, event.timeMs));
  } else if (event.name === 'access.denied') {
    const data = dataOf(event, event.name);
    if (data.kind === 'emergency') raise(passageItem('emergency', data, event.timeMs));
  } else if (event.name === 'access.duress') {
    raise(passageItem('duress', dataOf(event, event.name), event.timeMs));
  } else if (event.name === 'door.tamper') {
    const { door, tamper } = dataOf(event, event.name);
    if (tamper === 'TamperDetected') raise(doorItem('tamper', door, event.timeMs));
  } else if (event.name === 'door.alarm') {
    const { door, alarm } = dataOf(event, event.name);
    if (alarm !== 'Normal') raise(doorItem(DOOR_ALARMS[alarm], door, event.timeMs));
  } else if (event.name === 'log.reset') {
    const { cause } = dataOf(event, event.name);
    if (cause !== 'new log') raise(logItem('logReset', subjectOf(event), event.timeMs));
  } else if (event.name === 'log.altered') {
    raise(logItem('logAltered', subjectOf(event), event.timeMs));
  } else if (event.name === 'device.storage') {
    const { cause } = dataOf(event, event.name);
    if (cause === 'log.behind') raise(logItem('logBehind', subjectOf(event), event.timeMs));
  } else if (event.name === SEEING) {
    for (const item of items.values()) if (tellsOf(event, item)) items.delete(item.id);
  }
}
