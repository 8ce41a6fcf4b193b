import { messageOf } from '../core/errors.ts';
import type { FeedAlarm, FeedView } from '../core/feed/gate-feed.ts';
import { readEvent } from '../core/feed/read-event.ts';
import type { Arrival, FeedStore, GateName, WrittenElsewhere } from '../ports/feed-store.ts';
import { FeedLink, type FeedMessage, type LinkSettings } from './feed-link.ts';
import { type KeepingDeps, KeptGate, loadFeed } from './kept-gate.ts';

/** Events in one statement. */
const MOST_IN_BATCH = 250;
const TICK_MS = 1000;
/** How often it is tried to speak for gates that another process speaks for. */
const KEEP_EVERY_TICKS = 5;
/** After a write that failed. */
const RETRY_MS = 1000;
const NAME = /^[a-z0-9-]{1,32}$/;

export interface WatchSettings extends Omit<LinkSettings, 'topics' | 'isShared'> {
  /** Ids of sites; empty: all that this user may read. */
  readonly sites: readonly string[];
  /** Several processes with one group share the events. */
  readonly share?: string;
  /** Id of this server in `uplink.servers` of the gates; without it nothing is acknowledged. */
  readonly server?: string;
  /** Seconds between two receipts to one gate. */
  readonly ackSeconds: number;
}

export interface WatchDeps extends Omit<KeepingDeps, 'link' | 'requester'> {
  readonly onEvent: (name: GateName, event: Readonly<Record<string, unknown>>, isLive: boolean) => void;
  readonly onAlarm: (name: GateName, alarm: FeedAlarm) => void;
}

/** A server that reads the feeds of gates: holds what comes, then acknowledges it; asks for what is missing. */
export class Watcher {
  readonly #settings: WatchSettings;
  readonly #deps: WatchDeps;
  readonly #link: FeedLink;
  readonly #keeping: KeepingDeps;
  readonly #kept = new Map<string, KeptGate>();
  /** The last `state/conn` and `checkpoint` of each gate, for when this process speaks for it. */
  readonly #told = new Map<string, { name: GateName; conn?: Uint8Array; checkpoint?: Uint8Array }>();
  /** Those that somebody else spoke for in this round. */
  readonly #triedNames = new Set<string>();
  #queue: { readonly arrival: Arrival; readonly message: FeedMessage }[] = [];
  #isWriting = false;
  #work: Promise<void> = Promise.resolve();
  #ticks = 0;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = true;
  #toldCause = '';

  constructor(settings: WatchSettings, deps: WatchDeps) {
    this.#settings = settings;
    this.#deps = deps;
    this.#link = new FeedLink(
      { ...settings, isShared: settings.share !== undefined, topics: topicsOf(settings) },
      { logger: deps.logger, onMessage: (message) => this.#take(message) },
    );
    this.#keeping = { ...deps, link: this.#link, requester: settings.clientId };
  }

  get isHealthy(): boolean {
    return this.#link.isOnline && this.#deps.store.isUp;
  }

  get store(): FeedStore {
    return this.#deps.store;
  }

