import type { LogStretch } from '../../ports/row-reducer.ts';
import type { ReadConnection } from './read-connection.ts';
import { BLOCK_LEVEL, BLOCK_ROWS, readEpochs, storedNode } from './tree-rows.ts';

/** Rows of which something is left beside their hash, but no body. */
export const REDUCED = "body IS NULL AND name <> ''";
const BARE = "UPDATE event SET name = '', time_ms = 0, recorded_ms = NULL, reduced = NULL, origin = NULL";
/** A block that goes at once counts as so many rows of a turn. */
const ROWS_FOR_BLOCK = 32;
/** Where rows are put aside within a transaction: numbers that no row has. */
const ASIDE = 2 ** 52;

/**
 * Rows that became shorter leave their pages half empty, which SQLite joins only when rows leave them. So all rows of
 * the stretch leave and come back, in their order; nobody sees it, for it is one transaction.
 */
export function fillPages(connection: ReadConnection, first: number, last: number): void {
  const move = connection.statement<[number, number, number]>(
    'UPDATE event SET sequence = sequence + ? WHERE sequence BETWEEN ? AND ?',
  );
  move.run(-ASIDE, first, last);
  move.run(ASIDE, first - ASIDE, last - ASIDE);
}

/** Leaves the hash of a row alone, but not of those by which the log is verified. */
export function endRow(connection: ReadConnection, sequence: number, needed: ReadonlySet<number>): void {
  if (!needed.has(sequence)) connection.statement<[number]>(`${BARE} WHERE sequence = ?`).run(sequence);
}

interface EndLimit {
  /** About so many rows. */
  readonly rows: number;
  readonly isOver: () => boolean;
  /** Rows that stay whatever becomes of others. */
  readonly needed: ReadonlySet<number>;
}

/**
 * Ends what is left of rows that are reduced. A block of the tree of which no row has to stay goes at once, but for the
 * hash of its last row, which the row behind it continues; of other rows the hash stays.
 */
export function endRows(
  connection: ReadConnection,
  { after, through }: LogStretch,
  { rows, isOver, needed }: EndLimit,
): { readonly through: number; readonly count: number } {
  const stay = JSON.stringify([...needed]);
  const bare = connection.statement<[number, number, string]>(
    `${BARE} WHERE sequence >= ? AND sequence <= ? AND ${REDUCED}
      AND sequence NOT IN (SELECT value FROM json_each(?))`,
  );
  const blocks = new Blocks(connection, needed);
  let count = 0;
  let reached = after;
  for (let done = 0; done < rows && reached < through && (done === 0 || !isOver()); ) {
    const begin = reached;
    const block = blocks.of(begin + 1);
    if (block.last <= through && blocks.mayGo(block)) {
      reached = block.last;
      count += bare.run(reached, reached, stay).changes + blocks.drop(block);
    } else {
      reached = Math.min(block.last, through, begin + rows - done);
      count += bare.run(begin + 1, reached, stay).changes;
      // A block that stays for a row of it.
      if (block.last <= through) fillPages(connection, begin + 1, reached);
    }
    done += Math.min(ROWS_FOR_BLOCK, reached - begin);
  }
  return { through: reached, count };
}

/** Deletes blocks of which the last row that was in the way has just ended. */
export function dropBlocks(
  connection: ReadConnection,
  from: number,
  to: number,
  needed: ReadonlySet<number>,
): void {
  const bare = connection.statement<[number, number], { count: number }>(
    "SELECT count(*) AS count FROM event WHERE sequence >= ? AND sequence <= ? AND name = ''",
  );
  const blocks = new Blocks(connection, needed);
  for (let at = from; at <= to; ) {
    const block = blocks.of(at);
    if (bare.get(block.first, block.last)?.count === BLOCK_ROWS && blocks.mayGo(block)) blocks.drop(block);
    at = block.last + 1;
  }
}

/** A block of the tree, or what lies outside of any: it has no place. Sequences, both included. */
interface Block {
  readonly first: number;
  readonly last: number;
  readonly place: { readonly epochFirst: number; readonly at: number } | undefined;
}

/** The blocks of 256 rows that the tree has a stored root of, as far as one transaction is concerned. */
class Blocks {
  readonly #connection: ReadConnection;
  readonly #needed: ReadonlySet<number>;
  readonly #epochs: ReturnType<typeof readEpochs>;

  /** @param needed rows that stay whatever becomes of the others of their block */
  constructor(connection: ReadConnection, needed: ReadonlySet<number>) {
    this.#connection = connection;
    this.#needed = needed;
    this.#epochs = readEpochs(connection);
  }

  of(sequence: number): Block {
    const epoch = this.#epochs.findLast(({ firstSequence }) => firstSequence <= sequence);
    if (epoch === undefined) return { first: sequence, last: sequence, place: undefined };
    const epochFirst = epoch.firstSequence;
    const at = Math.floor((sequence - epochFirst) / BLOCK_ROWS);
    const first = epochFirst + at * BLOCK_ROWS;
    const last = first + BLOCK_ROWS - 1;
    if (last > epoch.lastSequence)
      return { first, last: Math.max(sequence, epoch.lastSequence), place: undefined };
    return { first, last, place: { epochFirst, at } };
  }

  /** Whether all rows of a block are there, reduced or less, and its root is stored. */
  mayGo({ first, last, place }: Block): boolean {
    if (place === undefined || [...this.#needed].some((sequence) => sequence >= first && sequence <= last))
      return false;
    const connection = this.#connection;
    const left = connection.statement<[number, number], { count: number }>(
      'SELECT count(*) AS count FROM event WHERE sequence >= ? AND sequence <= ? AND body IS NULL',
    );
    if (left.get(first, last)?.count !== BLOCK_ROWS) return false;
    return storedNode(connection, place.epochFirst, BLOCK_LEVEL, place.at) !== undefined;
  }

  /** Deletes all rows of a block but the last one. Returns how many it deleted. */
  drop({ first, last }: Block): number {
    return this.#connection
      .statement<[number, number]>('DELETE FROM event WHERE sequence >= ? AND sequence < ?')
      .run(first, last).changes;
  }
}
