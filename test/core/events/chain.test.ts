import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChainRow } from '../../../src/core/events/chain.ts';
import { CHAIN_START, findAltered, GENESIS_HASH, verifyChain } from '../../../src/core/events/chain.ts';
import { sealEvent } from '../../../src/core/events/envelope.ts';
import { accessGranted, doorOpened } from '../../support/gate/event-samples.ts';

function chain(length: number): ChainRow[] {
  const rows: ChainRow[] = [];
  let prevHash = GENESIS_HASH;
  for (let sequence = 1; sequence <= length; sequence++) {
    const draft = sequence % 3 === 0 ? doorOpened() : accessGranted({ passage: `passage-${sequence}` });
    const { body, hash } = sealEvent(draft, {
      id: `id-${sequence}`,
      site: 'willow-court',
      gate: 'north',
      sequence,
      epoch: 'epoch-1',
      bootId: 'boot-1',
      recordedMs: sequence * 1000,
      prevHash,
      salts: new Uint8Array(32).fill(sequence),
    });
    rows.push({ sequence, body, hash });
    prevHash = hash;
  }
  return rows;
}

const LENGTH = 12;
const rows = chain(LENGTH);
const last = { sequence: LENGTH, hash: rows.at(-1)?.hash ?? '' };
const bounds = { after: CHAIN_START, last };

const place = fc.nat({ max: LENGTH - 1 });

describe('the hash chain', () => {
  it('is intact when nobody touched it', () => {
    expect(verifyChain(rows, bounds)).toEqual({
      status: 'intact',
      rows: LENGTH,
      erased: 0,
      ended: 0,
      head: last,
    });
  });

  it('is intact from any row on, when the rows before were deleted by retention', () => {
    expect(verifyChain(rows.slice(5), { last })).toMatchObject({ status: 'intact', rows: LENGTH - 5 });
  });

  it('finds every edit of a single byte of the body', () => {
    fc.assert(
      fc.property(place, fc.nat(), fc.integer({ min: 1, max: 255 }), (index, offset, flip) => {
        const edited = change(index, (row) => {
          const body = Uint8Array.from(row.body ?? []);
          const at = offset % body.length;
          body[at] = (body[at] ?? 0) ^ flip;
          return { ...row, body };
        });
        expect(verifyChain(edited, bounds)).toEqual(broken(index, 'edited'));
      }),
      { numRuns: 500 },
    );
  });

  it.each<[string, (text: string) => string]>([
    ['white space', (text) => `${text} `],
    ['a byte order mark', (text) => `\ufeff${text}`],
    ['a member given twice', (text) => text.replace('{', '{"data":{},')],
    ['another spelling of a number', (text) => text.replace('"version":1', '"version":1.0')],
    ['nothing but an empty object', () => '{}'],
    ['no JSON', () => 'hello'],
  ])('finds bytes that read the same but are others: %s', (_title, edit) => {
    const edited = change(4, (row) => ({
      ...row,
      body: new TextEncoder().encode(edit(new TextDecoder().decode(row.body))),
    }));
    expect(verifyChain(edited, bounds)).toEqual(broken(4, 'edited'));
  });

  it('finds an edited hash', () => {
    fc.assert(
      fc.property(place, (index) => {
        const edited = change(index, (row) => ({ ...row, hash: 'cd'.repeat(32) }));
        expect(verifyChain(edited, bounds)).toEqual(broken(index, 'edited'));
      }),
    );
  });

  it('finds every run of deleted rows', () => {
    fc.assert(
      fc.property(place, fc.integer({ min: 1, max: LENGTH }), (from, count) => {
        const left = rows.toSpliced(from, count);
        const verdict = verifyChain(left, bounds);
        const cutOff = from + count >= LENGTH;
        expect(verdict).toMatchObject({ status: 'broken', problem: cutOff ? 'truncated' : 'missing' });
      }),
    );
  });

  it('finds every two rows that changed places', () => {
    fc.assert(
      fc.property(place, place, fc.boolean(), (a, b, renumbered) => {
        fc.pre(a !== b);
        const one = rows[a];
        const other = rows[b];
        if (one === undefined || other === undefined) return;
        const swapped = rows.with(a, other).with(b, one);
        const shown = renumbered ? swapped.map((row, index) => ({ ...row, sequence: index + 1 })) : swapped;
        expect(verifyChain(shown, bounds).status).toBe('broken');
      }),
    );
  });

  it('finds a row that was forged together with its hash, by the next row', () => {
    const forged = chain(LENGTH).map((row, index) => {
      if (index !== 4) return row;
      const { body, hash } = sealEvent(accessGranted({ passage: 'forged' }), {
        id: 'id-5',
        site: 'willow-court',
        gate: 'north',
        sequence: 5,
        epoch: 'epoch-1',
        bootId: 'boot-1',
        recordedMs: 5000,
        prevHash: rows[3]?.hash ?? '',
        salts: new Uint8Array(32),
      });
      return { ...row, body, hash };
    });
    expect(verifyChain(forged, bounds)).toEqual({ status: 'broken', sequence: 6, problem: 'link' });
  });

  it('does not take a row for one that ended, or that has a salt beside it', () => {
    const bare = change(4, ({ sequence, hash }) => ({ sequence, hash }));
    expect(verifyChain(bare, bounds)).toEqual(broken(4, 'uncovered'));
    const salted = change(4, (row) => ({ ...row, salt: new Uint8Array(16) }));
    expect(verifyChain(salted, bounds)).toEqual(broken(4, 'edited'));
  });
});

function change(index: number, edit: (row: ChainRow) => ChainRow): ChainRow[] {
  return rows.map((row, at) => (at === index ? edit(row) : row));
}

function broken(index: number, problem: string) {
  return { status: 'broken', sequence: index + 1, problem };
}

describe('the rows that are not as they were written', () => {
  const all = { after: 0, last, complete: true };

  it('are none when nobody touched them', () => {
    expect(findAltered(rows, all)).toEqual([]);
  });

  it('are named, neighbours with the same problem as one', () => {
    const edited = rows.map((row) =>
      [4, 5].includes(row.sequence) ? { ...row, body: new Uint8Array(2) } : row,
    );
    const left = edited.filter(({ sequence }) => sequence < 8 || sequence > 9);
    expect(findAltered(left, all)).toEqual([
      { first: 4, last: 5, problem: 'edited' },
      { first: 8, last: 9, problem: 'missing' },
    ]);
  });

  it('are missing at both ends, where the end must be there', () => {
    const middle = rows.slice(2, -2);
    const first = { first: 1, last: 2, problem: 'missing' };
    expect(findAltered(middle, all)).toEqual([
      first,
      { first: LENGTH - 1, last: LENGTH, problem: 'missing' },
    ]);
    expect(findAltered(middle, { ...all, complete: false })).toEqual([first]);
  });
});
