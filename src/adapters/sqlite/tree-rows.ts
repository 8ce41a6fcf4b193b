import { CompactRange, consistencyProof, type NodeReader, rootOf } from '../../core/proof/merkle-tree.ts';
import type { KeptCheckpoint } from '../../ports/log-tree.ts';
import { readLogRow } from './event-rows.ts';
import type { ReadConnection } from './read-connection.ts';

/** Level of the smallest stored subtrees. */
export const BLOCK_LEVEL = 8;
/** Rows of a stored subtree of that level. */
export const BLOCK_ROWS = 2 ** BLOCK_LEVEL;

/** One life of the log. */
export interface EpochRange {
  readonly epoch: string;
  readonly firstSequence: number;
  /** Last row that belongs to it, by the log's own word; `firstSequence - 1` if it has none. */
  readonly lastSequence: number;
}

/** The lives of this log, oldest first. */
export function readEpochs(connection: ReadConnection): readonly EpochRange[] {
  const log = readLogRow(connection);
  if (log === undefined) return [];
  const starts = connection.hasTable('log_epoch')
    ? connection
        .statement<[], { firstSequence: number; epoch: string }>(
          'SELECT first_sequence AS firstSequence, epoch FROM log_epoch ORDER BY first_sequence',
        )
        .all()
    : [{ firstSequence: 1, epoch: log.epoch }];
  return starts.map((start, at) => ({
    ...start,
    lastSequence: (starts[at + 1]?.firstSequence ?? log.lastSequence + 1) - 1,
  }));
}

/** A stored subtree of an epoch. */
export function storedNode(
  connection: ReadConnection,
  epochFirst: number,
  level: number,
  place: number,
): Uint8Array | undefined {
  if (level < BLOCK_LEVEL || !connection.hasTable('tree_node')) return undefined;
  return connection
    .statement<[number, number, number], { hash: Buffer }>(
      'SELECT hash FROM tree_node WHERE epoch_first = ? AND level = ? AND place = ?',
    )
    .get(epochFirst, level, place)?.hash;
}

/** Hashes of rows in their order, as many of them as are there. */
export function rowHashes(connection: ReadConnection, from: number, count: number): readonly Uint8Array[] {
  return connection
    .statement<[number, number], { hash: Buffer }>(
      'SELECT hash FROM event WHERE sequence >= ? AND sequence < ? ORDER BY sequence',
    )
    .all(from, from + count)
    .map(({ hash }) => hash);
}

/** What a tree needs is gone: rows whose subtree was not stored, or rows that nobody may take. */
class MissingRows extends Error {}

/**
 * Subtrees of an epoch: the stored ones, and where there is none, what the rows make.
 * @returns a reader that throws MissingRows, which whenThere() turns into undefined
 */
function nodeReader(connection: ReadConnection, epochFirst: number): NodeReader {
  const read: NodeReader = (level, place) => {
    const stored = storedNode(connection, epochFirst, level, place);
    if (stored !== undefined) return stored;
    const range = new CompactRange();
    if (level > BLOCK_LEVEL) {
      for (const half of [2 * place, 2 * place + 1]) range.appendSubtree(level - 1, read(level - 1, half));
      return range.root();
    }
    const count = 2 ** level;
    const hashes = rowHashes(connection, epochFirst + place * count, count);
    if (hashes.length !== count)
      throw new MissingRows(`Rows from ${epochFirst + place * count} on are gone.`);
    for (const hash of hashes) range.append(hash);
    return range.root();
  };
  return read;
}

/** The result of work with a nodeReader(); undefined if rows that it takes are gone. */
function whenThere<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof MissingRows) return undefined;
    throw error;
  }
}

/** Root of the first `size` rows of an epoch; undefined if there are not so many, or if some of them are gone. */
export function epochRoot(
  connection: ReadConnection,
  { firstSequence, lastSequence }: EpochRange,
  size: number,
): Uint8Array | undefined {
  if (size > lastSequence - firstSequence + 1) return undefined;
  return whenThere(() => rootOf(size, nodeReader(connection, firstSequence)));
}

/** Proof that the tree of `first` rows of an epoch begins that of `second`; undefined as by epochRoot(). */
export function epochConsistency(
  connection: ReadConnection,
  { firstSequence, lastSequence }: EpochRange,
  first: number,
  second: number,
): readonly Uint8Array[] | undefined {
  if (first > second || second > lastSequence - firstSequence + 1) return undefined;
  return whenThere(() => consistencyProof(first, second, nodeReader(connection, firstSequence)));
}

/** Signed checkpoints of the log that are kept, newest first. */
export function readCheckpoints(connection: ReadConnection, cosigned: boolean): readonly KeptCheckpoint[] {
  if (!connection.hasTable('log_checkpoint')) return [];
  return connection
    .statement<[number], KeptCheckpoint>(
      'SELECT epoch, size, note FROM log_checkpoint WHERE cosigned = ? ORDER BY id DESC',
    )
    .all(cosigned ? 1 : 0);
}
