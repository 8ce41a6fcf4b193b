import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openReadOnly } from '../../../src/adapters/sqlite/log-reader.ts';
import { openLogSource } from '../../../src/adapters/sqlite/log-source.ts';
import type { Store } from '../../../src/adapters/sqlite/store.ts';
import type { Reason } from '../../../src/core/access/reasons.ts';
import type { PurgeClass } from '../../../src/core/access/vocabulary.ts';
import { CHAIN_START, type ChainVerdict, verifyChain } from '../../../src/core/events/chain.ts';
import type { EventDraft } from '../../../src/core/events/event.ts';
import { verifyLog } from '../../../src/core/events/verify-log.ts';
import { PublishedContract } from '../../support/broker/published-contract.ts';
import { VirtualClock } from '../../support/clock/virtual-clock.ts';
import { everyEvent } from '../../support/gate/all-events.ts';
import {
  accessGranted,
  doorOpened,
  SAMPLE_ACCESS,
  SAMPLE_TIME_MS,
} from '../../support/gate/event-samples.ts';
import { makePurge } from '../../support/store/purge.ts';
import { openStore, temporaryFolder } from '../../support/store/store-folder.ts';

const HOUR_MS = 3_600_000;
const ROOT = 'gates/v1/willow-court/north/';
const contract = new PublishedContract();

function verdictOf(folder: string): ChainVerdict {
  const reader = openReadOnly(folder);
  try {
    const head = reader.head();
    return verifyChain(reader.rows(), {
      after: CHAIN_START,
      cover: reader.cover(),
      ...(head && { last: head }),
    });
  } finally {
    reader.close();
  }
}

/** What `log verify` finds. */
function findingsOf(folder: string): readonly string[] {
  const source = openLogSource(folder);
  try {
    const run = verifyLog(source, { witnesses: [] });
    for (;;) {
      const step = run.next();
      if (step.done === true)
        return step.value.findings.map(({ problem, first, last }) => `${problem} ${first}-${last}`);
    }
  } finally {
    source.close();
  }
}

function purged(part: PurgeClass, through: number): EventDraft {
  return {
    name: 'log.purged',
    subject: 'north',
    data: { class: part, through, count: 1 },
    timeMs: SAMPLE_TIME_MS,
    timeQuality: 'synced',
  };
}

/** Says that it goes, and lets it go. */
function purge(store: Store, part: PurgeClass, through: number): number {
  store.log.commit({ events: [purged(part, through)] });
  let count = 0;
  for (let after = 0; after < through; ) {
    const done = store.rows.reduce(part, { after, through }, { rows: 7 });
    after = done.through;
    count += done.count;
  }
  return count;
}

/** Stores whole rows shorter. Returns how many. */
function pack(store: Store, through: number): number {
  let count = 0;
  for (let after = 0; after < through; ) {
    const done = store.rows.pack({ after, through }, { rows: 7 });
    after = done.through;
    count += done.count;
  }
  return count;
}

function bodies(store: Store): Map<number, string> {
  const events = store.outbox.readAfter(0, 10_000);
  return new Map(events.map(({ sequence, body }) => [sequence, new TextDecoder().decode(body)]));
}

function hashes(folder: string): unknown[] {
  const database = new Database(join(folder, 'gatepost.db'), { readonly: true });
  const rows = database.prepare('SELECT hex(hash) FROM event ORDER BY sequence').pluck().all();
  database.close();
  return rows;
}

function bytesOfBodies(folder: string): number {
  const database = new Database(join(folder, 'gatepost.db'), { readonly: true });
  const bytes = database.prepare('SELECT sum(length(body) + length(id)) FROM event').pluck().get();
  database.close();
  return Number(bytes);
}

const { screening: _, ...PLAIN } = SAMPLE_ACCESS;

