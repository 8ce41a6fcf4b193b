import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { GatepostError, messageOf } from '../../core/errors.ts';
import { isSoundRow } from '../../core/events/chain.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventOutbox } from '../../ports/event-log.ts';
import type { Logger } from '../../ports/logger.ts';
import type { StoreCheckKind, StoreChecks, StoreInspection } from '../../ports/store-check.ts';
import { mendAbouts, wrongAbouts } from './about-check.ts';
import { keepChecks, keepDamage, readStoreChecks } from './check-note.ts';
import { type CheckAnswer, CheckProcess } from './check-process.ts';
import type { Connection } from './connection.ts';
import { chainRowsIn } from './event-rows.ts';
import { SMALL_BYTES } from './health-check.ts';
import { sumCheck, summedTables } from './row-sums.ts';

const ROWS_AT_ONCE = 32;
/** What decisions rest on, first; the rest follows by name, and the log, which is the largest, comes last. */
const FIRST = ['sqlite_schema', 'passage', 'kept_number', 'pass_step', 'standing_order', 'visitor'];
const LAST = 'event';
/** A part that compares the sum of a table. */
const SUM = /^row_sum\((\w+)\)$/;

interface StoreInspectionDeps {
  readonly connection: Connection;
  readonly outbox: Pick<EventOutbox, 'readAfter'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Looks for damage anywhere in the file while the gate runs, so that none is first met in a passage. */
export class SqliteStoreInspection implements StoreInspection {
  readonly #deps: StoreInspectionDeps;
  readonly #process: CheckProcess;

  constructor(deps: StoreInspectionDeps) {
    this.#deps = deps;
    this.#process = new CheckProcess(deps.connection.path, deps.clock);
  }

  checks(): StoreChecks {
    return readStoreChecks(dirname(this.#path));
  }

  keep(checks: StoreChecks): void {
    try {
      keepChecks(this.#path, checks);
    } catch (error) {
      this.#deps.logger.warn({ error: messageOf(error) }, 'The note of the last check cannot be written.');
    }
  }

  parts(kind: StoreCheckKind): readonly string[] {
    const { connection } = this.#deps;
    const summed = connection.read(() => summedTables(connection.database));
    const sums = (name: string): readonly string[] => (summed.includes(name) ? [`row_sum(${name})`] : []);
    if (kind === 'full') return ['integrity_check', ...summed.flatMap(sums)];
    if (statSync(this.#path).size <= SMALL_BYTES) return [];
    const sql = `SELECT name FROM sqlite_schema WHERE type = 'table'`;
    const names = connection.read(() => connection.statement<[], { name: string }>(sql).all());
    // An index that decisions ask is compared with its rows, which takes longer.
    const check = (name: string): string =>
      FIRST.includes(name) && summed.includes(name) ? 'integrity_check' : 'quick_check';
    const rank = (name: string): number =>
      name === LAST ? FIRST.length + 1 : FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length;
    return ['sqlite_schema', ...names.map(({ name }) => name)]
      .filter((name) => /^\w+$/.test(name))
      .sort((one, other) => rank(one) - rank(other))
      .flatMap((name) => [...sums(name), `${check(name)}(${name})`]);
  }

  async look(part: string, signal: AbortSignal): Promise<string | undefined> {
    const sql = this.#questionOf(part);
    let answer = await this.#process.ask(part, sql, signal);
    // What the card does not give back twice is damaged; once may have been a moment's trouble.
    if (answer.code?.startsWith('SQLITE_IOERR') === true) answer = await this.#process.ask(part, sql, signal);
    const detail = this.#damageIn(part, answer);
    if (detail !== undefined) this.#condemn(part, detail);
    return detail;
  }

  recomputeAfter(sequence: number): number | undefined {
    const { connection, outbox } = this.#deps;
    const { first, through } = connection.read(() => this.#nextRows(sequence)) ?? {};
    if (typeof first !== 'number' || typeof through !== 'number') return undefined;
    // Rows that have ended by retention are gone before the first one.
    outbox.readAfter(sequence === 0 ? first - 1 : sequence, ROWS_AT_ONCE);
    this.#mend(first, through);
    return through;
  }

  close(): Promise<void> {
    return this.#process.close();
  }

  get #path(): string {
    return this.#deps.connection.path;
  }

  #nextRows(sequence: number): { first: number | null; through: number | null } | undefined {
    const sql = `SELECT min(sequence) AS first, max(sequence) AS through
      FROM (SELECT sequence FROM event WHERE sequence > ? ORDER BY sequence LIMIT ${ROWS_AT_ONCE})`;
    return this.#deps.connection
      .statement<[number], { first: number | null; through: number | null }>(sql)
      .get(sequence);
  }

  /** Notes anew what rows are about, where that is not as they say. */
  #mend(first: number, last: number): void {
    const { connection, logger } = this.#deps;
    const find = () => wrongAbouts(connection, chainRowsIn(connection, first, last).filter(isSoundRow));
    const misnoted = connection.read(find);
    if (misnoted.length === 0) return;
    mendAbouts(connection, misnoted);
    logger.warn(
      { rows: misnoted },
      'What rows of the log are about was noted anew from them; the card may be failing.',
    );
  }

  #questionOf(part: string): string {
    const table = SUM.exec(part)?.[1];
    if (table === undefined) return `PRAGMA ${part}`;
    const { connection } = this.#deps;
    return connection.read(() => sumCheck(connection.database, table)).replaceAll(/\s+/g, ' ');
  }

  #damageIn(part: string, answer: CheckAnswer): string | undefined {
    if (answer.code === undefined) {
      const found = answer.found.join('; ').replaceAll(/\s+/g, ' ').trim();
      return found === 'ok' ? undefined : `${part}: ${found}`;
    }
    // A question that does not fit the tables shows that their description is damaged.
    if (/^SQLITE_(CORRUPT|NOTADB|IOERR|ERROR$)/.test(answer.code)) return `${part}: ${answer.message}`;
    throw new GatepostError(
      'log.unavailable',
      `The check ${part} of ${this.#path} could not be made: ${answer.message}. It is tried again.`,
    );
  }

  #condemn(part: string, detail: string): void {
    const { connection, clock, logger } = this.#deps;
    connection.condemn(detail);
    logger.error({ part }, `The log ${this.#path} is damaged: ${detail}. Nothing opens any more.`);
    try {
      keepDamage(this.#path, { atMs: clock.read().wallMs, part, detail });
    } catch (error) {
      logger.warn({ error: messageOf(error) }, 'The note of the last check cannot be written.');
    }
  }
}
