import { GatepostError } from '../../core/errors.ts';
import { CompactRange } from '../../core/proof/merkle-tree.ts';
import type { CheckpointBook, KeptCheckpoint, LogEpoch, LogTree, TreeHead } from '../../ports/log-tree.ts';
import type { Connection } from './connection.ts';
import { readLogRow } from './event-rows.ts';
import {
  BLOCK_LEVEL,
  BLOCK_ROWS,
  epochConsistency,
  epochRoot,
  readCheckpoints,
  readEpochs,
  rowHashes,
  storedNode,
} from './tree-rows.ts';

/** Rows of one step: read and hashed in less than a millisecond or two. */
const STEP_ROWS = 64;
/** Subtrees that wait for one transaction, while old rows are taken in. */
const WAITING_NODES = 32;
/** Two days of one every 15 minutes. */
const KEPT_CHECKPOINTS = 192;

interface Node {
  readonly level: number;
  readonly place: number;
  readonly hash: Uint8Array;
}

/** A tree that grows in memory, and whose full subtrees are stored, so that it continues there after a restart. */
interface Growing {
  readonly epoch: string;
  readonly firstSequence: number;
  readonly range: CompactRange;
  waiting: Node[];
}

/** The tree over the rows of the present epoch. It grows beside the gate's work, never inside a commit. */
export class SqliteLogTree implements LogTree {
  readonly #connection: Connection;
  #growing: Growing | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  grow(): number {
    const connection = this.#connection;
    const log = connection.read(() => readLogRow(connection));
    if (this.#isGrown(log)) return 0;
    const growing = this.#present();
    const { firstSequence, range } = growing;
    const lastSequence = log?.lastSequence ?? 0;
    const wanted = Math.min(STEP_ROWS, lastSequence - firstSequence + 1 - range.size);
    const from = firstSequence + range.size;
    const hashes = connection.read(() => rowHashes(connection, from, wanted));
    if (hashes.length !== wanted) {
      throw new GatepostError(
        'log.altered',
        `The tree of the log ends before event ${from}: rows behind it are gone. See what gatepost log verify says.`,
      );
    }
    for (const hash of hashes)
      range.append(hash, (level, place, node) => {
        if (level >= BLOCK_LEVEL) growing.waiting.push({ level, place, hash: node });
      });
    const left = lastSequence - firstSequence + 1 - range.size;
    if (growing.waiting.length >= WAITING_NODES || left === 0) this.#store(growing);
    return left;
  }

  /** Nothing was written since the tree had all: that is looked at every minute. */
  #isGrown(log: { readonly epoch: string; readonly lastSequence: number } | undefined): boolean {
    if (log === undefined || this.#growing?.epoch !== log.epoch) return false;
    const { firstSequence, range, waiting } = this.#growing;
    return waiting.length === 0 && firstSequence + range.size === log.lastSequence + 1;
  }

  head(): TreeHead {
    const { epoch, range } = this.#present();
    return { epoch, size: range.size, root: range.root() };
  }

  epochs(): readonly LogEpoch[] {
    return this.#connection.read(() => readEpochs(this.#connection));
  }

  rootAt(epoch: string, size: number): Uint8Array | undefined {
    const connection = this.#connection;
    return connection.read(() => {
      const range = readEpochs(connection).find((one) => one.epoch === epoch);
      return range && epochRoot(connection, range, size);
    });
  }

  consistency(epoch: string, first: number, second: number): readonly Uint8Array[] | undefined {
    const connection = this.#connection;
    return connection.read(() => {
      const range = readEpochs(connection).find((one) => one.epoch === epoch);
      return range && epochConsistency(connection, range, first, second);
    });
  }

  /** The tree of the epoch that is now, from where it was stored last. */
  #present(): Growing {
    const connection = this.#connection;
    const epoch = connection.read(() => readEpochs(connection).at(-1));
    if (epoch === undefined) throw new GatepostError('log.unavailable', 'The log was not begun.');
    if (this.#growing?.epoch !== epoch.epoch) this.#growing = this.#restored(epoch);
    return this.#growing;
  }

  #restored({ epoch, firstSequence }: { epoch: string; firstSequence: number }): Growing {
    const connection = this.#connection;
    return connection.read(() => {
      const blocks =
        connection
          .statement<[number, number], { count: number }>(
            'SELECT coalesce(max(place) + 1, 0) AS count FROM tree_node WHERE epoch_first = ? AND level = ?',
          )
          .get(firstSequence, BLOCK_LEVEL)?.count ?? 0;
      const range = new CompactRange();
      for (const { level, place } of fullSubtrees(blocks)) {
        const hash = storedNode(connection, firstSequence, level, place);
        if (hash === undefined) {
          throw new GatepostError(
            'log.altered',
            `A stored subtree of the log is gone (level ${level}, place ${place}), so no checkpoint can be made. See what gatepost log verify says.`,
          );
        }
        range.appendSubtree(level, hash);
      }
      return { epoch, firstSequence, range, waiting: [] };
    });
  }

  #store(growing: Growing): void {
    if (growing.waiting.length === 0) return;
    const connection = this.#connection;
    connection.write(() => {
      const put = connection.statement<[number, number, number, Uint8Array]>(
        'INSERT OR IGNORE INTO tree_node VALUES (?, ?, ?, ?)',
      );
      for (const { level, place, hash } of growing.waiting)
        put.run(growing.firstSequence, level, place, hash);
    });
    growing.waiting = [];
  }
}

/** The largest subtrees that so many blocks of BLOCK_ROWS rows make, from left to right. */
function fullSubtrees(blocks: number): readonly Pick<Node, 'level' | 'place'>[] {
  const found: Pick<Node, 'level' | 'place'>[] = [];
  for (let begin = 0; begin < blocks; ) {
    let count = 1;
    while (begin + count * 2 <= blocks) count *= 2;
    const level = BLOCK_LEVEL + Math.log2(count);
    found.push({ level, place: (begin * BLOCK_ROWS) / 2 ** level });
    begin += count;
  }
  return found;
}

export class SqliteCheckpointBook implements CheckpointBook {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  keep(checkpoint: KeptCheckpoint): void {
    const connection = this.#connection;
    connection.write(() => {
      this.#insert(checkpoint, 0);
      connection
        .statement<[number]>(
          `DELETE FROM log_checkpoint WHERE cosigned = 0 AND id NOT IN
            (SELECT id FROM log_checkpoint WHERE cosigned = 0 ORDER BY id DESC LIMIT ?)`,
        )
        .run(KEPT_CHECKPOINTS);
    });
  }

  keepCosigned(checkpoint: KeptCheckpoint): void {
    this.#connection.write(() => {
      this.#connection.statement('DELETE FROM log_checkpoint WHERE cosigned = 1').run();
      this.#insert(checkpoint, 1);
    });
  }

  kept(): readonly KeptCheckpoint[] {
    return this.#connection.read(() => readCheckpoints(this.#connection, false));
  }

  cosigned(): KeptCheckpoint | undefined {
    return this.#connection.read(() => readCheckpoints(this.#connection, true)[0]);
  }

  #insert({ epoch, size, note }: KeptCheckpoint, cosigned: number): void {
    this.#connection
      .statement<[string, number, string, number]>(
        'INSERT INTO log_checkpoint (epoch, size, note, cosigned) VALUES (?, ?, ?, ?)',
      )
      .run(epoch, size, note, cosigned);
  }
}
