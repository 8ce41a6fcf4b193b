import { hash } from 'node:crypto';

/** Root of a tree without leaves: SHA-256 of nothing (RFC 6962 2.1). */
export const EMPTY_ROOT: Uint8Array = hash('sha256', '', 'buffer');

const HASH_BYTES = 32;

/** Hash of a node above two others (RFC 6962 2.1). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + 2 * HASH_BYTES);
  input[0] = 1;
  input.set(left, 1);
  input.set(right, 1 + HASH_BYTES);
  return hash('sha256', input, 'buffer');
}

/**
 * Hash over the leaves from `index * 2^level` on, `2^level` of them. Level 0 is a leaf hash: of the log, the hash of a
 * row.
 */
export type NodeReader = (level: number, index: number) => Uint8Array;

/** The same as NodeReader, as it becomes known. */
type NodeListener = (level: number, index: number, hash: Uint8Array) => void;

/** A tree that only grows, in the space of one hash a level. Sizes are up to 2^53 - 1. */
export class CompactRange {
  /** Full subtrees from left to right; each is larger than the next. */
  readonly #nodes: { readonly level: number; readonly hash: Uint8Array }[] = [];
  #size = 0;

  /** Number of leaves. */
  get size(): number {
    return this.#size;
  }

  /** @param onNode called with the leaf and each subtree that it completes */
  append(leaf: Uint8Array, onNode?: NodeListener): void {
    this.appendSubtree(0, leaf, onNode);
  }

  /**
   * Appends a full subtree of 2^level leaves. Its place must be one where a subtree of this level begins.
   * @param onNode called with the subtree and each larger one that it completes
   */
  appendSubtree(level: number, subtree: Uint8Array, onNode?: NodeListener): void {
    this.#size += 2 ** level;
    let node = { level, hash: subtree };
    for (;;) {
      onNode?.(node.level, this.#size / 2 ** node.level - 1, node.hash);
      const left = this.#nodes.at(-1);
      if (left?.level !== node.level) break;
      this.#nodes.pop();
      node = { level: node.level + 1, hash: nodeHash(left.hash, node.hash) };
    }
    this.#nodes.push(node);
  }

  /** The same tree, which grows by itself from now on. */
  copy(): CompactRange {
    const copy = new CompactRange();
    copy.#nodes.push(...this.#nodes);
    copy.#size = this.#size;
    return copy;
  }

  /** Full subtrees from left to right, as appendSubtree() takes them. */
  get nodes(): readonly { readonly level: number; readonly hash: Uint8Array }[] {
    return this.#nodes;
  }

  root(): Uint8Array {
    return foldRight(this.#nodes.map((node) => node.hash));
  }
}

/** Root of the tree of the first `size` leaves. */
export function rootOf(size: number, read: NodeReader): Uint8Array {
  return hashOver(0, size, read);
}

/** Proof that leaf `index` is in the tree of the first `size` leaves, from the leaf upwards (RFC 6962 2.1.1). */
export function inclusionProof(index: number, size: number, read: NodeReader): readonly Uint8Array[] {
  const path: Uint8Array[] = [];
  let begin = 0;
  let end = size;
  while (end - begin > 1) {
    const middle = begin + splitOf(end - begin);
    if (index < middle) {
      path.push(hashOver(middle, end, read));
      end = middle;
    } else {
      path.push(hashOver(begin, middle, read));
      begin = middle;
    }
  }
  return path.reverse();
}

/**
 * Proof that the tree of the first `first` leaves is the beginning of that of the first `second` (RFC 6962 2.1.2). Empty
 * if they are the same, or if the first has no leaves.
 */
export function consistencyProof(first: number, second: number, read: NodeReader): readonly Uint8Array[] {
  if (first === 0) return [];
  const path: Uint8Array[] = [];
  let begin = 0;
  let end = second;
  while (first !== end) {
    const middle = begin + splitOf(end - begin);
    if (first <= middle) {
      path.push(hashOver(middle, end, read));
      end = middle;
    } else {
      path.push(hashOver(begin, middle, read));
      begin = middle;
    }
  }
  // A verifier has the root of the first tree already.
  if (begin > 0) path.push(hashOver(begin, end, read));
  return path.reverse();
}

/** Hash over the leaves from `begin` to before `end`, where a subtree that large may begin at `begin`. */
function hashOver(begin: number, end: number, read: NodeReader): Uint8Array {
  const hashes: Uint8Array[] = [];
  for (let at = begin; at < end; ) {
    const level = levelWithin(at, end);
    hashes.push(read(level, at / 2 ** level));
    at += 2 ** level;
  }
  return foldRight(hashes);
}

/** Level of the largest full subtree that begins at `at` and ends at or before `end`. */
function levelWithin(at: number, end: number): number {
  let level = 0;
  while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= end) level += 1;
  return level;
}

function foldRight(hashes: readonly Uint8Array[]): Uint8Array {
  return hashes.length === 0 ? EMPTY_ROOT : hashes.reduceRight((right, left) => nodeHash(left, right));
}

/** The largest power of two below `count`, which is at least 2. */
function splitOf(count: number): number {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}
