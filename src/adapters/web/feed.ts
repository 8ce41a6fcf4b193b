import type { WebSocket } from 'ws';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';

/** Shortest time between two messages to one client, in milliseconds: at most ten a second. */
const SEND_INTERVAL_MS = 100;
/** Bytes that may wait unsent for one client before it gets nothing new. */
const BUFFERED_BOUND_BYTES = 64 * 1024;
/** A client that stays above the bound for this time is dropped, in milliseconds. */
const CONGESTED_LIMIT_MS = 5_000;
const PING_INTERVAL_MS = 10_000;
/** A client that has not answered a ping after this time is dropped, in milliseconds. */
const PONG_DEADLINE_MS = 5_000;

/** WebSocket close codes the pages can tell apart; 4000 and above are free for applications (RFC 6455, 7.4.2). */
const CLOSE_GOING_AWAY = 1001;
const CLOSE_UNWANTED = 1008;
export const CLOSE_SESSION_ENDED = 4401;

interface Client {
  readonly id: string;
  readonly socket: WebSocket;
  readonly from: FeedClient;
  /** Topics that changed since the last message to this client. */
  readonly pending: Set<string>;
  /** What this client alone is told; it is forgotten once it is sent. */
  readonly own: Map<string, unknown>;
  /** Monotonic milliseconds since when more than the bound waits unsent. */
  congestedSinceMs: number | undefined;
  awaitsPong: boolean;
}

/** Whose socket it is. */
export interface FeedClient {
  /** The session for guard's screens, the network for resident's screens. */
  readonly holder: string;
  /** A screen of the kiosk itself. */
  readonly isFromHere: boolean;
}

/** Follows one client that may send something. */
export interface FeedListener {
  /** Returns whether it may stay connected. */
  message(text: string): boolean;
  gone(): void;
}

interface TopicFeedDeps {
  /** Name for log lines. */
  readonly name: string;
  /** Clients at one time: in all, of one holder other than the kiosk itself, and of the kiosk itself only. */
  readonly places: { readonly most: number; readonly perHolder: number; readonly forHere: number };
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called when the first client connects or the last one leaves. */
  readonly onHeard?: () => void;
}

/**
 * The newest value of every topic, sent to all clients as JSON arrays of `{topic, value}`. A slow client gets only the
 * newest value of each topic, and is dropped if it does not recover. Other clients are not affected.
 */
export class TopicFeed {
  readonly #deps: TopicFeedDeps;
  readonly #values = new Map<string, unknown>();
  /** Topics for the screens of the kiosk itself. */
  readonly #here = new Set<string>();
  readonly #clients = new Set<Client>();
  #cancelFlush: Cancel | undefined;
  #cancelPing: Cancel | undefined;
  #lastFlushMs = Number.NEGATIVE_INFINITY;
  #added = 0;

  constructor(deps: TopicFeedDeps) {
    this.#deps = deps;
  }

