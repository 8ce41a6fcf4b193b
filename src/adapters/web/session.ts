import { createHash, randomBytes } from 'node:crypto';
import { isGatepostError } from '../../core/errors.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { OperatorDesk } from '../../ports/operator-desk.ts';
import type { KeptSession, SessionStore } from '../../ports/operator-store.ts';

/** A session without an open page ends after this time, in milliseconds. */
const IDLE_LIMIT_MS = 30 * 60_000;
/** The longest life of a session, in milliseconds: one shift. */
export const ABSOLUTE_LIMIT_MS = 12 * 3_600_000;
/** A desk without input for this time cannot give orders, in milliseconds. */
const UNATTENDED_AFTER_MS = 15 * 60_000;
/** More sessions than this end the one that was unused for longest. */
const MAX_SESSIONS = 64;
/** Length of a session id: 256 bits cannot be guessed. */
const ID_BYTES = 32;
/**
 * How often the ages are stored, in milliseconds: more often wears the card, less often ends sessions early after a
 * crash.
 */
const KEEP_EVERY_MS = 2 * 60_000;

export interface Session {
  /** Digest of the id: the id itself is in the browser's cookie alone. */
  readonly key: string;
  readonly operator: string;
}

interface Entry extends Session {
  readonly credential: string;
  /** Monotonic milliseconds, all of them; below zero for what was before the start. */
  readonly openedMs: number;
  usedMs: number;
  attendedMs: number;
  keptMs: number;
  cancel: Cancel;
}

interface SessionsDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly operators: Pick<OperatorDesk, 'credentialOf'>;
  /** Without it a restart signs everybody out. */
  readonly store?: SessionStore | undefined;
  /** Called once for every session that ends, by sign-out, by time, with its account or to make room. */
  readonly onEnded: (session: Session) => void;
}

/**
 * The sessions of signed-in guards. Durations are on the monotonic clock. Digests and ages are stored on disk, so that
 * sessions survive a restart of the daemon and a copy of the card cannot be used to sign in.
 */
export class Sessions {
  readonly #deps: SessionsDeps;
  /** Sessions that have ended but are still on disk, because the disk could not be written. */
  readonly #undead = new Set<string>();
  /** By key, in the order of their last use, oldest first. */
  readonly #entries = new Map<string, Entry>();

  constructor(deps: SessionsDeps) {
    this.#deps = deps;
  }

