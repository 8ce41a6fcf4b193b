import type Database from 'better-sqlite3';
import { GatepostError, type LogTrouble, messageOf } from '../../core/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { WriteTimes } from '../../ports/event-log.ts';
import type { Logger } from '../../ports/logger.ts';
import { ReadConnection } from './read-connection.ts';
import { asLogError, foundDamaged, troubleOf } from './store-errors.ts';

/** A commit that takes longer delays scanner, relay and watchdog noticeably (hardware/FACTS.md#sqlite-and-cards). */
const SLOW_WRITE_MS = 250;
/** A write that takes longer makes a person wait. */
const WAITED_FOR_MS = 1_000;
/** How long slow writes are reported. */
const SLOW_FOR_MS = 60_000;

interface ConnectionDeps {
  readonly path: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called after each transaction with the milliseconds it took; it must not throw. */
  readonly onWrite?: ((tookMs: number) => void) | undefined;
  /**
   * Called after a transaction that changed something, with how many there were, and whether it is on disk or only will
   * be with a later one. Must not throw.
   */
  readonly onWritten?: (writes: number, isSynced: boolean) => void;
}

/** Ends a transaction that is not to be written. */
const TAKEN_BACK = new Error('taken back');

const CHANGES = 'SELECT total_changes() AS changes';
const COUNT_WRITE = `INSERT INTO kept_number VALUES ('writes', 1)
  ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value`;

/** The one writing connection, shared by all parts of the store. It also knows whether its last write succeeded. */
export class Connection extends ReadConnection {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #onWrite: ((tookMs: number) => void) | undefined;
  readonly #onWritten: ConnectionDeps['onWritten'];
  /** Whether a transaction is on disk when it returns; otherwise a later one takes it along. */
  isSynced = true;
  #writes: number | undefined;
  #written = 0;
  #transaction: Database.Transaction<(work: () => unknown) => unknown> | undefined;
  #failedAtMs: number | undefined;
  #spentMs = 0;
  #trouble: LogTrouble | undefined;
  #damage: string | undefined;
  #afterwards: (() => void)[] = [];
  /** Monotonic end times of slow writes; covers at least the last minute. */
  #slowAtMs: number[] = [];

  constructor({ path, clock, logger, onWrite, onWritten }: ConnectionDeps) {
    super(path);
    this.#onWritten = onWritten;
    this.#clock = clock;
    this.#logger = logger;
    this.#onWrite = onWrite;
  }

  override attach(database: Database.Database): void {
    super.attach(database);
    this.#recovered();
    // Whoever had it meanwhile may have changed it.
    this.#written += 1;
    // Created once: creating such a function costs more than a plain transaction.
    this.#transaction = database.transaction((work: () => unknown) => work());
  }

  override close(): void {
    this.#transaction = undefined;
    super.close();
  }

  /** Grows with each transaction that has changed something, and with each opening. */
  get written(): number {
    return this.#written;
  }

  /** Monotonic milliseconds of the last failed write; undefined while writes succeed. */
  get failedAtMs(): number | undefined {
    return this.#failedAtMs;
  }

  /** Why the last write failed, if known. Damage stays reported until the file is opened again. */
  get trouble(): LogTrouble | undefined {
    return this.#trouble;
  }

  /** What is damaged, as long as the trouble is `log.damaged`. */
  get damage(): string | undefined {
    return this.#damage;
  }

  /** Something else has found the file damaged: nothing is written to it any more until it is opened again. */
  condemn(detail: string): void {
    this.#trouble = 'log.damaged';
    this.#damage = detail;
    this.#failedAtMs = this.#clock.read().monotonicMs;
  }

  override read<T>(work: () => T): T {
    try {
      return super.read(work);
    } catch (error) {
      this.#failed(error);
      throw error;
    }
  }

  /**
   * Runs `work` in one IMMEDIATE transaction. When this returns, all of it is on disk; if it throws, none of it is.
   * @throws GatepostError `log.unavailable`
   */
  write<T>(work: () => T): T {
    if (this.#trouble === 'log.damaged') throw foundDamaged(this.path);
    const startMs = this.#clock.read().monotonicMs;
    const isWhole = !this.isOpen || !this.database.inTransaction;
    try {
      const result = this.#inTransaction(isWhole ? () => this.#counted(work) : work);
      this.#recovered();
      if (isWhole) this.#wasWritten();
      return result;
    } catch (error) {
      if (isWhole) this.#afterwards = [];
      // A GatepostError is about the content that was to be written, not about the disk.
      if (!(error instanceof GatepostError)) {
        this.#failedAtMs = this.#clock.read().monotonicMs;
        this.#failed(error);
      }
      throw asLogError(this.path, 'write', error);
    } finally {
      const endMs = this.#clock.read().monotonicMs;
      const durationMs = Math.round(endMs - startMs);
      if (isWhole) this.#onWrite?.(endMs - startMs);
      this.#spentMs += durationMs;
      if (durationMs > WAITED_FOR_MS) this.#slowAtMs.push(endMs);
      if (durationMs > SLOW_WRITE_MS) {
        this.#logger.warn({ durationMs }, 'Writing to the log took long; the card may be slow or failing.');
      }
    }
  }

  /**
   * Runs `work` in one IMMEDIATE transaction and takes it back: nothing is written.
   * @throws the database's own error
   */
  takeBack<T>(work: () => T): T {
    const done: { result?: T } = {};
    try {
      this.#inTransaction(() => {
        done.result = this.#counted(work);
        throw TAKEN_BACK;
      });
    } catch (error) {
      if (error !== TAKEN_BACK) throw error;
    } finally {
      this.#writes = undefined;
      this.#afterwards = [];
    }
    return done.result as T;
  }

  writeTimes(): WriteTimes {
    const sinceMs = this.#clock.read().monotonicMs - SLOW_FOR_MS;
    this.#slowAtMs = this.#slowAtMs.filter((atMs) => atMs > sinceMs);
    return { spentMs: this.#spentMs, slow: this.#slowAtMs.length };
  }

  /** Calls back once the current transaction is on disk, or at once if there is none. Not called if it fails. */
  onceWritten(call: () => void): void {
    if (this.database.inTransaction) this.#afterwards.push(call);
    else call();
  }

  /**
   * Counts each transaction that changes something, in itself. Compared with the mark beside the database, the number
   * tells whether one was lost, also where it wrote no event.
   */
  #counted<T>(work: () => T): T {
    this.#writes = undefined;
    const changes = () => this.statement<[], { changes: number }>(CHANGES).get()?.changes;
    const before = changes();
    const result = work();
    if (changes() !== before) this.#writes = this.statement<[], { value: number }>(COUNT_WRITE).get()?.value;
    return result;
  }

  #wasWritten(): void {
    if (this.#writes !== undefined) this.#written += 1;
    for (const call of this.#afterwards.splice(0)) call();
    if (this.#writes !== undefined) this.#onWritten?.(this.#writes, this.isSynced);
  }

  #recovered(): void {
    this.#failedAtMs = undefined;
    this.#trouble = undefined;
    this.#damage = undefined;
  }

  #failed(error: unknown): void {
    const trouble = troubleOf(this.path, error);
    if (trouble === 'log.damaged') this.condemn(this.#damage ?? messageOf(error));
    if (this.#trouble !== 'log.damaged') this.#trouble = trouble;
  }

  #inTransaction<T>(work: () => T): T {
    if (this.#transaction === undefined) {
      throw new GatepostError('log.unavailable', `The log ${this.path} is not open.`);
    }
    // The transaction returns what `work` returned.
    return this.#transaction.immediate(work) as T;
  }
}
