import type { PassMemory } from '../../ports/rule-store.ts';
import type { Connection } from './connection.ts';

/** Length of a step (config/contract/README.md#phone-codes). */
const STEP_MS = 15_000;
/**
 * Steps older than a day are deleted. A phone's code is valid for half a minute at most, and the clock, by whose
 * floor they are deleted, never goes back behind that floor; so a day is ample.
 */
const KEPT_STEPS = (24 * 60 * 60 * 1000) / STEP_MS;
/** Rows deleted with each new one: more than are added, and too few to slow a commit down. */
const PRUNE_BATCH = 8;

/** The (pass, step) pairs that were used, so that a phone's code shown twice is refused. */
export class SqlitePassMemory implements PassMemory {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  stepSeen(passId: string, step: number): boolean {
    const sql = 'SELECT 1 FROM pass_step WHERE step = ? AND pass_id = ?';
    return this.#connection.read(
      () => this.#connection.statement<[number, string]>(sql).get(step, passId) !== undefined,
    );
  }

  /**
   * Writes one pair and deletes a few old ones. Runs inside the transaction of its decision.
   * @param overMs floor of the clock, Unix milliseconds
   */
  remember(passId: string, step: number, overMs: number): void {
    this.#connection
      .statement<[string, number]>('INSERT OR IGNORE INTO pass_step (pass_id, step) VALUES (?, ?)')
      .run(passId, step);
    const before = Math.floor(overMs / STEP_MS) - KEPT_STEPS;
    // Most times there is none, which is told by one look.
    const oldest = this.#connection.statement<[], { step: number }>(
      'SELECT step FROM pass_step ORDER BY step LIMIT 1',
    );
    if ((oldest.get()?.step ?? before) >= before) return;
    this.#connection
      .statement<[number, number]>(
        `DELETE FROM pass_step WHERE (step, pass_id) IN
          (SELECT step, pass_id FROM pass_step WHERE step < ? ORDER BY step LIMIT ?)`,
      )
      .run(before, PRUNE_BATCH);
  }
}