describe('rows of every event', () => {
  it.each([
    ['as they are written', false],
    ['packed', true],
  ])(
    'lose one part after the other; the log, the outbox and verifying give what is left: %s',
    async (_how, isPacked) => {
      const folder = temporaryFolder();
      const store = await openStore(folder);
      store.log.commit({ events: everyEvent().filter(({ name }) => name !== 'site.stooddown') });
      const { lastSequence } = store.outbox.position();
      const before = hashes(folder);
      expect(verdictOf(folder)).toMatchObject({ status: 'intact', erased: 0 });
      for (const part of ['screening', 'access', 'operator'] as const) {
        const { count } = store.rows.survey(part, { after: 0, through: lastSequence }, 0);
        expect(count).toBeGreaterThan(0);
        expect([part, purge(store, part, lastSequence)]).toEqual([part, count]);
        expect(store.rows.survey(part, { after: 0, through: lastSequence }, 0)).toEqual({ count: 0 });
        expect([part, verdictOf(folder).status, findingsOf(folder)]).toEqual([part, 'intact', []]);
        expect(hashes(folder).slice(0, lastSequence)).toEqual(before);
        const altered: object[] = [];
        store.outbox.onAltered((rows) => altered.push(rows));
        const published = bodies(store);
        expect([part, altered, published.size]).toEqual([part, [], store.outbox.position().lastSequence]);
        for (const text of published.values()) {
          const group = /"io\.gatepost\.(\w+)\./.exec(text)?.[1];
          expect([text, contract.faults(`${ROOT}evt/${group}`, Buffer.from(text))]).toEqual([text, []]);
        }
        if (part !== 'screening' || !isPacked) continue;
        // Those that lost their screening are packed already.
        expect(pack(store, lastSequence)).toBe(lastSequence - count);
        expect(pack(store, lastSequence)).toBe(0);
        expect(bodies(store)).toEqual(published);
        expect([verdictOf(folder).status, findingsOf(folder)]).toEqual(['intact', []]);
      }
      const reduced = [...bodies(store).values()].slice(0, lastSequence);
      for (const text of reduced) {
        expect(JSON.parse(text).dataschema).toBe('urn:gatepost:event:reduced:v1');
        for (const trace of ['00112233aabbccdd', 'a1b2c3d4e5f6', 'passage-1', 'chen', 'normal"', ':00.007Z'])
          expect([trace, text, text.includes(trace)]).toEqual([trace, text, false]);
      }
      await store.stop();
      // Opened again, the check at the start finds nothing either.
      const again = await openStore(folder);
      expect(again.altered).toEqual([]);
      expect(again.log.recent(['access.granted', 'operator.override'], 10)).toEqual([]);
      expect(again.log.recent(['log.reset'], 5)).toHaveLength(2);
    },
  );

  it('take less than half of their room when they are packed, and are found as before', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    const events = Array.from({ length: 40 }, () => ({ ...accessGranted(), data: PLAIN }) as EventDraft);
    store.log.commit({ events: [...events, doorOpened()] });
    const room = () => bytesOfBodies(folder);
    const before = room();
    const texts = bodies(store);
    expect(pack(store, 42)).toBe(42);
    expect(room() / before).toBeLessThan(0.5);
    expect(bodies(store)).toEqual(texts);
    expect(store.log.recent(['access.granted'], 2)).toHaveLength(2);
    await store.stop();
    // The ids go on behind the last one, which is packed.
    const again = await openStore(folder);
    const ids = [...bodies(again).values()].map((text) => JSON.parse(text).id);
    expect(ids).toEqual(ids.toSorted());
    expect(new Set(ids).size).toBe(ids.length);
    const reader = openReadOnly(folder);
    const query = { passId: String(PLAIN.passId), accessPoint: 'main-in' };
    expect(reader.newestOf(query, 100)).toHaveLength(40);
    reader.close();
    expect(again.rows.reduce('access', { after: 0, through: 42 }, { rows: 100 }).count).toBe(41);
  });

  it('leave their pages full when they become shorter', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    for (let batch = 0; batch < 4; batch++)
      store.log.commit({ events: Array.from({ length: 300 }, () => accessGranted()) });
    const { lastSequence: through } = store.outbox.position();
    const fill = () => {
      const database = new Database(join(folder, 'gatepost.db'), { readonly: true });
      const used = "SELECT 1 - sum(unused) * 1.0 / sum(pgsize) FROM dbstat WHERE name = 'event'";
      const part = database.prepare(used).pluck().get();
      database.close();
      return Number(part);
    };
    const inTurns = (turn: (after: number) => { readonly through: number }) => {
      for (let after = 0; after < through; ) after = turn(after).through;
      return fill();
    };
    inTurns((after) => store.rows.reduce('screening', { after, through }, { rows: 60 }));
    expect(inTurns((after) => store.rows.pack({ after, through }, { rows: 60 }))).toBeGreaterThan(0.75);
    expect(inTurns((after) => store.rows.reduce('access', { after, through }, { rows: 60 }))).toBeGreaterThan(
      0.75,
    );
    // Rows that were moved leave no copy behind.
    store.recordPurge.settle();
    const bytes = readFileSync(join(folder, 'gatepost.db')).toString('latin1');
    expect(['00112233aabbccdd', 'gy-mcu9061x'].filter((trace) => bytes.includes(trace))).toEqual([]);
    await store.stop();
  });

  it('leave nothing of their writing for decisions in between to move into the database', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    const people = (count: number) => ({ events: Array.from({ length: count }, () => accessGranted()) });
    store.log.commit(people(2_400));
    store.recordPurge.settle();
    const moved = () => statSync(join(folder, 'gatepost.db'), { bigint: true }).mtimeNs;
    const seen = { turns: 0, decisions: 0 };
    const { lastSequence: through } = store.outbox.position();
    for (let after = 0; after < through; ) {
      const before = moved();
      const turn = () => store.rows.reduce('screening', { after, through }, { rows: 40 });
      after = store.recordPurge.unhurried(turn).through;
      const between = moved();
      store.log.commit(people(40));
      if (between !== before) seen.turns += 1;
      if (moved() !== between) seen.decisions += 1;
    }
    expect(seen.decisions).toBe(0);
    expect(seen.turns).toBeGreaterThan(1);
    await store.stop();
  });

  it('whose screening is not over are not packed', async () => {
    const store = await openStore(temporaryFolder());
    store.log.commit({ events: [accessGranted(), doorOpened()] });
    const texts = bodies(store);
    expect(store.rows.pack({ after: 0, through: 3 }, { rows: 10 })).toEqual({ through: 3, count: 2 });
    expect(bodies(store)).toEqual(texts);
    expect(store.rows.survey('screening', { after: 0, through: 3 }, 0).count).toBe(1);
  });

  it('leave nothing of it in the file', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    store.log.commit({ events: [accessGranted(), doorOpened()] });
    purge(store, 'screening', 3);
    purge(store, 'access', 3);
    await store.stop();
    const bytes = readFileSync(join(folder, 'gatepost.db')).toString('latin1');
    for (const trace of ['00112233aabbccdd', 'a1b2c3d4e5f6', 'passage-1', 'gy-mcu9061x'])
      expect([trace, bytes.includes(trace)]).toEqual([trace, false]);
  });

  it('say nothing of a reading once its time is over, in the log or beside it; other reasons stay', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    const denied = (reasons: readonly Reason[]): EventDraft => {
      const [reason] = reasons;
      return {
        ...accessGranted({ ...(reason && { reason }), reasons: [...reasons] }),
        name: 'access.denied',
      } as EventDraft;
    };
    const seen = { operator: 'chen', action: 'seen', item: 'elevated', passage: 'passage-1' } as const;
    const note = { subject: 'main-in', timeMs: SAMPLE_TIME_MS, timeQuality: 'synced' } as const;
    store.log.commit({
      events: [
        denied(['gp:TemperatureHigh', 'gp:PassageTimeout']),
        denied(['gp:QuotaExceeded', 'gp:TemperatureNotMeasured', 'gp:PolicyStale']),
        denied(['gp:TemperatureSensorFault']),
        denied(['gp:TemperatureHigh']),
        { ...note, name: 'operator.override', data: seen },
        // What a guard types is no list of parts.
        {
          ...note,
          name: 'operator.override',
          data: { operator: 'chen', action: 'open', note: '"salts":" reading=' },
        },
      ],
    });
    const about = () => {
      const database = new Database(join(folder, 'gatepost.db'), { readonly: true });
      const rows = database
        .prepare('SELECT sequence, reason, reasons FROM event_about WHERE sequence > 1')
        .raw()
        .all();
      database.close();
      return rows.filter((row) => (row as unknown[])[1] !== null);
    };
    expect(about()).toHaveLength(4);
    expect(store.rows.survey('screening', { after: 0, through: 7 }, 0).count).toBe(5);
    expect(purge(store, 'screening', 7)).toBe(5);
    expect(about()).toEqual([[3, 'gp:QuotaExceeded', 'gp:PolicyStale']]);
    const rows = [...bodies(store).values()].map((text) => JSON.parse(text).data);
    const left = rows.slice(1, 5);
    expect(left.map(({ reason, reasons }) => [reason, reasons])).toEqual([
      [undefined, []],
      ['gp:QuotaExceeded', ['gp:QuotaExceeded', 'gp:PolicyStale']],
      [undefined, []],
      [undefined, []],
    ]);
    expect(rows[5]).toEqual({ operator: 'chen', action: 'seen', passage: 'passage-1' });
    expect(findingsOf(folder)).toEqual([]);
    for (const text of bodies(store).values()) {
      const group = /"io\.gatepost\.(\w+)\./.exec(text)?.[1];
      expect(contract.faults(`${ROOT}evt/${group}`, Buffer.from(text))).toEqual([]);
    }
    // A row that loses everything at once, as by an erasure, loses it there too.
    store.log.commit({ events: [denied(['gp:TemperatureHigh'])] });
    const sequence = store.outbox.position().lastSequence;
    store.rows.reduceRows([sequence]);
    expect(about().flat()).not.toContain('gp:TemperatureHigh');
    await store.stop();
    const database = new Database(join(folder, 'gatepost.db'), { readonly: true });
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
    for (const table of tables)
      expect([table, JSON.stringify(database.prepare(`SELECT * FROM ${table}`).all())]).toEqual([
        table,
        expect.not.stringMatching(/Temperature|elevated/),
      ]);
    database.close();
  });

  it('that end leave their hash, and of 256 in a row the root of the tree', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    for (let batch = 0; batch < 10; batch++)
      store.log.commit({ events: Array.from({ length: 80 }, () => accessGranted()) });
    store.log.commit({
      events: [everyEvent().find(({ name }) => name === 'operator.override') as EventDraft],
    });
    const last = 790;
    purge(store, 'access', last);
    while (store.tree.grow() > 0);
    purge(store, 'ended', last);
    expect([verdictOf(folder), findingsOf(folder)]).toEqual([
      expect.objectContaining({ status: 'intact', ended: 2 * 255 }),
      [],
    ]);
    expect(hashes(folder).length).toBeLessThan(300 + 10);
    // An operator's row that was reduced later ends at once.
    store.log.commit({ events: [purged('operator', 1)] });
    expect(store.rows.reduce('operator', { after: 0, through: 1 }, { rows: 5 }).count).toBe(1);
    // The row by which the log begins is needed.
    expect(bodies(store).get(1)).toContain('log.reset');
    await store.stop();
    expect((await openStore(folder)).altered).toEqual([]);
  });
});

