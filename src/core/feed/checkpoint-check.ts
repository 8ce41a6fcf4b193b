import { isGatepostError } from '../errors.ts';
import { isCheckpointOf, parseCheckpoint, readOrigin } from '../proof/checkpoint.ts';
import { CompactRange } from '../proof/merkle-tree.ts';

/** A checkpoint of a gate that its key has signed. */
export interface FeedCheckpoint {
  readonly epoch: string;
  readonly size: number;
  readonly root: Uint8Array;
  readonly note: string;
}

/** A tree over the first rows of an epoch, from which it goes on. */
export interface TreePlace {
  readonly size: number;
  /** Full subtrees from left to right: level, and hash in hex. */
  readonly nodes: readonly (readonly [level: number, hash: string])[];
}

export const EMPTY_TREE: TreePlace = { size: 0, nodes: [] };

/** The checkpoint in a note; undefined if it is none, or not one that this gate has signed. */
export function readGateCheckpoint(
  note: string,
  { site, gate, publicKey }: { readonly site: string; readonly gate: string; readonly publicKey: Uint8Array },
): FeedCheckpoint | undefined {
  try {
    const checkpoint = parseCheckpoint(new TextEncoder().encode(note));
    const origin = readOrigin(checkpoint.origin);
    if (origin?.site !== site || origin.gate !== gate || !isCheckpointOf(checkpoint, publicKey))
      return undefined;
    return { epoch: origin.epoch, size: checkpoint.size, root: checkpoint.root, note };
  } catch (error) {
    if (isGatepostError(error, 'checkpoint.invalid')) return undefined;
    throw error;
  }
}

/** Whether a checkpoint that comes now cannot be of the log whose others are known: it only grows. */
export function contradicts(
  { epoch, size, root }: FeedCheckpoint,
  known: readonly Pick<FeedCheckpoint, 'epoch' | 'size' | 'root'>[],
): boolean {
  const ofEpoch = known.filter((one) => one.epoch === epoch);
  const same = ofEpoch.filter((one) => one.size === size);
  if (same.length > 0) return same.some((one) => !Buffer.from(one.root).equals(root));
  return ofEpoch.some((one) => one.size > size);
}

/**
 * Goes on with a tree and compares it with a checkpoint.
 * @param leaves row hashes, hex, behind those of `from` up to the size of the checkpoint, without a gap
 * @returns the tree at that size, undefined if its root is another one
 */
export function grownTo(
  { size, root }: FeedCheckpoint,
  from: TreePlace,
  leaves: readonly string[],
): TreePlace | undefined {
  const tree = new CompactRange();
  for (const [level, hash] of from.nodes) tree.appendSubtree(level, Buffer.from(hash, 'hex'));
  for (const leaf of leaves) tree.append(Buffer.from(leaf, 'hex'));
  if (tree.size !== size || !Buffer.from(tree.root()).equals(root)) return undefined;
  return { size, nodes: tree.nodes.map(({ level, hash }) => [level, Buffer.from(hash).toString('hex')]) };
}