  async start(): Promise<void> {
    if (!this.#isStopped) return;
    await this.#deps.store.start((written) => {
      // At once: what is believed now is not to be saved any more.
      if (written === 'anything') this.#kept.clear();
      void this.#inOrder(() => this.#elsewhere(written));
    });
    this.#isStopped = false;
    await this.#inOrder(() => this.#keep());
    this.#link.start();
    this.#timer = setInterval(() => {
      void this.#inOrder(() => this.#tick());
    }, TICK_MS);
  }

  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    clearInterval(this.#timer);
    await this.#inOrder(() => this.#save());
    await this.#link.stop();
    await this.#deps.store.stop();
  }

  /** What is believed of a gate; undefined if nobody has heard of it, or of the epoch. */
  async view(name: GateName, epoch?: string): Promise<FeedView | undefined> {
    const kept = this.#kept.get(keyOf(name));
    if (kept !== undefined) return kept.feed.view(epoch);
    const isKnown = (await this.#deps.store.gates()).some((one) => keyOf(one) === keyOf(name));
    return isKnown ? (await loadFeed(name, this.#deps)).view(epoch) : undefined;
  }

  /** One after the other: rows, words of others and ticks meet the same feeds. */
  #inOrder(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(work).catch((error: unknown) => this.#trouble(error));
    return this.#work;
  }

  #trouble(error: unknown): void {
    const cause = messageOf(error);
    if (cause === this.#toldCause) return;
    this.#toldCause = cause;
    this.#deps.logger.warn({ part: 'store' }, `The store cannot be used now: ${cause}. It is tried again.`);
  }

  #take(message: FeedMessage): void {
    const [, version, site = '', gate = '', kind, ...rest] = message.topic.split('/');
    if (version !== 'v1' || !NAME.test(site) || !NAME.test(gate) || message.payload.length === 0) {
      message.done();
      return;
    }
    const name = { site, gate };
    if (kind === 'evt') {
      this.#queue.push({ arrival: arrivalOf(name, message), message });
      this.#write();
      return;
    }
    message.done();
    const isAnswer = kind === 'rsp';
    void this.#inOrder(async () => {
      const gateKept = await this.#keptGate(name);
      // Known only from its turn on: a gate that is kept from now on must not meet a later one before an earlier one.
      const told = this.#told.get(keyOf(name)) ?? { name };
      this.#told.set(keyOf(name), told);
      if (kind === 'state' && rest[0] === 'conn') told.conn = message.payload;
      if (kind === 'checkpoint') told.checkpoint = message.payload;
      if (isAnswer) gateKept?.answered(message.payload, message.correlation, performance.now());
      else if (kind === 'checkpoint') await gateKept?.checkpoint(message.payload);
      else gateKept?.told(message.payload, performance.now());
    });
  }

  /** Writes all that waits, a batch at a time. */
  #write(): void {
    if (this.#isWriting) return;
    this.#isWriting = true;
    void this.#inOrder(async () => {
      while (this.#queue.length > 0 && !this.#isStopped) await this.#writeBatch();
    }).finally(() => {
      this.#isWriting = false;
      if (this.#queue.length > 0 && !this.#isStopped) setTimeout(() => this.#write(), RETRY_MS);
    });
  }

  async #writeBatch(): Promise<void> {
    const batch = this.#queue.slice(0, MOST_IN_BATCH);
    const results = await this.#deps.store.write(batch.map(({ arrival }) => arrival));
    this.#toldCause = '';
    this.#queue = this.#queue.slice(batch.length);
    for (const { message } of batch) message.done();
    const nowMs = performance.now();
    for (const [at, { arrival, message }] of batch.entries()) {
      const kept = await this.#keptGate(arrival.name);
      const result = results[at] ?? 'aside';
      if ('aside' in arrival) kept?.setAside(placeOf(arrival));
      else {
        kept?.arrived(arrival.event, result, nowMs);
        if (result === 'new') this.#deps.onEvent(arrival.name, arrival.event.body, message.isLive);
      }
    }
  }

  /** The gate, if this process speaks for it; of one that is new, it is tried. */
  async #keptGate(name: GateName): Promise<KeptGate | undefined> {
    const key = keyOf(name);
    if (!this.#told.has(key)) this.#told.set(key, { name });
    const kept = this.#kept.get(key);
    if (kept !== undefined || this.#triedNames.has(key)) return kept;
    this.#triedNames.add(key);
    const [mine] = (await this.#deps.store.keep([...this.#keptNames(), name])).filter(
      (one) => keyOf(one) === key,
    );
    return mine === undefined ? undefined : this.#begin(mine);
  }

  #keptNames(): readonly GateName[] {
    return [...this.#kept.values()].map(({ name }) => name);
  }

  async #begin(name: GateName): Promise<KeptGate> {
    const kept = await KeptGate.load(name, this.#keeping);
    this.#kept.set(keyOf(name), kept);
    const { conn, checkpoint } = this.#told.get(keyOf(name)) ?? {};
    if (conn !== undefined) kept.told(conn, performance.now());
    if (checkpoint !== undefined) await kept.checkpoint(checkpoint);
    return kept;
  }

  /** Speaks for all gates that nobody else speaks for, and for no other. */
  async #keep(): Promise<void> {
    const { store } = this.#deps;
    const heard = [...this.#told.values()].map(({ name }) => name);
    const names = new Map([...(await store.gates()), ...heard].map((name) => [keyOf(name), name]));
    const mine = await store.keep([...names.values()]);
    const keys = new Set(mine.map(keyOf));
    for (const key of this.#kept.keys()) if (!keys.has(key)) this.#kept.delete(key);
    for (const name of mine) if (!this.#kept.has(keyOf(name))) await this.#begin(name);
    this.#triedNames.clear();
  }

  async #elsewhere(written: WrittenElsewhere | 'anything'): Promise<void> {
    if (written === 'anything') {
      this.#kept.clear();
      await this.#keep();
      return;
    }
    const { name, epoch, from, to, what } = written;
    const kept = this.#kept.get(keyOf(name));
    if (kept === undefined) return;
    if (what === 'aside') {
      kept.setAside(from === 0 ? undefined : { epoch, sequence: from });
      return;
    }
    if (what === 'others') kept.feed.raise('two-gates');
    for (const row of await this.#deps.store.rows(name, epoch, from, to))
      kept.arrived(row, 'same', performance.now());
  }

  async #tick(): Promise<void> {
    this.#ticks += 1;
    if (this.#ticks % KEEP_EVERY_TICKS === 0) await this.#keep();
    for (const kept of this.#kept.values()) await kept.tick(performance.now());
    await this.#save();
    await this.#acknowledge();
  }

  async #save(): Promise<void> {
    const changed = [...this.#kept.values()].flatMap((kept) => {
      const saved = kept.toSave();
      return saved === undefined ? [] : [{ kept, saved }];
    });
    if (changed.length === 0) return;
    let isDone = false;
    try {
      await this.#deps.store.save(changed.map(({ saved }) => saved));
      isDone = true;
    } finally {
      for (const { kept } of changed) kept.saved(isDone);
    }
    for (const { saved } of changed) for (const alarm of saved.raised) this.#deps.onAlarm(saved.name, alarm);
  }

  /** Only what is saved by now, and only where it outlives this process. */
  async #acknowledge(): Promise<void> {
    const { server, ackSeconds } = this.#settings;
    if (server === undefined || !this.#deps.store.isDurable || !this.#link.isOnline) return;
    for (const kept of this.#kept.values()) {
      const { receipt } = kept.feed;
      if (receipt === undefined) continue;
      const text = JSON.stringify(receipt);
      const nowMs = performance.now();
      const before = kept.acknowledged;
      if (before?.text === text || nowMs - (before?.atMs ?? -Infinity) < ackSeconds * 1000) continue;
      const { site, gate } = kept.name;
      await this.#link.publish(`gates/v1/${site}/${gate}/ack/${server}`, Buffer.from(text), { retain: true });
      kept.acknowledged = { text, atMs: nowMs };
    }
  }
}

function arrivalOf(name: GateName, { topic, payload, isLive }: FeedMessage): Arrival {
  const read = readEvent(payload, { source: `/gates/${name.site}/${name.gate}`, isLive });
  return { name, topic, payload, ...read };
}

function placeOf({ epoch, sequence }: { readonly epoch?: string; readonly sequence?: number }) {
  return epoch === undefined || sequence === undefined ? undefined : { epoch, sequence };
}

function topicsOf({ sites, share, clientId }: WatchSettings): readonly string[] {
  const shared = share === undefined ? '' : `$share/${share}/`;
  return (sites.length === 0 ? ['+'] : sites).flatMap((site) => [
    `gates/v1/${site}/+/state/conn`,
    `gates/v1/${site}/+/checkpoint`,
    `gates/v1/${site}/+/rsp/${clientId}`,
    `${shared}gates/v1/${site}/+/evt/#`,
  ]);
}

function keyOf({ site, gate }: GateName): string {
  return `${site}/${gate}`;
}