describe('a part that is gone', () => {
  const untold: [string, (store: Store) => void, string][] = [
    [
      'the screening',
      (store) => store.rows.reduce('screening', { after: 0, through: 9 }, { rows: 9 }),
      '2-6',
    ],
    ['all of a class', (store) => store.rows.reduce('access', { after: 0, through: 9 }, { rows: 9 }), '2-6'],
    ['a single row', (store) => store.rows.reduceRows([4]), '4-4'],
    [
      'the rest',
      (store) => {
        purge(store, 'access', 6);
        store.rows.reduce('ended', { after: 0, through: 6 }, { rows: 9 });
      },
      '2-6',
    ],
  ];
  it.each(untold)('without a word of the log is named and not published: %s', async (_what, take, range) => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    store.log.commit({ events: Array.from({ length: 5 }, () => accessGranted()) });
    take(store);
    expect(verdictOf(folder)).toMatchObject({ status: 'broken', problem: 'uncovered' });
    expect(findingsOf(folder)).toEqual([`erased ${range}`]);
    const altered: object[] = [];
    store.outbox.onAltered((rows) => altered.push(rows));
    store.outbox.readAfter(0, 100);
    const [first = 0, last = 0] = range.split('-').map(Number);
    expect(altered).toEqual([{ first, last, problem: 'edited' }]);
  });

  it('may be what privacy.erased names, and nothing else', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    store.log.commit({ events: Array.from({ length: 8 }, () => accessGranted()) });
    const erased = everyEvent().find(({ name }) => name === 'privacy.erased') as EventDraft;
    const data = { ...erased.data, ranges: '2-3,6' } as never;
    store.log.commit({ events: [{ ...erased, data } as EventDraft] });
    expect(store.rows.reduceRows([2, 3, 6])).toBe(3);
    expect(store.rows.reduceRows([2, 3, 6])).toBe(0);
    expect([verdictOf(folder).status, findingsOf(folder)]).toEqual(['intact', []]);
    store.rows.reduceRows([5]);
    expect(verdictOf(folder)).toEqual({ status: 'broken', sequence: 5, problem: 'uncovered' });
  });

  it('is named where somebody edits a packed row', async () => {
    for (const edit of [
      "UPDATE event SET body = CAST(replace(hex(body), hex('Open'), hex('Shut')) AS BLOB) WHERE sequence = 4",
      "UPDATE event SET body = unhex(replace(hex(body), hex('Open'), hex('Shut'))) WHERE sequence = 4",
      "UPDATE event SET body = x'01' WHERE sequence = 4",
      "UPDATE event SET body = x'0108ff' WHERE sequence = 4",
      'UPDATE event SET origin = NULL WHERE sequence = 4',
      "UPDATE event SET name = 'door.alarm' WHERE sequence = 4",
      'UPDATE event SET time_ms = time_ms + 1 WHERE sequence = 4',
    ]) {
      const folder = temporaryFolder();
      const store = await openStore(folder);
      store.log.commit({ events: Array.from({ length: 8 }, () => doorOpened()) });
      pack(store, 9);
      expect(findingsOf(folder)).toEqual([]);
      await store.stop();
      const database = new Database(join(folder, 'gatepost.db'));
      database.exec(edit);
      database.close();
      expect([edit, findingsOf(folder)]).toEqual([edit, ['edited 4-4']]);
      const again = await openStore(folder);
      expect([edit, again.altered]).toEqual([edit, [{ first: 4, last: 4, problem: 'edited' }]]);
      // Its class is over all the same, and nothing of it stays.
      expect(again.rows.reduce('access', { after: 0, through: 9 }, { rows: 20 }).count).toBeGreaterThan(6);
      await again.stop();
    }
  });

  it('goes in the gate where an erasure was killed, also while no time is confirmed', async () => {
    const folder = temporaryFolder();
    const clock = new VirtualClock();
    clock.quality = 'unsynced';
    const store = await openStore(folder, { clock });
    const batch = () => store.log.commit({ events: Array.from({ length: 300 }, () => accessGranted()) });
    for (let batches = 0; batches < 3; batches++) batch();
    const erased = everyEvent().find(({ name }) => name === 'privacy.erased') as EventDraft;
    for (const ranges of ['2-150,152-154,160,600-899', '', '901']) {
      const data = { ...erased.data, ranges } as never;
      store.log.commit({ events: [{ ...erased, data } as EventDraft, accessGranted()] });
    }
    store.rows.reduceRows([2, 3, 4, 700]);
    const named = () =>
      [...bodies(store)].filter(([, text]) => text.includes('00112233aabbccdd')).map(([at]) => at);
    expect(named()).toHaveLength(900 + 3 - 4);
    const purge = makePurge(store, clock);
    await purge.start(new AbortController().signal);
    clock.advance(2 * HOUR_MS);
    await purge.stop();
    const kept = named();
    expect(kept).toHaveLength(903 - 149 - 3 - 1 - 300 - 1);
    for (const gone of [2, 150, 152, 154, 160, 600, 899]) expect(kept).not.toContain(gone);
    for (const there of [151, 155, 599, 900, 903]) expect(kept).toContain(there);
    expect(findingsOf(folder)).toEqual([]);
    expect(store.rows.finishErasures({ rows: 1 })).toBe(false);
  });

  it('is named where somebody edits the reduced row, or what is stored of it', async () => {
    for (const edit of [
      "UPDATE event SET name = 'access.denied' WHERE sequence = 4",
      'UPDATE event SET time_ms = time_ms + 3600000 WHERE sequence = 4',
      "UPDATE event SET reduced = CAST(reduced || '{}' AS BLOB) WHERE sequence = 4",
      "UPDATE event SET reduced = x'' WHERE sequence = 4",
      'UPDATE event SET reduced = NULL WHERE sequence = 4',
    ]) {
      const folder = temporaryFolder();
      const store = await openStore(folder);
      store.log.commit({ events: Array.from({ length: 8 }, () => accessGranted()) });
      purge(store, 'access', 9);
      await store.stop();
      const database = new Database(join(folder, 'gatepost.db'));
      database.exec(edit);
      database.close();
      expect([edit, verdictOf(folder)]).toEqual([edit, expect.objectContaining({ sequence: 4 })]);
    }
  });
});

