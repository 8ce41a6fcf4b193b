import type { Answer } from './api.ts';

/** The newest value of each topic of a feed. */
export type Topics = Readonly<Record<string, unknown>>;

export interface FeedState {
  readonly live: boolean;
  /**
   * The newest value of each topic. Kept after a loss, so that a guard can see the last state; `live` is false then.
   */
  readonly topics: Topics;
  /** Wall time of the loss, Unix milliseconds; undefined before the first connection. */
  readonly lostAtMs?: number;
}

export interface FeedOptions {
  /** Path of the WebSocket, e.g. `/ws/guard`. */
  readonly path: string;
  /**
   * A small request made every few seconds, because a browser does not notice a half-open socket (cable pulled between
   * screen and kiosk) and would go on showing an old state.
   */
  readonly heartbeat: (timeoutMs: number) => Promise<Answer>;
  readonly onState: (state: FeedState) => void;
  /** Called after every loss, e.g. to see whether the session is over. */
  readonly onLost?: () => void;
}

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 10_000;
const HEARTBEAT_MS = 5_000;
const HEARTBEAT_TIMEOUT_MS = 4_000;
/** A heartbeat that is older was not late but asleep, with the whole page. */
const FROZEN_MS = 3 * HEARTBEAT_MS;

/** Growing delay, up to half of it random, so that two screens do not reconnect at the same time. */
function retryDelayMs(attempt: number, random: number): number {
  const full = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempt, 10));
  return full / 2 + (full / 2) * random;
}

/** Follows one WebSocket of the gate and reconnects for ever until stop(). */
export class LiveFeed {
  readonly #options: FeedOptions;
  #socket: WebSocket | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #heartbeat: ReturnType<typeof setInterval> | undefined;
  #attempt = 0;
  #state: FeedState = { live: false, topics: {} };
  #running = false;
  /** Wall time of the last heartbeat; one that is old says that the page was frozen. */
  #beatAtMs = 0;
  #listening: AbortController | undefined;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#connect();
    this.#beatAtMs = Date.now();
    this.#heartbeat = setInterval(() => {
      this.#beatAtMs = Date.now();
      void this.#check();
    }, HEARTBEAT_MS);
    this.#listen();
  }

  /** A phone that was in a pocket, or without a network, says so at once and does not wait for a heartbeat. */
  #listen(): void {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    const drop = () => this.#socket && this.#drop(this.#socket);
    const wake = () => {
      if (document.visibilityState !== 'visible') return;
      if (Date.now() - this.#beatAtMs > FROZEN_MS) drop();
      if (this.#socket === undefined) this.#connectNow();
      else void this.#check();
    };
    addEventListener('offline', drop, { signal });
    addEventListener('online', () => this.#socket === undefined && this.#connectNow(), { signal });
    addEventListener('pageshow', wake, { signal });
    document.addEventListener('visibilitychange', wake, { signal });
  }

  #connectNow(): void {
    clearTimeout(this.#retry);
    this.#attempt = 0;
    this.#connect();
  }

  stop(): void {
    this.#running = false;
    this.#listening?.abort();
    clearTimeout(this.#retry);
    clearInterval(this.#heartbeat);
    this.#socket?.close();
    this.#socket = undefined;
  }

  /** Says something to the gate; nothing where there is no connection. */
  send(message: unknown): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #connect(): void {
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(`${scheme}//${location.host}${this.#options.path}`);
    let first = true;
    socket.onmessage = (message) => {
      if (socket !== this.#socket) return;
      const news = readUpdates(message.data);
      if (news === undefined) {
        this.#drop(socket);
        return;
      }
      this.#attempt = 0;
      // The first message of a connection has all values, so it replaces the old ones.
      this.#tell({ live: true, topics: { ...(first ? {} : this.#state.topics), ...news } });
      first = false;
    };
    socket.onclose = () => this.#lost(socket);
    this.#socket = socket;
  }

  #lost(socket: WebSocket): void {
    if (socket !== this.#socket) return;
    this.#socket = undefined;
    const { live, topics, lostAtMs } = this.#state;
    const lostAt = live ? Date.now() : lostAtMs;
    this.#tell({ live: false, topics, ...(lostAt === undefined ? {} : { lostAtMs: lostAt }) });
    this.#options.onLost?.();
    if (!this.#running) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#connect(), retryDelayMs(this.#attempt++, Math.random()));
  }

  async #check(): Promise<void> {
    const socket = this.#socket;
    if (socket === undefined) return;
    const answer = await this.#options.heartbeat(HEARTBEAT_TIMEOUT_MS);
    if (answer !== 'unreachable' || socket !== this.#socket) return;
    this.#drop(socket);
  }

  #drop(socket: WebSocket): void {
    socket.close();
    this.#lost(socket);
  }

  #tell(state: FeedState): void {
    this.#state = state;
    this.#options.onState(state);
  }
}

/** The updates of one message; undefined if it is not valid. */
function readUpdates(data: unknown): Topics | undefined {
  if (typeof data !== 'string') return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(data);
  } catch {
    // The caller then drops the connection, because the feed cannot be read.
    return undefined;
  }
  if (!Array.isArray(parsed)) return undefined;
  const news: Record<string, unknown> = {};
  for (const update of parsed as unknown[]) {
    if (typeof update !== 'object' || update === null || !('topic' in update)) return undefined;
    if (typeof update.topic !== 'string') return undefined;
    news[update.topic] = 'value' in update ? update.value : null;
  }
  return news;
}
