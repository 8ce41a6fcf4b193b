import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type LogTrouble, messageOf } from '../../core/errors.ts';
import type { AlteredRows } from '../../core/events/chain.ts';
import type { LogResetCause } from '../../core/events/event.ts';
import { furthest, judgeLog, type LogMark } from '../../core/events/log-mark.ts';
import type { Clock } from '../../ports/clock.ts';
import type { StoreHealth } from '../../ports/event-log.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import { mendAbouts } from './about-check.ts';
import { SqliteAttentionBook } from './attention-book.ts';
import type { SqliteBackupBook } from './backup-book.ts';
import { readBootId } from './boot-id.ts';
import { SqliteBundleShelf } from './bundle-shelf.ts';
import type { SqliteCommandBook } from './command-book.ts';
import { Connection } from './connection.ts';
import type { SqliteDataRequests } from './data-requests.ts';
import { databasePath, openForReading, openForWriting } from './database.ts';
import type { SqliteDayCounts } from './day-counts.ts';
import { effectTables } from './effects.ts';
import { SqliteEventLog } from './event-log.ts';
import { SqliteEventOutbox } from './event-outbox.ts';
import { type Examination, examine } from './examination.ts';
import { FolderLock, lockPath } from './folder-lock.ts';
import { SqliteHolderRegister } from './holder-register.ts';
import type { SqliteHolderState } from './holder-state.ts';
import {
  readKept,
  SqliteClockFloor,
  type SqlitePurgeBook,
  type SqliteRecordsOfThePast,
  SqliteToldTopics,
  writeKept,
} from './kept-numbers.ts';
import { LogMarks } from './log-marks.ts';
import { SqliteCheckpointBook, SqliteLogTree } from './log-tree.ts';
import { migrate } from './migrations.ts';
import type { SqliteMusterBook } from './muster-book.ts';
import type { SqliteOperatorStore } from './operator-store.ts';
import type { SqlitePassMemory } from './pass-memory.ts';
import { SqlitePassRecords } from './pass-records.ts';
import { SqlitePassageHistory } from './passage-history.ts';
import type { SqlitePolicyStore } from './policy-store.ts';
import { SqliteReceiptBook } from './receipt-book.ts';
import { SqliteRecordPurge } from './record-purge.ts';
import type { SqliteRegisterBook } from './register-book.ts';
import { Reserve } from './reserve.ts';
import { finishRestore } from './restore-swap.ts';
import { SqliteRowReducer } from './row-reducer.ts';
import { SqliteKnownBrowsers, SqliteSessionStore } from './session-store.ts';
import type { SqliteShiftBook } from './shift-book.ts';
import type { SqliteSiteOrders } from './site-orders.ts';
import type { SqliteStandingOrders } from './standing-orders.ts';
import { refuseStoodDown } from './stood-down.ts';
import { asOpenError, troubleOf } from './store-errors.ts';
import { SqliteStoreInspection } from './store-inspection.ts';
import type { SqliteVisitorBook } from './visitor-book.ts';

interface StoreDeps {
  /** Created with mode 0700 if it does not exist. */
  readonly folder: string;
  readonly site: string;
  readonly gate: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /**
   * For a command that uses the store briefly while no daemon runs: leaves the daemon's mark of its end unchanged.
   */
  readonly visiting?: boolean;
  /** Why a new log begins, if somebody ordered it. */
  readonly cause?: LogResetCause;
  /** Called after each transaction with the milliseconds it took; it must not throw. */
  readonly onWrite?: (tookMs: number) => void;
}