it('a row is as old as its record by a clock in step, and never older than that', async () => {
  const start = Date.UTC(2020, 1, 24, 8, 30);
  const clock = new VirtualClock(start);
  const store = await openStore(temporaryFolder(), { clock });
  const commit = () =>
    store.log.commit({ events: [accessGranted({}, clock.read().wallMs)] })[0]?.sequence ?? 0;
  const sequences: number[] = [];
  for (let hour = 0; hour < 6; hour++) {
    clock.advance(HOUR_MS);
    clock.quality = hour === 3 ? 'unsynced' : 'synced';
    sequences.push(commit());
  }
  const at = (hour: number) => start + (hour + 1) * HOUR_MS;
  expect(store.rows.newestBefore(start - 1)).toBe(0);
  expect(store.rows.newestBefore(at(2))).toBe(sequences[2]);
  expect(store.rows.newestBefore(at(3))).toBe(sequences[2]);
  expect(store.rows.newestBefore(at(4) - 1)).toBe(sequences[2]);
  expect(store.rows.newestBefore(at(4))).toBe(sequences[4]);
  // Of a reduced row only the hour is known: it counts from the end of that.
  purge(store, 'access', sequences[2] ?? 0);
  expect(store.rows.newestBefore(at(2))).toBe(sequences[1]);
  expect(store.rows.newestBefore(at(2) + HOUR_MS / 2)).toBe(sequences[2]);
});

it('is not led to younger rows by one that somebody has made older', async () => {
  const folder = temporaryFolder();
  const clock = new VirtualClock();
  const store = await openStore(folder, { clock });
  const startMs = clock.read().wallMs;
  for (let hour = 0; hour < 5; hour++) {
    const timeMs = clock.read().wallMs;
    store.log.commit({
      events: [accessGranted({}, timeMs), { ...accessGranted({}, timeMs), timeQuality: 'unsynced' }],
    });
    clock.advance(HOUR_MS);
  }
  const before = store.rows.newestBefore(startMs + HOUR_MS);
  const database = new Database(join(folder, 'gatepost.db'));
  database.exec(
    `UPDATE event SET time_ms = ${startMs + HOUR_MS}, recorded_ms = ${startMs} WHERE sequence = 10`,
  );
  expect(store.rows.newestBefore(startMs + HOUR_MS)).toBe(before);
  // What was written by a clock that nobody trusts says nothing of age, whatever else is said of it.
  database.exec(
    `UPDATE event SET time_ms = ${startMs + HOUR_MS}, recorded_ms = ${startMs} WHERE sequence = 11`,
  );
  expect(store.rows.newestBefore(startMs + HOUR_MS)).toBe(before);
  database.close();
});
