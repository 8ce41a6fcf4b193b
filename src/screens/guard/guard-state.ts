import type { PassageView } from '../../ports/boards.ts';
import type { AssistView, DeviceView, DoorView } from '../../ports/gate-state.ts';
import type { GuardTopics, SiteView } from '../../ports/guard-feed.ts';
import type { Topics } from '../shared/live-feed.ts';

/** A reason to call the guard to a door at once. */
export interface DoorCall {
  readonly door: string;
  readonly name: string;
  readonly kind: 'FireAlarm' | 'TamperDetected' | Exclude<DoorView['alarm'], 'Normal'>;
}

/** The most urgent first. */
const CALLS: readonly DoorCall['kind'][] = [
  'FireAlarm',
  'DoorForcedOpen',
  'TamperDetected',
  'DoorOpenTooLong',
];

/** The feed's values by name. Their types are the server's word: both are built from the same port. */
export class GuardState {
  readonly #topics: Topics;

  constructor(topics: Topics) {
    this.#topics = topics;
  }

  get site(): SiteView | undefined {
    return this.#topics.site as SiteView | undefined;
  }

  get queue(): GuardTopics['queue'] | undefined {
    return this.#topics.queue as GuardTopics['queue'] | undefined;
  }

  get servers(): GuardTopics['servers'] {
    return (this.#topics.servers ?? []) as GuardTopics['servers'];
  }

  get siteOrder(): GuardTopics['siteOrder'] | undefined {
    return this.#topics.siteOrder as GuardTopics['siteOrder'] | undefined;
  }

  get shift(): GuardTopics['shift'] | undefined {
    return this.#topics.shift as GuardTopics['shift'] | undefined;
  }

  /** The newest list of who is inside. */
  get muster(): GuardTopics['muster'] | undefined {
    return this.#topics.muster as GuardTopics['muster'] | undefined;
  }

  get https(): GuardTopics['https'] | undefined {
    return this.#topics.https as GuardTopics['https'] | undefined;
  }
  get backup(): GuardTopics['backup'] | undefined {
    return this.#topics.backup as GuardTopics['backup'] | undefined;
  }

  get clock(): GuardTopics['clock'] | undefined {
    return this.#topics.clock as GuardTopics['clock'] | undefined;
  }

  /** Newest first. */
  get decisions(): GuardTopics['decisions'] {
    const list = (this.#topics.decisions ?? []) as GuardTopics['decisions'];
    return [...list].sort((a, b) => b.timeMs - a.timeMs);
  }

  get doors(): readonly DoorView[] {
    return this.#below<DoorView>('door/');
  }

  /** The most urgent first. */
  get calls(): readonly DoorCall[] {
    return CALLS.flatMap((kind) =>
      this.doors.filter((door) => isCalled(door, kind)).map(({ door, name }) => ({ door, name, kind })),
    );
  }

  get policy(): GuardTopics['policy'] | undefined {
    return this.#topics.policy as GuardTopics['policy'] | undefined;
  }

  /** Orders that are not over. */
  orders(nowMs: number): GuardTopics['orders'] {
    const list = (this.#topics.orders ?? []) as GuardTopics['orders'];
    return list.filter(({ untilMs }) => untilMs === undefined || untilMs > nowMs);
  }

  /** Visits that are not over, and visitors who are inside all the same. */
  visitors(nowMs: number): GuardTopics['visitors'] {
    return ((this.#topics.visitors ?? []) as GuardTopics['visitors']).filter(
      ({ untilMs, insideSinceMs }) => untilMs > nowMs || insideSinceMs !== undefined,
    );
  }

  /** Newest first. */
  get attention(): GuardTopics['attention'] {
    return (this.#topics.attention ?? []) as GuardTopics['attention'];
  }

  get lists(): GuardTopics['lists'] {
    return (this.#topics.lists ?? []) as GuardTopics['lists'];
  }

  /** Devices with trouble first. */
  get devices(): readonly DeviceView[] {
    return [...this.#below<DeviceView>('device/')].sort(
      (a, b) => Number(a.status === 'ok') - Number(b.status === 'ok') || a.id.localeCompare(b.id),
    );
  }

  passage(accessPoint: string): PassageView | undefined {
    return (this.#topics[`passage/${accessPoint}`] ?? undefined) as PassageView | undefined;
  }

  reading(accessPoint: string): GuardTopics[`thermometer/${string}`] {
    return (this.#topics[`thermometer/${accessPoint}`] ?? null) as GuardTopics[`thermometer/${string}`];
  }

  /** Whether foreheads can be measured there now. */
  hasThermometer(accessPoint: string): boolean {
    return this.devices.some(({ id, status }) => id === `thermometer:${accessPoint}` && status === 'ok');
  }

  /** Whether somebody calls, by access point. */
  get assists(): readonly AssistView[] {
    return this.#below<AssistView>('call/');
  }

  /** Access points where somebody waits for the guard. */
  get waiting(): readonly string[] {
    return this.#below<PassageView>('passage/')
      .filter(({ feedback }) => feedback === 'GuardCalled')
      .map(({ accessPoint }) => accessPoint);
  }

  #below<T>(prefix: string): readonly T[] {
    return Object.keys(this.#topics)
      .filter((topic) => topic.startsWith(prefix) && this.#topics[topic] !== null)
      .sort()
      .map((topic) => this.#topics[topic] as T);
  }
}

function isCalled({ alarm, tamper, fire }: DoorView, kind: DoorCall['kind']): boolean {
  if (kind === 'FireAlarm') return fire === true;
  return kind === 'TamperDetected' ? tamper === kind : alarm === kind;
}
