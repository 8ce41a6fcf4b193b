import type { DeviceStatus } from '../core/events/event.ts';
import type { DeviceView, DoorView, GuardFeed, GuardTopics, ListView } from '../ports/guard-feed.ts';
import type { GateCondition } from './uplink-pump.ts';

/** The part of the uplink that takes the gate's present state. */
export interface StateSink {
  publishState(topic: string, value: object): void;
  setCondition(condition: GateCondition): void;
}

/**
 * Passes everything on to the guard's screens and tells the servers the part that is theirs: doors, devices and the
 * clock (contract section 3). People, their passes and their readings stay here.
 */
export class StateMirror implements GuardFeed {
  readonly #feed: GuardFeed;
  readonly #devices = new Map<string, DeviceStatus>();
  readonly #published = new Map<string, string>();
  #policy: object = {};
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

  #tellDevice({ id, status }: DeviceView): void {
    if (this.#devices.get(id) === status) return;
    this.#devices.set(id, status);
    this.#tellCondition();
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
