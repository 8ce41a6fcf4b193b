import { uptime } from 'node:os';
import type { TimeQuality } from '../../core/access/vocabulary.ts';
import type { Clock } from '../../ports/clock.ts';
import type { KeptSession, KnownBrowsers, SessionStore } from '../../ports/operator-store.ts';
import { readBootId } from './boot-id.ts';
import type { Connection } from './connection.ts';

interface Row extends KeptSession {
  readonly keptMs: number;
  readonly timeQuality: TimeQuality;
  readonly bootId: string;
  readonly uptimeMs: number;
}

/** More than are ever valid at one time; the rest are from boots that cannot be dated. */
const MOST_KEPT = 256;
const COLUMNS =
  'digest, operator, credential, age_ms AS ageMs, idle_ms AS idleMs, left_ms AS leftMs, kept_ms AS keptMs, ' +
  'time_quality AS timeQuality, boot_id AS bootId, uptime_ms AS uptimeMs';

interface SessionStoreDeps {
  readonly connection: Connection;
  readonly clock: Clock;
  /** Id of this boot of the machine. */
  readonly bootId?: () => string;
  /** Milliseconds since that boot. */
  readonly uptimeMs?: () => number;
}

/** The sessions in SQLite. */
export class SqliteSessionStore implements SessionStore {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #bootId: () => string;
  readonly #uptimeMs: () => number;

  constructor(deps: SessionStoreDeps) {
    this.#connection = deps.connection;
    this.#clock = deps.clock;
    this.#bootId = deps.bootId ?? readBootId;
    this.#uptimeMs = deps.uptimeMs ?? (() => uptime() * 1000);
  }

  load(): readonly KeptSession[] {
    const rows = this.#connection.read(() =>
      this.#connection.statement<[], Row>(`SELECT ${COLUMNS} FROM session`).all(),
    );
    const bootId = this.#bootId();
    return rows.flatMap((row) => this.#agedSession(row, bootId) ?? []);
  }

  find(digest: string): KeptSession | undefined {
    const row = this.#connection.read(() =>
      this.#connection
        .statement<[string], Row>(`SELECT ${COLUMNS} FROM session WHERE digest = ?`)
        .get(digest),
    );
    return row && this.#agedSession(row, this.#bootId());
  }

  keep(sessions: readonly KeptSession[]): void {
    const sql = 'INSERT OR REPLACE INTO session VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';
    const trim = `DELETE FROM session WHERE digest IN (
      SELECT digest FROM session ORDER BY kept_ms DESC LIMIT -1 OFFSET ${MOST_KEPT})`;
    const { wallMs, quality } = this.#clock.read();
    const now = [Math.floor(wallMs), quality, this.#bootId(), Math.floor(this.#uptimeMs())] as const;
    this.#connection.write(() => {
      for (const { digest, operator, credential, ageMs, idleMs, leftMs } of sessions) {
        const ages = [ageMs, idleMs, leftMs].map(Math.floor);
        this.#connection.statement<unknown[]>(sql).run(digest, operator, credential, ...ages, ...now);
      }
      this.#connection.statement<[]>(trim).run();
    });
  }

  remove(digest: string): void {
    this.#connection.write(() => {
      this.#connection.statement<[string]>('DELETE FROM session WHERE digest = ?').run(digest);
    });
  }

  #agedSession(row: Row, thisBoot: string): KeptSession | undefined {
    const awayMs = this.#awayMs(row, thisBoot);
    if (awayMs === undefined) return undefined;
    const { digest, operator, credential, ageMs, idleMs, leftMs } = row;
    return {
      digest,
      operator,
      credential,
      ageMs: ageMs + awayMs,
      idleMs: idleMs + awayMs,
      leftMs: leftMs + awayMs,
    };
  }

  /**
   * Milliseconds since a row was written. Within one boot the machine's uptime is used, whatever the wall clock says;
   * across boots only a wall clock that was trusted then and is trusted now.
   */
  #awayMs({ keptMs, timeQuality, bootId, uptimeMs }: Row, thisBoot: string): number | undefined {
    if (bootId === thisBoot) return Math.max(0, this.#uptimeMs() - uptimeMs);
    const { wallMs, quality } = this.#clock.read();
    if (timeQuality === 'unsynced' || quality === 'unsynced' || wallMs < keptMs) return undefined;
    return wallMs - keptMs;
  }
}

/** Browsers remembered for one name; a lodge has a few. */
const MOST_OF_ONE = 64;

export class SqliteKnownBrowsers implements KnownBrowsers {
  readonly #connection: Connection;
  readonly #clock: Clock;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  knows(browser: string, operator?: string): boolean {
    const one = 'SELECT 1 FROM known_browser WHERE operator = ? AND browser = ?';
    const any = 'SELECT 1 FROM known_browser WHERE browser = ? LIMIT 1';
    return this.#connection.read(() =>
      operator === undefined
        ? this.#connection.statement<[string], unknown>(any).get(browser) !== undefined
        : this.#connection.statement<[string, string], unknown>(one).get(operator, browser) !== undefined,
    );
  }

  remember(browser: string, operator: string): void {
    const put = 'INSERT OR REPLACE INTO known_browser (operator, browser, used_ms) VALUES (?, ?, ?)';
    const trim = `DELETE FROM known_browser WHERE operator = ? AND browser IN (
      SELECT browser FROM known_browser WHERE operator = ? ORDER BY used_ms DESC LIMIT -1 OFFSET ${MOST_OF_ONE})`;
    const { wallMs } = this.#clock.read();
    this.#connection.write(() => {
      this.#connection.statement<[string, string, number]>(put).run(operator, browser, Math.floor(wallMs));
      this.#connection.statement<[string, string]>(trim).run(operator, operator);
    });
  }
}
