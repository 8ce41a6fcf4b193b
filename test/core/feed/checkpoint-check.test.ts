import { describe, expect, it } from 'vitest';
import {
  contradicts,
  EMPTY_TREE,
  grownTo,
  readGateCheckpoint,
} from '../../../src/core/feed/checkpoint-check.ts';
import {
  cosignaturesOf,
  cosigned,
  originOf,
  parseCheckpoint,
  signCheckpoint,
} from '../../../src/core/proof/checkpoint.ts';
import { CompactRange } from '../../../src/core/proof/merkle-tree.ts';
import { FeedLog } from '../../support/broker/feed-log.ts';
import { testSigner } from '../../support/gate/pass-samples.ts';

const log = new FeedLog().fill(23);
const leaves = log.rows.map(({ hash }) => hash);
const gate = testSigner('issuer');
const OF_GATE = { site: log.site, gate: log.gate, publicKey: gate.publicKey };

function checkpoint(size: number, of = leaves, signer = gate) {
  const tree = new CompactRange();
  for (const leaf of of.slice(0, size)) tree.append(Buffer.from(leaf, 'hex'));
  return signCheckpoint({ origin: originOf({ ...log }), size, root: tree.root() }, signer);
}

function read(note: string) {
  const found = readGateCheckpoint(note, OF_GATE);
  if (found === undefined) throw new Error('not signed');
  return found;
}

describe('a checkpoint that a server reads', () => {
  it('counts only with the signature of the gate whose log it names', () => {
    expect(read(checkpoint(5))).toMatchObject({ epoch: log.epoch, size: 5 });
    expect(readGateCheckpoint(checkpoint(5, leaves, testSigner('stranger')), OF_GATE)).toBeUndefined();
    expect(readGateCheckpoint(checkpoint(5), { ...OF_GATE, gate: 'south' })).toBeUndefined();
    expect(readGateCheckpoint('hello\n', OF_GATE)).toBeUndefined();
    expect(readGateCheckpoint(checkpoint(5).replace('\n5\n', '\n6\n'), OF_GATE)).toBeUndefined();
  });

  it('is compared with the rows, on from the one before', () => {
    let place = EMPTY_TREE;
    for (const size of [0, 1, 5, 8, 22, 23]) {
      const grown = grownTo(read(checkpoint(size)), place, leaves.slice(place.size, size));
      expect(grown?.size).toBe(size);
      place = grown ?? EMPTY_TREE;
    }
    const other = leaves.with(3, 'ab'.repeat(32));
    expect(grownTo(read(checkpoint(8)), EMPTY_TREE, other.slice(0, 8))).toBeUndefined();
    expect(grownTo(read(checkpoint(8)), EMPTY_TREE, leaves.slice(0, 7))).toBeUndefined();
  });

  it('never has another root for one size, and never a smaller size', () => {
    const known = [read(checkpoint(5)), read(checkpoint(8))];
    const forked = leaves.with(3, 'ab'.repeat(32));
    expect(contradicts(read(checkpoint(5)), known)).toBe(false);
    expect(contradicts(read(checkpoint(9)), known)).toBe(false);
    expect(contradicts(read(checkpoint(6)), known)).toBe(true);
    expect(contradicts(read(checkpoint(8, forked)), known)).toBe(true);
    expect(contradicts({ ...read(checkpoint(6)), epoch: 'another' }, known)).toBe(false);
  });

  it('is co-signed so that others see it', () => {
    const witness = testSigner('phone');
    const note = cosigned(checkpoint(8), { name: 'district', signer: witness, timeS: 1_582_531_200 });
    expect(
      cosignaturesOf(parseCheckpoint(Buffer.from(note)).note, [
        { name: 'district', publicKey: witness.publicKey },
      ]),
    ).toEqual([{ witness: 'district', timeS: 1_582_531_200 }]);
    expect(readGateCheckpoint(note, OF_GATE)).toMatchObject({ size: 8 });
  });
});
