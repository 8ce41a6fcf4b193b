import type { DoorPhysicalState } from '../core/access/vocabulary.ts';
import type { AccessData, EventDataByName, EventName, StoredEvent } from '../core/events/event.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { DeskAnswer } from '../ports/guard-desk.ts';
import type { AttentionView, GuardFeed } from '../ports/guard-feed.ts';
import { type DeskRecords, refused } from './desk-records.ts';

/** More at once nobody can look at; the oldest goes. */
const MOST_ITEMS = 20;
/** The rows that tell what was raised, those that tell what was seen, and how many of each name are looked at. */
const RAISING = ['access.granted', 'access.denied', 'access.duress', 'door.tamper'] as const;
const SEEING = 'operator.override';
const ROWS_LOOKED_AT = 500;
/** The action under which the log keeps who has seen an item and when. */
const SEEN = 'seen';

/**
 * What the guard must look at now, newest first, for all screens alike. An item stays until a guard has marked it as
 * seen; one that is still true, a lock-out, until it is over.
 */
export class Attention {
  readonly #feed: GuardFeed;
  readonly #records: DeskRecords;
  #items: readonly AttentionView[] = [];
  /** When each lid that is open now was opened, by door. */
  readonly #openLids = new Map<string, number>();

  constructor(options: { feed: GuardFeed; records: DeskRecords }) {
    this.#feed = options.feed;
    this.#records = options.records;
  }

  /** Fills the list from the log: what nobody has seen is not forgotten with a restart. */
  restore(log: EventLog): void {
    const items = new Map<string, AttentionView>();
    for (const event of itemRows(log)) replay(event, items);
    for (const item of [...this.#items].reverse()) items.set(item.id, item);
    this.#show([...items.values()].reverse());
  }

  /** Replaces an item of the same id. */
  raise(item: AttentionView): void {
    this.#show([item, ...this.#without(item.id)]);
  }

  lockedOut(accessPoint: string, sinceMs: number, untilMs: number): void {
    this.raise({ id: lockOutId(accessPoint), kind: 'lockOut', accessPoint, sinceMs, untilMs });
  }

  /** @param byItself nobody has looked: the item stays, as one that is over */
  lockOutOver(accessPoint: string, byItself: boolean): void {
    const id = lockOutId(accessPoint);
    const item = this.#items.find((one) => one.id === id);
    if (item === undefined) return;
    if (byItself) this.raise({ ...item, over: true });
    else this.#show(this.#without(id));
  }

  /** An open lid is an alarm of its door; one that is open no longer is still to be looked at. */
  lidIs(door: string, state: DoorPhysicalState, nowMs: number): void {
    const sinceMs = this.#openLids.get(door);
    if (state === 'Open') this.#openLids.set(door, sinceMs ?? nowMs);
    else if (sinceMs !== undefined) {
      this.#openLids.delete(door);
      this.raise(lidItem(door, sinceMs));
    }
  }

  /** A guard has seen the item, on one of the screens; the log keeps who and when. */
  markSeen({ id, operator }: { id: string; operator: string }): DeskAnswer {
    const item = this.#items.find((one) => one.id === id);
    if (item === undefined) return refused('Somebody has marked it as seen already.');
    if (!isOver(item)) return refused('This is not over yet. It goes away by itself when it is.');
    const { kind, accessPoint, passage } = item;
    const about = { accessPoint, ...(passage === undefined ? {} : { passage }) };
    const answer = this.#records.write({ operator, note: kind }, (note) => ({
      events: [this.#records.override(SEEN, operator, note, about)],
      effects: [],
    }));
    if (answer.status === 'done') this.#show(this.#without(id));
    return answer;
  }

  #without(id: string): readonly AttentionView[] {
    return this.#items.filter((item) => item.id !== id);
  }

  #show(items: readonly AttentionView[]): void {
    const shown = new Set(items.filter(isOver).slice(0, MOST_ITEMS));
    this.#items = items.filter((item) => !isOver(item) || shown.has(item));
    this.#feed.publish('attention', this.#items);
  }
}

/** Everything is over when it is raised, but a lock-out. */
function isOver({ kind, over }: AttentionView): boolean {
  return kind !== 'lockOut' || over === true;
}

function lockOutId(accessPoint: string): string {
  return `lockOut:${accessPoint}`;
}

function lidItem(door: string, sinceMs: number): AttentionView {
  return { id: `tamper:${door}`, kind: 'tamper', accessPoint: door, sinceMs };
}

/** The item for something about one passage. */
export function passageItem(
  kind: Exclude<AttentionView['kind'], 'lockOut' | 'tamper'>,
  { accessPoint, passage }: Pick<AccessData, 'accessPoint' | 'passage'>,
  sinceMs: number,
): AttentionView {
  return { id: `${kind}:${passage}`, kind, accessPoint, sinceMs, passage };
}

/**
 * Oldest first. Each name has rows of its own, or the many who just pass would hide the few who call; none is from
 * before the oldest order that is looked at, for what was raised then may have been seen then.
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
    if (tamper === 'TamperDetected') raise(lidItem(door, event.timeMs));
  } else if (event.name === SEEING) {
    const { action, note, passage, accessPoint } = dataOf(event, event.name);
    if (action === SEEN) items.delete(`${note}:${passage ?? accessPoint}`);
  }
}

function dataOf<N extends EventName>(event: StoredEvent, _name: N): EventDataByName[N] {
  return JSON.parse(new TextDecoder().decode(event.body)).data;
}