/** Everything the kiosk keeps on disk: one SQLite file, opened by start() and closed by stop(). */
export class Store implements Lifecycle, StoreHealth {
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
  readonly registers: SqliteRegisterBook;
  readonly policy: SqlitePolicyStore;
  readonly siteOrders: SqliteSiteOrders;
  readonly shifts: SqliteShiftBook;
  readonly records: SqliteRecordsOfThePast;
  readonly dayCounts: SqliteDayCounts;
  readonly musters: SqliteMusterBook;
  readonly attention: SqliteAttentionBook;
  readonly backups: SqliteBackupBook;
  readonly requests: SqliteDataRequests;
  readonly passRecords: SqlitePassRecords;
  readonly passages: SqlitePassageHistory;
  readonly commands: SqliteCommandBook;
  readonly clockFloor: SqliteClockFloor;
  readonly bundles: SqliteBundleShelf;
  readonly tree: SqliteLogTree;
  readonly checkpoints: SqliteCheckpointBook;
  readonly inspection: SqliteStoreInspection;
  readonly recordPurge: SqliteRecordPurge;
  readonly rows: SqliteRowReducer;
  readonly purges: SqlitePurgeBook;
  readonly receipts: SqliteReceiptBook;
  readonly toldTopics: SqliteToldTopics;
  readonly #connection: Connection;
  readonly #lock: FolderLock;
  readonly #logger: Logger;
  readonly #visiting: boolean;
  readonly #cause: LogResetCause | undefined;
  readonly #marks: LogMarks;
  readonly #reserve: Reserve;
  /** The end of the log after the last commit. */
  #head: LogMark | undefined;
  /** Events were written that the outbox was not told of. */
  #hasNews = false;
  #endedUncleanly = false;
  #starts = 0;
  #altered: readonly AlteredRows[] = [];

