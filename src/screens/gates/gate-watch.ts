import type { GateSummary } from '../../ports/guard-feed.ts';

export interface WatchedGate {
  /**
   * `asking`: a guard has to let this page watch the gate, or to sign in there. `ended`: that was so, and is over. `lost`: it
   * does not answer; the summary is old.
   */
  readonly status: 'asking' | 'connecting' | 'live' | 'lost' | 'ended';
  readonly summary?: GateSummary;
  /** Since when it does not answer, Unix milliseconds. */
  readonly lostAtMs?: number;
}

/** A gate says every three seconds that it is there; one that said nothing for so long is lost. */
const SILENT_MS = 10_000;
const LOOK_EVERY_MS = 1_000;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 10_000;
/** As in src/adapters/web/feed.ts. */
const CLOSE_SESSION_ENDED = 4401;
/** The first subprotocol; the second is the token. */
const PROTOCOL = 'gatepost.watch';

/** Follows one gate for as long as the page is open, and never calls it alive without having heard it lately. */
export class GateWatch {
  readonly #url: string;
  readonly #onState: (state: WatchedGate) => void;
  #token: string | undefined;
  #socket: WebSocket | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #look: ReturnType<typeof setInterval> | undefined;
  #listening: AbortController | undefined;
  #attempt = 0;
  #heardAtMs = 0;
  #state: WatchedGate = { status: 'asking' };

  /** @param url origin of the gate; that of this page is followed with its cookie */
  constructor(url: string, onState: (state: WatchedGate) => void) {
    this.#url = url;
    this.#onState = onState;
  }

  start(): void {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    const check = () => this.#check();
    this.#look = setInterval(check, LOOK_EVERY_MS);
    document.addEventListener('visibilitychange', check, { signal });
    addEventListener('offline', () => this.#lose(), { signal });
    if (this.#isOwn) this.#connect();
  }

  stop(): void {
    this.#listening?.abort();
    clearInterval(this.#look);
    clearTimeout(this.#retry);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  /** A guard has let this page watch the gate. */
  use(token: string): void {
    this.#token = token;
    this.again();
  }

  /** Tries again now. */
  again(): void {
    clearTimeout(this.#retry);
    this.#attempt = 0;
    this.#connect();
  }

  get #isOwn(): boolean {
    return this.#url === location.origin;
  }

  #connect(): void {
    if (this.#state.status === 'asking' || this.#state.status === 'ended')
      this.#tell({ ...this.#state, status: 'connecting' });
    const address = `${this.#url.replace(/^http/, 'ws')}/ws/gates`;
    const protocols = this.#token === undefined ? undefined : [PROTOCOL, this.#token];
    const socket = new WebSocket(address, protocols);
    socket.onmessage = ({ data }) => {
      if (socket === this.#socket) this.#hear(data);
    };
    socket.onclose = ({ code }) => {
      if (socket !== this.#socket) return;
      if (code === CLOSE_SESSION_ENDED) this.#end();
      else this.#lose();
    };
    this.#socket = socket;
  }

  #hear(data: unknown): void {
    this.#heardAtMs = Date.now();
    this.#attempt = 0;
    const updates = JSON.parse(String(data)) as readonly { topic: string; value: unknown }[];
    const news = updates.findLast(({ topic }) => topic === 'gate')?.value as GateSummary | undefined;
    const summary = news ?? this.#state.summary;
    this.#tell({ status: 'live', ...(summary === undefined ? {} : { summary }) });
  }

  /** Nobody lets this page watch any more, or nobody is signed in on this kiosk. */
  #end(): void {
    this.#socket = undefined;
    this.#token = undefined;
    this.#tell({ status: this.#state.summary === undefined ? 'asking' : 'ended' });
    if (this.#isOwn) this.#retryLater(() => this.#connect());
  }

  #check(): void {
    if (this.#state.status === 'live' && Date.now() - this.#heardAtMs > SILENT_MS) this.#lose();
  }

  #lose(): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#socket = undefined;
    socket.close();
    const { summary, lostAtMs = Date.now() } = this.#state;
    this.#tell({ status: 'lost', lostAtMs, ...(summary === undefined ? {} : { summary }) });
    this.#retryLater(() => this.#connect());
  }

  #retryLater(run: () => void): void {
    const full = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#attempt++, 10));
    clearTimeout(this.#retry);
    this.#retry = setTimeout(run, full / 2 + (full / 2) * Math.random());
  }

  #tell(state: WatchedGate): void {
    this.#state = state;
    this.#onState(state);
  }
}
