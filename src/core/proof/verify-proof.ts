import { EMPTY_ROOT, nodeHash } from './merkle-tree.ts';

/** More than any tree of 2^53 leaves needs. */
const MOST_HASHES = 128;

interface Inclusion {
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** Whether the proof shows that `leaf` stands at `index` in the tree (RFC 9162 2.1.3.2). Takes any input. */
export function isIncluded({ leaf, index, size, root, proof }: Inclusion): boolean {
  if (!isSize(index) || !isSize(size) || index >= size || proof.length > MOST_HASHES) return false;
  const place = new Place(index, size - 1);
  let hash = leaf;
  for (const step of proof) {
    if (place.last === 0) return false;
    hash = place.isRight ? nodeHash(step, hash) : nodeHash(hash, step);
    place.climb();
  }
  return place.last === 0 && isSame(hash, root);
}

interface Consistency {
  readonly first: number;
  readonly second: number;
  readonly firstRoot: Uint8Array;
  readonly secondRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** Whether the proof shows that the second tree continues the first (RFC 9162 2.1.4.2). Takes any input. */
export function isConsistent({ first, second, firstRoot, secondRoot, proof }: Consistency): boolean {
  if (!isSize(first) || !isSize(second) || first > second || proof.length > MOST_HASHES) return false;
  if (first === 0) return proof.length === 0 && isSame(firstRoot, EMPTY_ROOT);
  if (first === second) return proof.length === 0 && isSame(firstRoot, secondRoot);
  const place = new Place(first - 1, second - 1);
  place.skipFull();
  // If the first tree is one full subtree, its root is where the proof begins.
  const [begin, ...steps] = place.index === 0 ? [firstRoot, ...proof] : proof;
  if (begin === undefined) return false;
  let older = begin;
  let newer = begin;
  for (const step of steps) {
    if (place.last === 0) return false;
    if (place.isRight) {
      older = nodeHash(step, older);
      newer = nodeHash(step, newer);
    } else newer = nodeHash(newer, step);
    place.climb();
  }
  return place.last === 0 && isSame(older, firstRoot) && isSame(newer, secondRoot);
}

/** A node on the way up, and the last node of its level. */
class Place {
  index: number;
  last: number;

  constructor(index: number, last: number) {
    this.index = index;
    this.last = last;
  }

  /** Whether the next hash of a proof stands to the left of this node. */
  get isRight(): boolean {
    return this.index % 2 === 1 || this.index === this.last;
  }

  /** Goes to the parent; from a last node without a sibling, to where there is one. */
  climb(): void {
    if (this.index === this.last) while (this.index % 2 === 0 && this.index !== 0) this.#up();
    this.#up();
  }

  /** Goes up for as long as the node is the right half of a full subtree. */
  skipFull(): void {
    while (this.index % 2 === 1) this.#up();
  }

  #up(): void {
    this.index = Math.floor(this.index / 2);
    this.last = Math.floor(this.last / 2);
  }
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