  constructor({ folder, site, gate, clock, logger, visiting = false, cause, onWrite }: StoreDeps) {
    const onWritten = (writes: number, isSynced: boolean): void => {
      if (isSynced && this.#head !== undefined) this.#marks.note({ ...this.#head, writes });
      if (!this.#hasNews) return;
      this.#hasNews = false;
      this.outbox.announce();
    };
    const connection = new Connection({ path: databasePath(folder), clock, logger, onWrite, onWritten });
    this.#connection = connection;
    this.#marks = new LogMarks({ folder, database: connection.path, logger });
    this.#reserve = new Reserve(folder);
    this.#cause = cause;
    this.#lock = new FolderLock(lockPath(folder));
    this.#logger = logger;
    this.#visiting = visiting;
    const tables = effectTables(connection);
    this.passMemory = tables.passMemory;
    this.holderState = tables.holderState;
    this.orders = tables.orders;
    this.visitors = tables.visitors;
    this.registers = tables.registers;
    this.policy = tables.policy;
    this.siteOrders = tables.siteOrders;
    this.shifts = tables.shifts;
    this.records = tables.records;
    this.dayCounts = tables.dayCounts;
    this.musters = tables.musters;
    this.outbox = new SqliteEventOutbox(connection, logger);
    this.log = new SqliteEventLog({
      connection,
      tables,
      clock,
      site,
      gate,
      onCommitted: (head, rows) => {
        this.#head = head;
        this.#hasNews = true;
        this.outbox.hold(rows);
      },
      stored: () => this.outbox.noted,
      hasRoom: () => this.#reserve.hasRoom(),
    });
    this.tree = new SqliteLogTree(connection);
    this.checkpoints = new SqliteCheckpointBook(connection);
    this.rows = new SqliteRowReducer(connection, clock);
    this.attention = new SqliteAttentionBook(connection);
    this.backups = tables.backups;
    this.requests = tables.requests;
    this.passRecords = new SqlitePassRecords(connection);
    this.passages = new SqlitePassageHistory(connection);
    this.commands = tables.commands;
    this.operators = tables.operators;
    this.browsers = new SqliteKnownBrowsers(connection, clock);
    this.sessions = new SqliteSessionStore({ connection, clock });
    this.holders = new SqliteHolderRegister(connection);
    this.clockFloor = new SqliteClockFloor(connection);
    this.inspection = new SqliteStoreInspection({ connection, outbox: this.outbox, clock, logger });
    this.recordPurge = new SqliteRecordPurge(connection);
    this.purges = tables.purges;
    this.receipts = new SqliteReceiptBook(connection);
    this.toldTopics = new SqliteToldTopics(connection);
    this.bundles = new SqliteBundleShelf(connection, this.log, join(folder, 'bundles'));
  }

  /** Whether the run before this one ended without stop() (a power cut or a crash). Known after start(). */
  get endedUncleanly(): boolean {
    return this.#endedUncleanly;
  }

  /** Starts of this store so far, this one included. Known after start(). */
  get starts(): number {
    return this.#starts;
  }

  /** Altered rows at the end of the log. Known after start(). */
  get altered(): readonly AlteredRows[] {
    return this.#altered;
  }

  /** Path of the database. */
  get path(): string {
    return this.#connection.path;
  }

  /** Why the log cannot be written, if known; undefined while it can. */
  get trouble(): LogTrouble | undefined {
    return this.#connection.trouble ?? (this.#reserve.hasRoom() ? undefined : 'log.full');
  }

  /** What is damaged in the store, in the words of the database; undefined if nothing is known to be. */
  get damage(): string | undefined {
    return this.#connection.damage;
  }

  /** Free bytes and total bytes of the store's disk; undefined if the system does not say. */
  room(): { readonly freeBytes: number; readonly sizeBytes: number } | undefined {
    return this.#reserve.room();
  }

  sizes(): { readonly database: number; readonly wal: number } | undefined {
    const [database, wal] = [this.path, `${this.path}-wal`].map(
      (file) => statSync(file, { throwIfNoEntry: false })?.size,
    );
    return database === undefined ? undefined : { database, wal: wal ?? 0 };
  }

  /** The position of the log in the mark beside the database. The database need not be open. */
  lastMark(): LogMark | undefined {
    try {
      return furthest(this.#marks.find().marks);
    } catch (error) {
      this.#logger.debug({ error: messageOf(error) }, 'The marks of the log cannot be read.');
      return undefined;
    }
  }

  /** Creates the reserve again after a full disk used it up. */
  keepReserve(): void {
    this.#reserve.keep();
  }

  /**
   * If it fails, every file stays as it is.
   * @throws GatepostError one of LOG_TROUBLES, `log.busy`, `log.unavailable`, `site.stooddown`
   */
  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#connection.isOpen) return;
    try {
      this.#open();
    } catch (error) {
      this.#close();
      // The reserve was kept for this: on a full disk it is deleted before the second attempt.
      if (troubleOf(this.#connection.path, error) !== 'log.full' || !this.#reserve.give()) throw error;
      try {
        this.#open();
      } catch (again) {
        this.#close();
        throw again;
      }
    }
    this.#reserve.keep();
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
    let seen: Examination | undefined;
    let opened = false;
    try {
      this.#lock.acquire();
      finishRestore(dirname(path));
      seen = examine(path);
      const { marks, sameFile } = this.#marks.find();
      const { head, marked = false, putBack = false, hashAt = () => undefined } = seen ?? {};
      const verdict = judgeLog({ head, marks, marked, sameFile, putBack, hashAt });
      connection.attach(openForWriting(path));
      this.outbox.begin();
      migrate(connection.database);
      refuseStoodDown(connection);
      if (head !== undefined) this.log.tryOut();
      this.#mend(seen?.misnoted ?? []);
      this.#endedUncleanly = readKept(connection, 'in-use') === 1;
      this.#starts = readKept(connection, 'starts') + 1;
      if (!this.#visiting) {
        writeKept(connection, 'in-use', 1);
        writeKept(connection, 'starts', this.#starts);
      }
      this.log.begin({
        bootId: readBootId(),
        verdict,
        before:
          verdict === 'lost' || verdict === 'restored'
            ? (furthest(marks) ?? (putBack ? head : undefined))
            : undefined,
        ...(this.#cause && { cause: this.#cause }),
      });
      this.#head = this.log.head();
      this.#marks.begin(randomUUID(), this.#head);
      if (!marked) writeKept(connection, 'marked', 1);
      // A first checkpoint, so that losing the write-ahead log alone cannot lose a young log and the accounts in it.
      if (head === undefined) connection.database.pragma('wal_checkpoint(PASSIVE)');
      this.#altered = seen?.altered ?? [];
      opened = true;
    } catch (error) {
      connection.close();
      throw asOpenError(path, error);
    } finally {
      seen?.close(!opened);
    }
  }

  #mend(misnoted: readonly number[]): void {
    if (misnoted.length === 0) return;
    mendAbouts(this.#connection, misnoted);
    this.#logger.warn(
      { rows: misnoted.length, first: misnoted[0] },
      'What rows of the log are about was not noted as they say. It was noted anew from them; the card may be failing.',
    );
  }

  #close(): void {
    this.#marks.end();
    const keeper = this.#keeperOfDamage();
    this.#connection.close();
    keeper?.close();
    this.#lock.release();
  }

  /** While a read-only connection is open, closing the other one does not carry the write-ahead log over. */
  #keeperOfDamage(): ReturnType<typeof openForReading> | undefined {
    if (this.#connection.trouble !== 'log.damaged') return undefined;
    try {
      return openForReading(this.#connection.path);
    } catch (error) {
      this.#logger.debug({ error: messageOf(error) }, 'The damaged log cannot be opened for reading.');
      return undefined;
    }
  }
}
