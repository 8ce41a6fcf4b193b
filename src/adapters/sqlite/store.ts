import { join } from 'node:path';
import { isGatepostError, messageOf } from '../../core/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import { SqliteAttentionBook } from './attention-book.ts';
import { readBootId } from './boot-id.ts';
import { SqliteBundleShelf } from './bundle-shelf.ts';
import { Connection } from './connection.ts';
import { asLogError, damaged, databasePath, isDamage, openForWriting } from './database.ts';
import type { SqliteDayCounts } from './day-counts.ts';
import { effectTables } from './effects.ts';
import { SqliteEventLog } from './event-log.ts';
import { SqliteEventOutbox } from './event-outbox.ts';
import { FolderLock, lockPath } from './folder-lock.ts';
import { checkHealth } from './health-check.ts';
import { SqliteHolderRegister } from './holder-register.ts';
import type { SqliteHolderState } from './holder-state.ts';
import { readKept, SqliteClockFloor, writeKept } from './kept-numbers.ts';
import { SqliteKnownBrowsers } from './known-browsers.ts';
import { migrate } from './migrations.ts';
import type { SqliteOperatorStore } from './operator-store.ts';
import type { SqlitePassMemory } from './pass-memory.ts';
import type { SqlitePolicyStore } from './policy-store.ts';
import { SqliteSessionStore } from './session-store.ts';
import type { SqliteStandingOrders } from './standing-orders.ts';
import { refuseStoodDown } from './stood-down.ts';
import type { SqliteVisitorBook } from './visitor-book.ts';

export interface StoreOptions {
  /** Made with mode 0700 where it is missing. */
  readonly folder: string;
  readonly site: string;
  readonly gate: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A command that uses the store for a moment while no daemon runs: the daemon's mark of its end stays as it is. */
  readonly visiting?: boolean;
}

/** Everything the kiosk keeps on disk: one SQLite file, opened by start() and closed by stop(). */
export class Store implements Lifecycle {
  readonly log: SqliteEventLog;
  readonly outbox: SqliteEventOutbox;
  readonly passMemory: SqlitePassMemory;
  readonly operators: SqliteOperatorStore;
  readonly browsers: SqliteKnownBrowsers;
  readonly sessions: SqliteSessionStore;
  readonly holders: SqliteHolderRegister;
  readonly holderState: SqliteHolderState;
  readonly orders: SqliteStandingOrders;
  readonly visitors: SqliteVisitorBook;
  readonly policy: SqlitePolicyStore;
  readonly dayCounts: SqliteDayCounts;
  readonly attention: SqliteAttentionBook;
  readonly clockFloor: SqliteClockFloor;
  readonly bundles: SqliteBundleShelf;
  readonly #connection: Connection;
  readonly #lock: FolderLock;
  readonly #logger: Logger;
  readonly #visiting: boolean;
  #endedUncleanly = false;

  constructor({ folder, site, gate, clock, logger, visiting = false }: StoreOptions) {
    const connection = new Connection({ path: databasePath(folder), clock, logger });
    this.#connection = connection;
    this.#lock = new FolderLock(lockPath(folder));
    this.#logger = logger;
    this.#visiting = visiting;
    const tables = effectTables(connection);
    this.passMemory = tables.passMemory;
    this.holderState = tables.holderState;
    this.orders = tables.orders;
    this.visitors = tables.visitors;
    this.policy = tables.policy;
    this.dayCounts = tables.dayCounts;
    this.outbox = new SqliteEventOutbox(connection, logger);
    this.log = new SqliteEventLog({
      connection,
      tables,
      clock,
      site,
      gate,
      onCommitted: () => this.outbox.announce(),
    });
    this.attention = new SqliteAttentionBook(connection);
    this.operators = tables.operators;
    this.browsers = new SqliteKnownBrowsers(connection, clock);
    this.sessions = new SqliteSessionStore({ connection, clock });
    this.holders = new SqliteHolderRegister(connection);
    this.clockFloor = new SqliteClockFloor(connection);
    this.bundles = new SqliteBundleShelf(connection, this.log, join(folder, 'bundles'));
  }

  /** Whether the run before this one ended without stop(): a power cut or a crash. Known after start(). */
  get endedUncleanly(): boolean {
    return this.#endedUncleanly;
  }

  /** @throws GatepostError `log.busy`, `log.damaged`, `log.unavailable`, `site.stooddown` */
  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#connection.isOpen) return;
    try {
      this.#open();
    } catch (error) {
      this.#close();
      throw error;
    }
  }

  async stop(): Promise<void> {
    if (!this.#connection.isOpen) return;
    try {
      if (!this.#visiting) writeKept(this.#connection, 'in-use', 0);
    } catch (error) {
      this.#logger.error({ error: messageOf(error) }, 'The log was closed without its mark of a clean end.');
    } finally {
      this.#close();
    }
  }

  #open(): void {
    const connection = this.#connection;
    const { path } = connection;
    try {
      this.#lock.acquire();
      connection.attach(openForWriting(path));
      migrate(connection.database);
      refuseStoodDown(connection);
      checkHealth(connection);
      this.#endedUncleanly = readKept(connection, 'in-use') === 1;
      if (!this.#visiting) writeKept(connection, 'in-use', 1);
      this.log.begin(readBootId());
    } catch (error) {
      const cause = isGatepostError(error, 'log.unavailable') ? error.cause : error;
      throw isDamage(cause) ? damaged(path, messageOf(cause), cause) : asLogError(path, 'open', error);
    }
  }

  #close(): void {
    this.#connection.close();
    this.#lock.release();
  }
}
