import { randomBytes } from 'node:crypto';
import type { Cancel, Clock } from '../../ports/clock.ts';

/** A session nobody acts in ends after this time, in milliseconds. */
const IDLE_LIMIT_MS = 30 * 60_000;
/** The longest life of a session, in milliseconds: one shift. */
const ABSOLUTE_LIMIT_MS = 12 * 3_600_000;
/** More sessions than this end the one that was unused for longest. */
const MAX_SESSIONS = 64;
/** 256 bits cannot be guessed. */
const ID_BYTES = 32;

export interface Session {
  readonly id: string;
  readonly operator: string;
}

interface Entry extends Session {
  readonly endsMs: number;
  lastUsedMs: number;
  cancel: Cancel;
}

/** Who is signed in. Kept in memory only: a restart signs everybody out. Times are of the monotonic clock. */
export class Sessions {
  readonly #clock: Clock;
  readonly #onEnded: (session: Session) => void;
  /** In the order of their last use, oldest first. */
  readonly #entries = new Map<string, Entry>();

  /** @param onEnded called once for every session that ends, by sign-out, by time or to make room. */
  constructor(clock: Clock, onEnded: (session: Session) => void) {
    this.#clock = clock;
    this.#onEnded = onEnded;
  }

  open(operator: string): Session {
    const now = this.#nowMs();
    const oldest = this.#entries.keys().next().value;
    if (oldest !== undefined && this.#entries.size >= MAX_SESSIONS) this.end(oldest);
    const entry: Entry = {
      id: randomBytes(ID_BYTES).toString('base64url'),
      operator,
      endsMs: now + ABSOLUTE_LIMIT_MS,
      lastUsedMs: now,
      cancel: () => undefined,
    };
    this.#entries.set(entry.id, entry);
    this.#watch(entry);
    return entry;
  }

  /** The session of a cookie, without counting as use of it. */
  find(id: string | undefined): Session | undefined {
    return id === undefined ? undefined : this.#entries.get(id);
  }

  /** The session of a cookie; begins its idle time anew. */
  use(id: string | undefined): Session | undefined {
    const entry = id === undefined ? undefined : this.#entries.get(id);
    if (entry === undefined) return undefined;
    entry.lastUsedMs = this.#nowMs();
    this.#entries.delete(entry.id);
    this.#entries.set(entry.id, entry);
    return entry;
  }

  end(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    entry.cancel();
    this.#entries.delete(id);
    this.#onEnded(entry);
  }

  /** Forgets all sessions because the server ends; onEnded is not called. */
  clear(): void {
    for (const entry of this.#entries.values()) entry.cancel();
    this.#entries.clear();
  }

  /** One timer a session; it looks again when the session was used in the meantime. */
  #watch(entry: Entry): void {
    const leftMs = Math.min(entry.endsMs, entry.lastUsedMs + IDLE_LIMIT_MS) - this.#nowMs();
    if (leftMs <= 0) {
      this.end(entry.id);
      return;
    }
    entry.cancel = this.#clock.schedule(leftMs, () => this.#watch(entry));
  }

  #nowMs(): number {
    return this.#clock.read().monotonicMs;
  }
}
