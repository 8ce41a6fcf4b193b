import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ACCOUNT_KINDS, AccountTally, type PassRow } from '../../src/core/report/pass-account.ts';

const TIMES = { accessMs: 14_000, operatorMs: 180_000, visitMs: 10_000, musterMs: 20_000 };
const NOTHING = { count: 0, lastMs: null };
const BESIDE = { ledger: NOTHING, visits: NOTHING, orders: NOTHING, codes: NOTHING, musters: NOTHING };
const NAMES = ['access.granted', 'access.denied', 'access.duress', 'visitor.registered', 'operator.override'];

const row: fc.Arbitrary<PassRow> = fc.record({ name: fc.constantFrom(...NAMES), timeMs: fc.nat(1_000_000) });

function accountOf(rows: readonly PassRow[]) {
  const tally = new AccountTally();
  for (const one of rows) tally.add(one);
  return tally.account(BESIDE, TIMES);
}

it('counts every row once, names nothing of which there is none, and none goes after its end', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 40 }), (rows) => {
      const { lines, rows: count, sinceMs } = accountOf(rows);
      expect(count).toBe(rows.length);
      expect(lines.reduce((sum, line) => sum + line.count, 0)).toBe(rows.length);
      expect(lines.every((line) => line.count > 0)).toBe(true);
      expect(sinceMs).toBe(rows.length === 0 ? undefined : Math.min(...rows.map(({ timeMs }) => timeMs)));
      const ends = rows.map(({ name, timeMs }) =>
        name === 'operator.override' ? timeMs + TIMES.operatorMs : timeMs + TIMES.accessMs,
      );
      expect(Math.max(0, ...lines.map(({ untilMs }) => untilMs ?? 0))).toBe(Math.max(0, ...ends));
    }),
  );
});

it('does not tell a cry for help from anything else', () => {
  const at = (name: string) => accountOf([{ name, timeMs: 5 }]).lines;
  expect(at('access.duress')).toEqual(at('access.taken'));
});

it('says of lines beside the log until when they stay, where no rule decides it', () => {
  const { lines } = new AccountTally().account(
    {
      ledger: { count: 3, lastMs: 5 },
      visits: { count: 1, lastMs: 1_000 },
      orders: { count: 1, lastMs: 5 },
      codes: { count: 2, lastMs: 15_000 },
      musters: { count: 1, lastMs: 7 },
    },
    TIMES,
  );
  expect(lines).toEqual([
    { kind: 'ledger', count: 3, untilMs: undefined },
    { kind: 'visits', count: 1, untilMs: 11_000 },
    { kind: 'orders', count: 1, untilMs: undefined },
    { kind: 'codes', count: 2, untilMs: 15_000 + 86_400_000 },
    { kind: 'musters', count: 1, untilMs: 20_007 },
  ]);
  expect(lines.every(({ kind }) => ACCOUNT_KINDS.includes(kind))).toBe(true);
});