  /** Replaces the topic's value. Never throws and never waits for a client. */
  publish(topic: string, value: unknown): void {
    this.#values.set(topic, value);
    for (const client of this.#clients) if (this.#isFor(client.from, topic)) client.pending.add(topic);
    this.#armFlush();
  }

  /** The same for the screens of the kiosk itself alone. */
  publishHere(topic: string, value: unknown): void {
    this.#here.add(topic);
    this.publish(topic, value);
  }

  /** Tells one client a value, once; a newer one of the same topic takes its place before it is sent. */
  tell(id: string, topic: string, value: unknown): void {
    for (const client of this.#clients) if (client.id === id) client.own.set(topic, value);
    this.#armFlush();
  }

  #isFor({ isFromHere }: FeedClient, topic: string): boolean {
    return isFromHere || !this.#here.has(topic);
  }

  /** The newest values by topic. */
  get values(): ReadonlyMap<string, unknown> {
    return this.#values;
  }

  /** Whose clients there are, each once. */
  get holders(): readonly string[] {
    return [...new Set([...this.#clients].map(({ from }) => from.holder))];
  }

  /** Whether there is any client. */
  get isHeard(): boolean {
    return this.#clients.size > 0;
  }

  hasRoom({ holder, isFromHere }: FeedClient): boolean {
    const { most, perHolder, forHere } = this.#deps.places;
    if (isFromHere) return this.#clients.size < most;
    const others = [...this.#clients].filter(({ from }) => !from.isFromHere);
    const own = others.filter(({ from }) => from.holder === holder);
    return own.length < perHolder && others.length < most - forHere && this.#clients.size < most;
  }

  /**
   * Takes over an open socket: sends all present values first, then the changes.
   * @param listen follows what the client with this id sends; without it a client that sends anything is disconnected
   */
  add(socket: WebSocket, from: FeedClient, listen?: (id: string) => FeedListener): void {
    this.#added += 1;
    const client: Client = {
      id: `${this.#deps.name} ${this.#added}`,
      socket,
      from,
      pending: new Set([...this.#values.keys()].filter((topic) => this.#isFor(from, topic))),
      own: new Map(),
      congestedSinceMs: undefined,
      awaitsPong: false,
    };
    const listener = listen?.(client.id);
    this.#clients.add(client);
    if (this.#clients.size === 1) this.#deps.onHeard?.();
    socket.on('pong', () => {
      client.awaitsPong = false;
    });
    socket.on('message', (data, isBinary) => {
      if (!this.#clients.has(client)) return;
      if (isBinary || listener?.message(String(data)) !== true)
        this.#drop(client, CLOSE_UNWANTED, 'it sent what no page of this kiosk sends');
    });
    socket.on('close', () => {
      this.#forget(client);
      listener?.gone();
    });
    this.#armFlush();
    this.#cancelPing ??= this.#deps.clock.schedule(PING_INTERVAL_MS, () => this.#ping());
  }

  /** Closes the sockets of an ended session. */
  closeHeldBy(holder: string): void {
    for (const client of [...this.#clients]) {
      if (client.from.holder === holder) this.#end(client, CLOSE_SESSION_ENDED);
    }
  }

  /** Closes every socket. The values stay, so that the feed can be used again. */
  closeAll(): void {
    for (const client of [...this.#clients]) this.#end(client, CLOSE_GOING_AWAY);
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    this.#cancelPing?.();
    this.#cancelPing = undefined;
  }

  #armFlush(): void {
    if (this.#clients.size === 0 || this.#cancelFlush !== undefined) return;
    const sinceLast = this.#nowMs() - this.#lastFlushMs;
    this.#cancelFlush = this.#deps.clock.schedule(Math.max(0, SEND_INTERVAL_MS - sinceLast), () =>
      this.#flush(),
    );
  }

  #flush(): void {
    this.#cancelFlush = undefined;
    this.#lastFlushMs = this.#nowMs();
    // Each value is turned into JSON once for all clients.
    const encoded = new Map<string, string>();
    let someWait = false;
    for (const client of [...this.#clients]) {
      if (client.pending.size === 0 && client.own.size === 0) continue;
      if (this.#isCongested(client)) {
        someWait = true;
        continue;
      }
      const own = [...client.own].map(([topic, value]) => JSON.stringify({ topic, value }));
      const all = [...client.pending].map((topic) => this.#encode(topic, encoded));
      client.socket.send(`[${[...all, ...own].join(',')}]`);
      client.pending.clear();
      client.own.clear();
    }
    if (someWait) this.#armFlush();
  }

  #encode(topic: string, encoded: Map<string, string>): string {
    let text = encoded.get(topic);
    if (text === undefined) {
      text = JSON.stringify({ topic, value: this.#values.get(topic) });
      encoded.set(topic, text);
    }
    return text;
  }

  /** Whether the client gets nothing now because too much waits unsent; drops it if that has lasted too long. */
  #isCongested(client: Client): boolean {
    if (client.socket.bufferedAmount <= BUFFERED_BOUND_BYTES) {
      client.congestedSinceMs = undefined;
      return false;
    }
    const now = this.#nowMs();
    client.congestedSinceMs ??= now;
    if (now - client.congestedSinceMs >= CONGESTED_LIMIT_MS) {
      this.#drop(client, CLOSE_GOING_AWAY, 'it does not read what it is sent');
    }
    return true;
  }

  #ping(): void {
    for (const client of this.#clients) {
      client.awaitsPong = true;
      client.socket.ping();
    }
    this.#cancelPing = this.#deps.clock.schedule(PONG_DEADLINE_MS, () => this.#dropSilent());
  }

  #dropSilent(): void {
    for (const client of [...this.#clients]) {
      if (client.awaitsPong) this.#drop(client, CLOSE_GOING_AWAY, 'it did not answer a ping');
    }
    this.#cancelPing =
      this.#clients.size === 0
        ? undefined
        : this.#deps.clock.schedule(PING_INTERVAL_MS - PONG_DEADLINE_MS, () => this.#ping());
  }

  #drop(client: Client, code: number, cause: string): void {
    this.#deps.logger.warn({ feed: this.#deps.name, cause }, `A screen was disconnected: ${cause}.`);
    this.#end(client, code);
  }

  /**
   * Sends the close frame and destroys the socket at once. Waiting for the answer would keep a dead client for half a
   * minute; a live client still gets the frame, because it was written before.
   */
  #end(client: Client, code: number): void {
    this.#forget(client);
    client.socket.close(code);
    client.socket.terminate();
  }

  #forget(client: Client): void {
    if (this.#clients.delete(client) && this.#clients.size === 0) this.#deps.onHeard?.();
  }

  #nowMs(): number {
    return this.#deps.clock.read().monotonicMs;
  }
}
