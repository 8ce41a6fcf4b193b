import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { LEDGER_QUESTIONS } from '../../../src/adapters/sqlite/holder-state.ts';
import { ORDERS_QUESTION } from '../../../src/adapters/sqlite/standing-orders.ts';
import type { Effect, LedgerEntry } from '../../../src/core/decision/effect.ts';
import { VirtualClock } from '../../support/clock/virtual-clock.ts';
import { openStore, temporaryFolder } from '../../support/store/store-folder.ts';

const PASS = '00000000000000a1';
const HOUSE = 'a1b2c3d4e5f6';

function entry(passage: string, change: Partial<LedgerEntry> = {}): Effect {
  const who = { passId: PASS, holderRef: HOUSE, kind: 'resident' } as const;
  const where = { direction: 'in', accessPoint: 'main-in', siteDay: 100 } as const;
  return { kind: 'recordPassage', entry: { passage, ...who, ...where, ...change } };
}

const query = {
  passId: PASS,
  holderRef: HOUSE,
  direction: 'in',
  siteDay: 100,
  quotaDays: 2,
  usesWanted: 9,
} as const;

describe('the ledger of passages', () => {
  it('gives back a passage once, and never one that was taken', async () => {
    const store = await openStore(temporaryFolder());
    const { holderState, log } = store;
    log.commit({ events: [], effects: [entry('p1'), entry('p2')] });
    log.commit({ events: [], effects: [{ kind: 'confirmPassage', passage: 'p1' }] });
    for (const passage of ['p1', 'p2', 'p2', 'p3']) {
      log.commit({ events: [], effects: [{ kind: 'giveBack', passage }] });
    }
    expect(holderState.facts(query)).toMatchObject({
      recent: [{ siteDay: 100, direction: 'in', count: 1 }],
      usesSpent: 1,
      occupancy: 1,
    });
  });

  it('is empty of a passage whose transaction failed', async () => {
    const store = await openStore(temporaryFolder());
    const { holderState, log } = store;
    log.commit({ events: [], effects: [entry('p1')] });
    const impossible = entry('p3', { accessPoint: null as unknown as string });
    expect(() => log.commit({ events: [], effects: [entry('p2'), impossible] })).toThrow();
    expect(holderState.facts(query)).toMatchObject({ usesSpent: 1, occupancy: 1 });
  });

  it('knows the last passage by order of recording, whatever the clock did', async () => {
    const clock = new VirtualClock();
    const { holderState, log } = await openStore(temporaryFolder(), { clock });
    log.commit({ events: [], effects: [entry('p1', { direction: 'out' })] });
    clock.jumpTo(clock.read().wallMs - 86_400_000);
    log.commit({ events: [], effects: [entry('p2')] });
    expect(holderState.facts(query).lastPassage).toEqual({ direction: 'in', atMs: clock.read().wallMs });
    log.commit({ events: [], effects: [{ kind: 'forgive', subject: { passId: PASS } }] });
    expect(holderState.facts(query).lastPassage).toBeUndefined();
    expect(holderState.facts(query)).toMatchObject({ usesSpent: 1, occupancy: 1 });
  });

  it('counts nobody out of an empty area, and gives nobody back to it', async () => {
    const { holderState, log } = await openStore(temporaryFolder());
    log.commit({ events: [], effects: [entry('p1', { direction: 'out' })] });
    expect(holderState.occupancy()).toBe(0);
    log.commit({ events: [], effects: [{ kind: 'giveBack', passage: 'p1' }] });
    expect(holderState.occupancy()).toBe(0);
  });

  it('counts a guard’s opening without a pass for the area only', async () => {
    const { holderState, log } = await openStore(temporaryFolder());
    const nobody = { passage: 'p1', direction: 'in', accessPoint: 'main-in', siteDay: 100 } as const;
    log.commit({ events: [], effects: [{ kind: 'recordPassage', entry: nobody }] });
    expect(holderState.facts(query)).toEqual({ recent: [], usesSpent: 0, occupancy: 1 });
  });
});

describe('every question of a decision', () => {
  it('walks an index and sorts nothing, so that its cost does not grow with the number of holders', async () => {
    const folder = temporaryFolder();
    await (await openStore(folder)).stop();
    const database = new Database(join(folder, 'gatepost.db'), { readonly: true });
    const { recent, uses, shown } = LEDGER_QUESTIONS;
    for (const [question, ...values] of [
      [recent, HOUSE, 99, 101, 0],
      [uses, PASS, 'in', 9],
      [shown, PASS],
      [ORDERS_QUESTION, PASS, HOUSE],
    ] as const) {
      const steps = database
        .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${question}`)
        .all(...values)
        .map(({ detail }) => detail)
        .join('; ');
      expect(steps).toMatch(/SEARCH \w+ USING .*INDEX/);
      // The uses of one pass are counted over a list that the index has cut to their number.
      expect(steps).not.toMatch(/SCAN (passage|last|visitor|kept_number|standing_order)|TEMP B-TREE/);
    }
    database.close();
  });
});
