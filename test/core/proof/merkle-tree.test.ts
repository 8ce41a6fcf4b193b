import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CompactRange,
  consistencyProof,
  EMPTY_ROOT,
  inclusionProof,
  type NodeReader,
  nodeHash,
  rootOf,
} from '../../../src/core/proof/merkle-tree.ts';
import { isConsistent, isIncluded } from '../../../src/core/proof/verify-proof.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
const leafHash = (data: Uint8Array): Uint8Array =>
  hash('sha256', Buffer.concat([Buffer.of(0), data]), 'buffer');

/** The reference tree of Certificate Transparency: its entries, and its root after each of them. */
const ENTRIES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const INCLUSIONS: readonly (readonly [index: number, size: number, proof: readonly string[]])[] = [
  [0, 1, []],
  [
    0,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    5,
    8,
    [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [2, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
  [
    1,
    5,
    [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ],
];
const CONSISTENCIES: readonly (readonly [first: number, second: number, proof: readonly string[]])[] = [
  [1, 1, []],
  [
    1,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    6,
    8,
    [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [
    2,
    5,
    [
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ],
  [
    6,
    7,
    [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
];

const root = (size: number): Uint8Array => bytes(ROOTS[size] ?? '');
const KNOWN = ENTRIES.map((entry) => leafHash(bytes(entry)));

/** The definition of RFC 6962 2.1, word for word. */
function treeHash(leaves: readonly Uint8Array[]): Uint8Array {
  const [first] = leaves;
  if (first === undefined) return EMPTY_ROOT;
  if (leaves.length === 1) return first;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return nodeHash(treeHash(leaves.slice(0, split)), treeHash(leaves.slice(split)));
}

function readerOf(leaves: readonly Uint8Array[]): NodeReader {
  return (level, index) => treeHash(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level));
}

const leavesOf = (count: number): readonly Uint8Array[] =>
  Array.from({ length: count }, (_, at) => leafHash(Buffer.from(`row ${at}`)));

describe('the known tree of Certificate Transparency', () => {
  it('has the known root at every size', () => {
    const range = new CompactRange();
    expect(hex(range.root())).toBe(ROOTS[0]);
    for (const [at, leaf] of KNOWN.entries()) {
      range.append(leaf);
      expect(hex(range.root())).toBe(ROOTS[at + 1]);
      expect(hex(rootOf(at + 1, readerOf(KNOWN)))).toBe(ROOTS[at + 1]);
    }
  });

  it.each(INCLUSIONS)('proves that leaf %i is in the tree of %i', (index, size, known) => {
    const proof = inclusionProof(index, size, readerOf(KNOWN));
    expect(proof.map(hex)).toEqual(known);
    const leaf = KNOWN[index] ?? EMPTY_ROOT;
    expect(isIncluded({ leaf, index, size, root: root(size), proof: known.map(bytes) })).toBe(true);
  });

  it.each(CONSISTENCIES)('proves that the tree of %i begins that of %i', (first, second, known) => {
    expect(consistencyProof(first, second, readerOf(KNOWN)).map(hex)).toEqual(known);
    const roots = { firstRoot: root(first), secondRoot: root(second) };
    expect(isConsistent({ first, second, ...roots, proof: known.map(bytes) })).toBe(true);
  });
});

const MOST = 70;
const LEAVES = leavesOf(MOST);
const size = fc.integer({ min: 1, max: MOST });

describe('a tree of any size', () => {
  it('has the root that RFC 6962 defines, also where it grows by whole subtrees', () => {
    fc.assert(
      fc.property(size, fc.integer({ min: 0, max: 4 }), (count, level) => {
        const whole = Math.floor(count / 2 ** level);
        const range = new CompactRange();
        const read = readerOf(LEAVES);
        for (let index = 0; index < whole; index++) range.appendSubtree(level, read(level, index));
        for (const leaf of LEAVES.slice(whole * 2 ** level, count)) range.append(leaf);
        expect(range.size).toBe(count);
        expect(hex(range.root())).toBe(hex(treeHash(LEAVES.slice(0, count))));
        expect(hex(rootOf(count, read))).toBe(hex(range.root()));
      }),
    );
  });

  it('tells every full subtree once, when it is complete', () => {
    const told = new Map<string, string>();
    const range = new CompactRange();
    for (const leaf of LEAVES)
      range.append(leaf, (level, index, node) => {
        const name = `${level} ${index}`;
        expect(told.has(name)).toBe(false);
        told.set(name, hex(node));
      });
    for (let level = 0; 2 ** level <= MOST; level++)
      for (let index = 0; (index + 1) * 2 ** level <= MOST; index++)
        expect(told.get(`${level} ${index}`)).toBe(hex(readerOf(LEAVES)(level, index)));
  });

  it('proves each leaf, and nothing else at its place', () => {
    fc.assert(
      fc.property(size, fc.nat(), fc.nat(), (count, place, other) => {
        const index = place % count;
        const tree = treeHash(LEAVES.slice(0, count));
        const proof = inclusionProof(index, count, readerOf(LEAVES));
        const leaf = LEAVES[index] ?? EMPTY_ROOT;
        const sound = { leaf, index, size: count, root: tree, proof };
        expect(isIncluded(sound)).toBe(true);
        expect(isIncluded({ ...sound, leaf: EMPTY_ROOT })).toBe(false);
        expect(isIncluded({ ...sound, proof: [...proof, EMPTY_ROOT] })).toBe(false);
        expect(isIncluded({ ...sound, size: count + 2 ** 20 })).toBe(false);
        const elsewhere = other % count;
        if (elsewhere !== index) expect(isIncluded({ ...sound, index: elsewhere })).toBe(false);
        if (proof.length > 0) expect(isIncluded({ ...sound, proof: proof.slice(1) })).toBe(false);
      }),
    );
  });

  it('proves each beginning of itself, and no other tree', () => {
    fc.assert(
      fc.property(fc.nat({ max: MOST }), size, fc.nat(), (one, other, place) => {
        const [first, second] = [Math.min(one, other), Math.max(one, other)];
        const firstRoot = treeHash(LEAVES.slice(0, first));
        const secondRoot = treeHash(LEAVES.slice(0, second));
        const proof = consistencyProof(first, second, readerOf(LEAVES));
        const sound = { first, second, firstRoot, secondRoot, proof };
        expect(isConsistent(sound)).toBe(true);
        if (first > 0) {
          const edited = LEAVES.slice(0, first).with(place % first, EMPTY_ROOT);
          expect(isConsistent({ ...sound, firstRoot: treeHash(edited) })).toBe(false);
          expect(isConsistent({ ...sound, secondRoot: EMPTY_ROOT })).toBe(false);
        }
        expect(isConsistent({ ...sound, proof: [...proof, EMPTY_ROOT] })).toBe(false);
        if (proof.length > 0) {
          const at = place % proof.length;
          expect(isConsistent({ ...sound, proof: proof.with(at, EMPTY_ROOT) })).toBe(false);
          expect(isConsistent({ ...sound, proof: proof.toSpliced(at, 1) })).toBe(false);
        }
      }),
    );
  });

  it('takes numbers that no tree has, and proofs without end, as no proof', () => {
    const sound = { first: 6, second: 8, firstRoot: root(6), secondRoot: root(8) };
    const proof = consistencyProof(6, 8, readerOf(KNOWN));
    for (const wrong of [Number.NaN, -1, 1.5, 2 ** 60, Number.POSITIVE_INFINITY]) {
      expect(isConsistent({ ...sound, proof, first: wrong })).toBe(false);
      expect(isConsistent({ ...sound, proof, second: wrong })).toBe(false);
      expect(isIncluded({ leaf: EMPTY_ROOT, index: wrong, size: 8, root: root(8), proof })).toBe(false);
    }
    expect(isConsistent({ ...sound, proof: Array.from({ length: 100_000 }, () => EMPTY_ROOT) })).toBe(false);
  });

  it('counts without error at sizes beyond 32 bits', () => {
    const same: NodeReader = (level) => {
      let node = EMPTY_ROOT;
      for (let at = 0; at < level; at++) node = nodeHash(node, node);
      return node;
    };
    const [first, second] = [2 ** 33 + 5, 2 ** 40 + 77];
    const proof = consistencyProof(first, second, same);
    const roots = { firstRoot: rootOf(first, same), secondRoot: rootOf(second, same) };
    expect(isConsistent({ first, second, ...roots, proof })).toBe(true);
    const index = 2 ** 35 + 11;
    const path = inclusionProof(index, second, same);
    expect(isIncluded({ leaf: EMPTY_ROOT, index, size: second, root: roots.secondRoot, proof: path })).toBe(
      true,
    );
  });
});
