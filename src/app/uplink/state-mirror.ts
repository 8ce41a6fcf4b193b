import type { DeviceStatus } from '../../core/events/event.ts';
import type { AttentionView } from '../../ports/boards.ts';
import type { DeviceView, DoorView, ListView } from '../../ports/gate-state.ts';
import type { GuardFeed, GuardTopics } from '../../ports/guard-feed.ts';
import type { Alert, GateCondition } from './uplink-pump.ts';

/** The part of the uplink that takes the gate's present state. */
interface StateSink {
  publishState(topic: string, value: object): void;
  setCondition(condition: GateCondition): void;
  /** Raises `alert/<name>`, or takes it back. */
  setAlert(name: string, alert: Alert | undefined): void;
}

/**
 * Passes everything on to the guard's screens and tells the servers the part that is theirs: doors, devices and the
 * clock (config/contract/README.md#the-connection). People, their passes and their readings stay here.
 */
export class StateMirror implements GuardFeed {
  readonly #feed: GuardFeed;
  readonly #devices = new Map<string, DeviceStatus>();
  readonly #published = new Map<string, string>();
  #policy: object = {};
  #logTrouble: string | undefined;
  #incidents: readonly string[] = [];
  /** Empty before the first: an alert of an earlier run may still be at the broker. */
  #logAlert: string | undefined = '';
  #sink: StateSink | undefined;
  #ready = false;

  constructor(feed: GuardFeed) {
    this.#feed = feed;
  }

  /** Names the receiver, once it exists. */
  connect(sink: StateSink): void {
    this.#sink = sink;
  }

  /** The gate decides by itself from now on. */
  ready(): void {
    this.#ready = true;
    this.#tellCondition();
  }

  publish<T extends keyof GuardTopics & string>(topic: T, value: GuardTopics[T]): void {
    this.#feed.publish(topic, value);
    if (topic.startsWith('door/')) this.#tellDoor(value as DoorView);
    else if (topic.startsWith('device/')) this.#tellDevice(value as DeviceView);
    else if (topic === 'attention') this.#attentionIs(value as GuardTopics['attention']);
    else if (topic === 'lists') this.#tellPolicy({ lists: (value as GuardTopics['lists']).map(listState) });
    else if (topic === 'clock') {
      const { quality } = value as GuardTopics['clock'];
      this.#tell('state/clock', { quality });
    } else if (topic === 'site') {
      const { policy, accessPoints } = value as GuardTopics['site'];
      this.#tellPolicy(policy);
      for (const { id, door, direction } of accessPoints) {
        this.#tell(`state/accesspoint/${id}`, { door, direction, enabled: true });
      }
    }
  }

  /** Level and lists come from different parts and are one state. */
  #tellPolicy(part: object): void {
    this.#policy = { ...this.#policy, ...part };
    if ('level' in this.#policy) this.#tell('state/policy', this.#policy);
  }

  #tellDoor({ door, mode, physical, alarm, tamper, fire }: DoorView): void {
    this.#tell(`state/door/${door}`, { mode, physical, alarm, tamper, fire });
  }

  #tellDevice({ id, status, detail }: DeviceView): void {
    if (id === 'log') {
      this.#logTrouble = status === 'ok' ? undefined : (detail ?? 'The log has a fault.');
      this.#tellLog();
    }
    if (this.#devices.get(id) === status) return;
    this.#devices.set(id, status);
    this.#tellCondition();
  }

  /** What has happened to the log is told to the servers for as long as no guard has marked it as seen. */
  #attentionIs(items: GuardTopics['attention']): void {
    this.#incidents = items.flatMap(({ kind }) => INCIDENTS[kind] ?? []);
    this.#tellLog();
  }

  #tellLog(): void {
    const sentences = [this.#logTrouble ?? [], ...this.#incidents].flat();
    const text = sentences.length === 0 ? undefined : sentences.join(' ');
    if (this.#sink === undefined || text === this.#logAlert) return;
    this.#logAlert = text;
    this.#sink.setAlert('log', text === undefined ? undefined : { text, severity: 'error' });
  }

  #tellCondition(): void {
    const wellEnough = [...this.#devices.values()].every(
      (status) => status === 'ok' || status === 'connecting',
    );
    this.#sink?.setCondition({
      state: !this.#ready ? 'init' : wellEnough ? 'ready' : 'degraded',
      devices: Object.fromEntries(this.#devices),
    });
  }

  /** A value that is the same as before is no news for a server. */
  #tell(topic: string, value: object): void {
    const text = JSON.stringify(value);
    if (this.#sink === undefined || this.#published.get(topic) === text) return;
    this.#published.set(topic, text);
    this.#sink.publishState(topic, value);
  }
}

const INCIDENTS: Readonly<Partial<Record<AttentionView['kind'], string>>> = {
  logReset: 'The log of this gate went back or was lost: see the newest log.reset.',
  logAltered: 'Rows of the log of this gate are not as they were written: see log.altered.',
  logBehind: 'The broker remembers more of this gate than its log holds: see device.storage.',
};

function listState({ type, number, issuedAtMs, nextUpdateMs, state, signer }: ListView): object {
  return {
    type,
    number,
    state,
    ...(issuedAtMs === undefined ? {} : { issuedAt: new Date(issuedAtMs).toISOString() }),
    ...(nextUpdateMs === undefined ? {} : { nextUpdate: new Date(nextUpdateMs).toISOString() }),
    ...(signer === undefined ? {} : { signer }),
  };
}
