import { setTimeout as delay } from 'node:timers/promises';
import { GatepostError } from '../../core/errors.ts';
import type { HolderPhotograph } from '../../ports/holder-register.ts';
import type { Connection } from './connection.ts';
import { PRESENT_GENERATION } from './holder-register.ts';

/**
 * Longest time one transaction may take. SQLite has one writer at a time, so the daemon's own writes wait for it;
 * they run in the pause between two transactions.
 */
const TURN_MS = 15;
const PAUSE_MS = 10;
/** Rows between two checks of the clock, and rows deleted at a time. */
const ROWS_A_LOOK = 100;
const ROWS_A_SWEEP = 500;

export interface DirectoryEntry {
  /** 12 hex characters. */
  readonly holderRef: string;
  readonly label: string;
  readonly unit: string;
  /** Reads the photograph when it is needed, so that thousands of them are never in memory at once. */
  readonly photograph?: () => HolderPhotograph;
}

/** How the directory in force differs from the one before. */
export interface DirectoryCounts {
  readonly holders: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly photographs: number;
}

interface DirectoryWriterDeps {
  readonly connection: Connection;
  /** Writes the event of the change. Runs inside the transaction that puts the directory in force. */
  readonly record: (counts: DirectoryCounts) => void;
  readonly onProgress: (done: number, total: number) => void;
}

/**
 * Changes the directory of holders beside a running gate, which uses the one in force until the change is complete.
 */
export class DirectoryWriter {
  readonly #connection: Connection;
  readonly #deps: DirectoryWriterDeps;

  constructor(deps: DirectoryWriterDeps) {
    this.#connection = deps.connection;
    this.#deps = deps;
  }

  /**
   * Puts exactly these holders in force, or changes nothing.
   * @throws GatepostError `log.unavailable`, and what reading a photograph throws
   */
  async replace(entries: readonly DirectoryEntry[]): Promise<DirectoryCounts> {
    await this.#sweep();
    const present = this.#presentGeneration();
    const next = present + 1;
    try {
      await this.#write(entries, next);
    } catch (error) {
      await this.#sweep();
      throw error;
    }
    const counts = this.#compare(present, next);
    if (counts.holders !== entries.length) {
      throw new GatepostError('internal', 'The new register is not whole; the one before stays in force.');
    }
    this.#connection.write(() => {
      if (this.#presentGeneration() !== present) {
        throw new GatepostError('log.busy', 'Another import came in between. Run this one again.');
      }
      this.#connection.statement<[number]>('UPDATE directory SET generation = ?').run(next);
      this.#deps.record(counts);
    });
    await this.#sweep();
    return counts;
  }

  /** Removes one holder from the directory. Returns whether there was one. @throws GatepostError `log.unavailable` */
  erase(holderRef: string): boolean {
    return this.#connection.write(() => {
      const where = `WHERE generation = ${PRESENT_GENERATION} AND holder_ref = ?`;
      this.#connection.statement<[string]>(`DELETE FROM holder_photo ${where}`).run(holderRef);
      const removed = this.#connection
        .statement<[string]>(`DELETE FROM holder ${where}`)
        .run(holderRef).changes;
      if (removed === 0) return false;
      this.#deps.record({ ...this.#sizes(), added: 0, changed: 0, removed });
      return true;
    });
  }

  async #write(entries: readonly DirectoryEntry[], generation: number): Promise<void> {
    // Sorted in the order of the table, rows fill one page after another.
    const sorted = [...entries].sort((a, b) => (a.holderRef < b.holderRef ? -1 : 1));
    let done = 0;
    while (done < sorted.length) {
      const from = done;
      done = this.#connection.write(() => this.#writeTurn(sorted, from, generation));
      this.#deps.onProgress(done, sorted.length);
      await this.#pause();
    }
  }

  /** Lets the daemon write, and checkpoints what was written here, so that the daemon's commits do not have to. */
  async #pause(): Promise<void> {
    this.#connection.database.pragma('wal_checkpoint(PASSIVE)');
    await delay(PAUSE_MS);
  }

  /** Writes as many entries as fit into one transaction and returns the index to continue at. */
  #writeTurn(entries: readonly DirectoryEntry[], from: number, generation: number): number {
    const endMs = performance.now() + TURN_MS;
    const putHolder = this.#connection.statement<[number, string, string, string]>(
      'INSERT INTO holder (generation, holder_ref, label, unit) VALUES (?, ?, ?, ?)',
    );
    const putPhoto = this.#connection.statement<[number, string, string, Uint8Array]>(
      'INSERT INTO holder_photo (generation, holder_ref, type, photo) VALUES (?, ?, ?, ?)',
    );
    let at = from;
    for (; at < entries.length; at += 1) {
      if (at > from && (at - from) % ROWS_A_LOOK === 0 && performance.now() > endMs) break;
      const entry = entries[at];
      if (entry === undefined) break;
      const { holderRef, label, unit, photograph } = entry;
      putHolder.run(generation, holderRef, label, unit);
      if (photograph === undefined) continue;
      const { type, bytes } = photograph();
      putPhoto.run(generation, holderRef, type, bytes);
    }
    return at;
  }

  /** Deletes every generation but the one in force: the one before, and what an interrupted import left. */
  async #sweep(): Promise<void> {
    for (const table of ['holder_photo', 'holder'] as const) {
      const sql = `DELETE FROM ${table} WHERE (generation, holder_ref) IN
        (SELECT generation, holder_ref FROM ${table} WHERE generation <> ${PRESENT_GENERATION} LIMIT ${ROWS_A_SWEEP})`;
      let swept: number;
      do {
        swept = this.#connection.write(() => this.#connection.statement<[]>(sql).run().changes);
        if (swept > 0) await this.#pause();
      } while (swept === ROWS_A_SWEEP);
    }
  }

  #presentGeneration(): number {
    const row = this.#connection.read(() =>
      this.#connection.statement<[], { generation: number }>('SELECT generation FROM directory').get(),
    );
    if (row !== undefined) return row.generation;
    throw new GatepostError('log.unavailable', `The register in ${this.#connection.path} was not begun.`);
  }

  #compare(before: number, after: number): DirectoryCounts {
    const sql = `SELECT count(*) AS holders,
        count(*) FILTER (WHERE old.holder_ref IS NULL) AS added,
        count(*) FILTER (WHERE old.label <> new.label OR old.unit <> new.unit) AS changed
      FROM holder new LEFT JOIN holder old ON old.generation = ? AND old.holder_ref = new.holder_ref
      WHERE new.generation = ?`;
    return this.#connection.read(() => {
      const counted = this.#connection
        .statement<[number, number], { holders: number; added: number; changed: number }>(sql)
        .get(before, after) ?? { holders: 0, added: 0, changed: 0 };
      const kept = counted.holders - counted.added;
      return {
        ...counted,
        removed: this.#count('holder', before) - kept,
        photographs: this.#count('holder_photo', after),
      };
    });
  }

  #sizes(): { readonly holders: number; readonly photographs: number } {
    const present = this.#presentGeneration();
    return { holders: this.#count('holder', present), photographs: this.#count('holder_photo', present) };
  }

  #count(table: 'holder' | 'holder_photo', generation: number): number {
    const sql = `SELECT count(*) AS count FROM ${table} WHERE generation = ?`;
    return this.#connection.statement<[number], { count: number }>(sql).get(generation)?.count ?? 0;
  }
}