  /** Restores the sessions from before the restart and ends those that are over meanwhile. */
  restore(): void {
    this.#attempt('read', () => {
      const kept = this.#deps.store?.load() ?? [];
      for (const session of [...kept].sort((a, b) => b.idleMs - a.idleMs)) this.#takeUp(session);
    });
  }

  /** A new session; `id` is for its cookie. */
  open(operator: string, credential: string): Session & { readonly id: string } {
    const now = this.#nowMs();
    const oldest = this.#entries.values().next().value;
    if (oldest !== undefined && this.#entries.size >= MAX_SESSIONS) this.#end(oldest);
    const id = randomBytes(ID_BYTES).toString('base64url');
    const times = { openedMs: now, usedMs: now, attendedMs: now, keptMs: now };
    const entry: Entry = { key: digestOf(id), operator, credential, ...times, cancel: () => undefined };
    this.#entries.set(entry.key, entry);
    this.#keep([entry]);
    this.#watch(entry);
    return { key: entry.key, operator, id };
  }

  /** The session of a cookie. Does not restart its idle time. */
  find(id: string | undefined): Session | undefined {
    return id === undefined ? undefined : this.#find(id);
  }

  /** The session of a cookie; restarts its idle time. */
  use(id: string | undefined): Session | undefined {
    const entry = id === undefined ? undefined : this.#find(id);
    if (entry !== undefined) this.#used(entry);
    return entry;
  }

  #used(entry: Entry): void {
    const now = this.#nowMs();
    entry.usedMs = now;
    this.#entries.delete(entry.key);
    this.#entries.set(entry.key, entry);
    if (now - entry.keptMs >= KEEP_EVERY_MS) this.#keep([entry]);
  }

  /** Something that is open for this session keeps it in use. */
  touch(key: string): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.#used(entry);
  }

  /** Whether the session of this key has not ended. */
  lives(key: string): boolean {
    const entry = this.#entries.get(key);
    return entry !== undefined && !this.#isOver(entry);
  }

  /** Whether there was input at the desk within the last 15 minutes. */
  isAttended(key: string): boolean {
    const entry = this.#entries.get(key);
    return entry !== undefined && this.#nowMs() - entry.attendedMs < UNATTENDED_AFTER_MS;
  }

  /** There was input at the desk. This keeps a desk attended, but only the password ends the unattended state. */
  attend(key: string): void {
    if (this.isAttended(key)) this.renew(key);
  }

  /** The password was given at the desk, so it counts as attended again. */
  renew(key: string): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) entry.attendedMs = this.#nowMs();
  }

  end(key: string): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.#end(entry);
  }

  /** How many sessions are open, by the operator's name. */
  counts(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { operator } of this.#entries.values()) counts.set(operator, (counts.get(operator) ?? 0) + 1);
    return counts;
  }

  /** Ends all sessions of a name. */
  endAllOf(operator: string): void {
    for (const entry of [...this.#entries.values()]) if (entry.operator === operator) this.#end(entry);
  }

  /** Ends the sessions of a name that were opened with another password, or all if the account is gone. */
  review(operator: string): void {
    for (const entry of [...this.#entries.values()]) {
      if (entry.operator === operator) this.#isOver(entry);
    }
  }

  /** Drops all sessions from memory because the server stops; they stay on disk, and onEnded is not called. */
  suspend(): void {
    this.#keep([...this.#entries.values()]);
    for (const entry of this.#entries.values()) entry.cancel();
    this.#entries.clear();
  }

  #find(id: string): Entry | undefined {
    const key = digestOf(id);
    const entry = this.#entries.get(key) ?? this.#findKept(key);
    return entry === undefined || this.#isOver(entry) ? undefined : entry;
  }

  /** Looks for a session that is only on disk: its age could not be known at the start, but may be known now. */
  #findKept(key: string): Entry | undefined {
    if (this.#undead.has(key)) return undefined;
    const kept = this.#attempt('read', () => this.#deps.store?.find(key));
    if (kept !== undefined) this.#takeUp(kept);
    return this.#entries.get(key);
  }

  #takeUp({ digest: key, operator, credential, ageMs, idleMs, leftMs }: KeptSession): void {
    if (this.#entries.has(key)) return;
    const now = this.#nowMs();
    const entry: Entry = {
      key,
      operator,
      credential,
      openedMs: now - ageMs,
      usedMs: now - idleMs,
      attendedMs: now - leftMs,
      keptMs: now,
      cancel: () => undefined,
    };
    this.#entries.set(key, entry);
    if (!this.#isOver(entry)) this.#watch(entry);
  }

  /** Whether the session is over because its account has another password or was removed; ends it then. */
  #isOver(entry: Entry): boolean {
    const present = this.#attempt('read', () => ({
      credential: this.#deps.operators.credentialOf(entry.operator),
    }));
    // If the store cannot be read nothing is known. The session may go on, because without a store no order is taken
    // anyway.
    if (present === undefined || present.credential === entry.credential) return false;
    this.#end(entry);
    return true;
  }

  #end(entry: Entry): void {
    entry.cancel();
    if (!this.#entries.delete(entry.key)) return;
    const removed = this.#attempt('write', () => this.#deps.store?.remove(entry.key) ?? true);
    if (removed === undefined) this.#undead.add(entry.key);
    this.#deps.onEnded(entry);
  }

  /** Keeps one timer per session; it is set again if the session was used meanwhile. */
  #watch(entry: Entry): void {
    const endsMs = Math.min(entry.openedMs + ABSOLUTE_LIMIT_MS, entry.usedMs + IDLE_LIMIT_MS);
    const leftMs = endsMs - this.#nowMs();
    if (leftMs <= 0) {
      this.#end(entry);
      return;
    }
    entry.cancel = this.#deps.clock.schedule(leftMs, () => this.#watch(entry));
  }

  #keep(entries: readonly Entry[]): void {
    const now = this.#nowMs();
    for (const entry of entries) entry.keptMs = now;
    if (entries.length === 0) return;
    const kept = entries.map(({ key, operator, credential, openedMs, usedMs, attendedMs }) => ({
      digest: key,
      operator,
      credential,
      ageMs: now - openedMs,
      idleMs: now - usedMs,
      leftMs: now - attendedMs,
    }));
    this.#attempt('write', () => this.#deps.store?.keep(kept));
  }

  /** Uses the store, but ignores its failures, because the guard must stay signed in to see that the store fails. */
  #attempt<T>(what: 'read' | 'write', work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!isGatepostError(error)) throw error;
      this.#deps.logger.warn({ code: error.code }, `Sign-ins could not be ${DONE[what]}: ${error.message}`);
      return undefined;
    }
  }

  #nowMs(): number {
    return this.#deps.clock.read().monotonicMs;
  }
}

const DONE = { read: 'read', write: 'kept' } as const;
function digestOf(id: string): string {
  return createHash('sha256').update(id).digest('hex');
}
