import type Database from 'better-sqlite3';
import { GatepostError, type LogTrouble } from '../../core/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { WriteTimes } from '../../ports/event-log.ts';
import type { Logger } from '../../ports/logger.ts';
import { ReadConnection } from './read-connection.ts';
import { asLogError, foundDamaged, troubleOf } from './store-errors.ts';

/** A commit longer than this held up scanner, relay and watchdog noticeably (hardware/FACTS.md#sqlite-and-cards). */
const SLOW_WRITE_MS = 250;
/** A person waits for a write that takes longer. */
const WAITED_FOR_MS = 1_000;
/** How long slow writes are told of. */
const SLOW_FOR_MS = 60_000;

interface ConnectionOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The one writing connection that all parts of the store share, and whether its last write went through. */
export class Connection extends ReadConnection {
  readonly #clock: Clock;
  readonly #logger: Logger;
  #transaction: Database.Transaction<(work: () => unknown) => unknown> | undefined;
  #failedAtMs: number | undefined;
  #spentMs = 0;
  #trouble: LogTrouble | undefined;
  #afterwards: (() => void)[] = [];
  /** Monotonic; when slow writes ended, those of the last minute at least. */
  #slowAtMs: number[] = [];

  constructor({ path, clock, logger }: ConnectionOptions) {
    super(path);
    this.#clock = clock;
    this.#logger = logger;
  }

  override attach(database: Database.Database): void {
    super.attach(database);
    this.#recovered();
    // Made once: making such a function costs more than a transaction without it.
    this.#transaction = database.transaction((work: () => unknown) => work());
  }

  override close(): void {
    this.#transaction = undefined;
    super.close();
  }

  /** Monotonic milliseconds of the last failed write; undefined while writes succeed. */
  get failedAtMs(): number | undefined {
    return this.#failedAtMs;
  }

  /** Why the last write failed, where that is known; a file found damaged stays so until it is opened anew. */
  get trouble(): LogTrouble | undefined {
    return this.#trouble;
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
   * Runs `work` in one IMMEDIATE transaction: on disk when this returns, or nothing of it happened.
   * @throws GatepostError `log.unavailable`
   */
  write<T>(work: () => T): T {
    if (this.#trouble === 'log.damaged') throw foundDamaged(this.path);
    const startMs = this.#clock.read().monotonicMs;
    const isWhole = !this.isOpen || !this.database.inTransaction;
    try {
      const result = this.#inTransaction(work);
      this.#recovered();
      if (isWhole) for (const call of this.#afterwards.splice(0)) call();
      return result;
    } catch (error) {
      if (isWhole) this.#afterwards = [];
      // An error that already has our name is about what was to be written, not about the disk.
      if (!(error instanceof GatepostError)) {
        this.#failedAtMs = this.#clock.read().monotonicMs;
        this.#failed(error);
      }
      throw asLogError(this.path, 'write', error);
    } finally {
      const endMs = this.#clock.read().monotonicMs;
      const durationMs = Math.round(endMs - startMs);
      this.#spentMs += durationMs;
      if (durationMs > WAITED_FOR_MS) this.#slowAtMs.push(endMs);
      if (durationMs > SLOW_WRITE_MS) {
        this.#logger.warn({ durationMs }, 'Writing to the log took long; the card may be slow or failing.');
      }
    }
  }

  writeTimes(): WriteTimes {
    const sinceMs = this.#clock.read().monotonicMs - SLOW_FOR_MS;
    this.#slowAtMs = this.#slowAtMs.filter((atMs) => atMs > sinceMs);
    return { spentMs: this.#spentMs, slow: this.#slowAtMs.length };
  }

  /** Calls back once what is being written is on disk, at once where it is already. What fails is never told. */
  onceWritten(call: () => void): void {
    if (this.database.inTransaction) this.#afterwards.push(call);
    else call();
  }

  #recovered(): void {
    this.#failedAtMs = undefined;
    this.#trouble = undefined;
  }

  #failed(error: unknown): void {
    const trouble = troubleOf(this.path, error);
    if (trouble === 'log.damaged') this.#failedAtMs = this.#clock.read().monotonicMs;
    if (this.#trouble !== 'log.damaged') this.#trouble = trouble;
  }

  #inTransaction<T>(work: () => T): T {
    if (this.#transaction === undefined) {
      throw new GatepostError('log.unavailable', `The log ${this.path} is not open.`);
    }
    // What comes out is what `work` gave.
    return this.#transaction.immediate(work) as T;
  }
}
