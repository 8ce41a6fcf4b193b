import { EpochFeed } from '../core/feed/epoch-feed.ts';
import type { FeedAlarm, FeedState } from '../core/feed/gate-feed.ts';
import type { ReadEvent } from '../core/feed/read-event.ts';
import type {
  Arrival,
  Arrived,
  FeedStore,
  GateName,
  KeptCheckpoint,
  KnownFeed,
  SavedFeed,
} from '../ports/feed-store.ts';

/** Events beyond this number are forgotten, the oldest first; their numbers are not. */
const MOST_EVENTS = 50_000;

interface Gate {
  readonly name: GateName;
  readonly alarms: Set<FeedAlarm>;
  readonly checkpoints: KeptCheckpoint[];
  state: FeedState | undefined;
}

/** Holds what it is given until the process ends. */
export class MemoryStore implements FeedStore {
  readonly isDurable = false;
  readonly isUp = true;
  readonly #gates = new Map<string, Gate>();
  readonly #events = new Map<string, ReadEvent>();

  start(): Promise<void> {
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  async write(batch: readonly Arrival[]): Promise<readonly Arrived[]> {
    return batch.map((one) => this.#put(one));
  }

  async keep(names: readonly GateName[]): Promise<readonly GateName[]> {
    return names;
  }

  async load(name: GateName): Promise<KnownFeed> {
    const { state, alarms } = this.#gate(name);
    return { ...(state && { saved: state }), alarms: [...alarms], rows: [], aside: [] };
  }

  async rows(name: GateName, epoch: string, from: number, to: number): Promise<readonly ReadEvent[]> {
    const found = [];
    for (let sequence = from; sequence <= to; sequence += 1) {
      const event = this.#events.get(keyOf(name, epoch, sequence));
      if (event !== undefined) found.push(event);
    }
    return found;
  }

  async save(feeds: readonly SavedFeed[]): Promise<void> {
    for (const { name, state, raised } of feeds) {
      const gate = this.#gate(name);
      gate.state = state;
      for (const alarm of raised) gate.alarms.add(alarm);
    }
  }

  async gates(): Promise<readonly GateName[]> {
    return [...this.#gates.values()].map(({ name }) => name);
  }

  async event(name: GateName, epoch: string, sequence: number): Promise<unknown> {
    return this.#events.get(keyOf(name, epoch, sequence))?.body;
  }

  async leaves(name: GateName, epoch: string, from: number, to: number): Promise<readonly string[]> {
    return (await this.rows(name, epoch, from, to)).flatMap(({ hash }) => hash ?? []);
  }

  async checkpoints(name: GateName, epoch: string): Promise<readonly KeptCheckpoint[]> {
    return this.#gate(name).checkpoints.filter((one) => one.epoch === epoch);
  }

  async putCheckpoint(name: GateName, checkpoint: KeptCheckpoint): Promise<void> {
    this.#gate(name).checkpoints.push(checkpoint);
  }

  #put(arrival: Arrival): Arrived {
    const { state } = this.#gate(arrival.name);
    if (!('event' in arrival)) return 'aside';
    const { event } = arrival;
    const key = keyOf(arrival.name, event.epoch, event.sequence);
    const before = this.#events.get(key);
    if (before !== undefined) return isSame(before, event) ? 'same' : 'other';
    const known = state?.epochs.find(({ epoch }) => epoch === event.epoch);
    if (known !== undefined && new EpochFeed(known).holds(event.sequence)) return 'same';
    this.#events.set(key, event);
    const [oldest] = this.#events.keys();
    if (this.#events.size > MOST_EVENTS && oldest !== undefined) this.#events.delete(oldest);
    return 'new';
  }

  #gate(name: GateName): Gate {
    const key = `${name.site}/${name.gate}`;
    const gate = this.#gates.get(key) ?? { name, alarms: new Set(), checkpoints: [], state: undefined };
    this.#gates.set(key, gate);
    return gate;
  }
}

function isSame(one: ReadEvent, other: ReadEvent): boolean {
  return (
    one.id === other.id && (one.hash === undefined || other.hash === undefined || one.hash === other.hash)
  );
}

function keyOf({ site, gate }: GateName, epoch: string, sequence: number): string {
  return `${site}/${gate}/${epoch}/${sequence}`;
}
