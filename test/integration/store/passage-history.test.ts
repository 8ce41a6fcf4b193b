import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { databasePath } from '../../../src/adapters/sqlite/database.ts';
import type { Store } from '../../../src/adapters/sqlite/store.ts';
import type { AccessData, EventDraft, StoredEvent } from '../../../src/core/events/event.ts';
import type { RowQuery } from '../../../src/core/events/row-view.ts';
import type { HistoryMark } from '../../../src/ports/passage-history.ts';
import { accessGranted, doorOpened, SAMPLE_TIME_MS } from '../../support/gate/event-samples.ts';
import { changeTables, openStore, temporaryFolder } from '../../support/store/store-folder.ts';

const HOUR_MS = 3_600_000;
const DECISIONS = ['access.granted', 'access.denied'];
const ALWAYS = { fromMs: 0, toMs: SAMPLE_TIME_MS + 100 * HOUR_MS };

function passage(number: number, data: Partial<AccessData> = {}, timeMs = SAMPLE_TIME_MS): EventDraft[] {
  const passId = (number % 5).toString(16).padStart(16, '0');
  const granted = accessGranted({ passId, passage: `passage-${number}`, ...data }, timeMs);
  const { decision: _, latencyMs: __, ...taken } = granted.data as AccessData;
  return [granted, doorOpened(timeMs), { ...granted, name: 'access.taken', data: taken } as EventDraft];
}

/** Every row of a search, in pages of so many steps; a page begins where the one before ended. */
function leafed(store: Store, query: RowQuery, steps = Number.POSITIVE_INFINITY): StoredEvent[] {
  const found: StoredEvent[] = [];
  let from: HistoryMark | undefined = { toMs: ALWAYS.toMs };
  while (from !== undefined) {
    let next: HistoryMark | undefined;
    let done = 0;
    for (const { row, mark } of store.passages.rows({ types: DECISIONS, ...ALWAYS, ...query }, from)) {
      if (row !== undefined) found.push(row);
      done += 1;
      if (done < steps) continue;
      next = mark;
      break;
    }
    from = next;
  }
  return found;
}

const idsOf = (rows: readonly StoredEvent[]) => rows.map(({ sequence }) => sequence);

describe('the history of passages', () => {
  it('finds what the search of the log finds, however it is leafed through and however the clock jumped', async () => {
    const store = await openStore(temporaryFolder());
    const kinds = ['resident', 'visitor'] as const;
    // Forward, back by two days, and a row of long ago.
    const hours = [0, 0, 1, 1, 3, 3, 50, 50, 2, 2, -400_000, 4];
    hours.forEach((hour, at) => {
      const accessPoint = at % 3 === 0 ? 'main-out' : 'main-in';
      const data = { accessPoint, kind: kinds[at % 2] ?? 'resident' };
      const timeMs = SAMPLE_TIME_MS + hour * HOUR_MS;
      store.log.commit({ events: [...passage(2 * at, data, timeMs), ...passage(2 * at + 1, data, timeMs)] });
    });
    const all = leafed(store, {});
    expect(all).toHaveLength(2 * hours.length);
    const slots = all.map(({ timeMs }) => Math.floor(timeMs / HOUR_MS));
    expect(slots).toEqual([...slots].sort((a, b) => b - a));
    const query = fc.record(
      {
        accessPoint: fc.constantFrom('main-in', 'main-out', 'side'),
        kind: fc.constantFrom(...kinds),
        passId: fc.constantFrom('0000000000000001', '0000000000000004', 'ffffffffffffffff'),
        fromMs: fc.constantFrom(...[0, 1, 3].map((hour) => SAMPLE_TIME_MS + hour * HOUR_MS)),
        toMs: fc.constantFrom(...[1, 3, 51].map((hour) => SAMPLE_TIME_MS + hour * HOUR_MS + 60_000)),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(query, fc.integer({ min: 1, max: 9 }), (asked, steps) => {
        const expected = all.filter(({ timeMs, body }) => {
          const { data } = JSON.parse(new TextDecoder().decode(body));
          const { fromMs = 0, toMs = ALWAYS.toMs, ...members } = asked;
          return (
            timeMs >= fromMs &&
            timeMs < toMs &&
            Object.entries(members).every(([name, value]) => data[name] === value)
          );
        });
        expect(idsOf(leafed(store, asked))).toEqual(idsOf(expected));
        expect(idsOf(leafed(store, asked, steps))).toEqual(idsOf(expected));
      }),
      { numRuns: 40 },
    );
  });

  it('says when it begins, reads a passage from its first row to the last one of a day, and believes no altered row', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    const { passages: history } = store;
    expect(history.sinceMs()).toBe(store.outbox.readAfter(0, 1)[0]?.timeMs);
    const seen = (hours: number): EventDraft => ({
      ...{ name: 'operator.override', subject: 'main-in' },
      data: { operator: 'chen', action: 'seen', item: 'elevated', passage: 'passage-1' },
      ...{ timeMs: SAMPLE_TIME_MS + hours * HOUR_MS, timeQuality: 'synced' },
    });
    const others = (count: number, hours: number) =>
      Array.from({ length: count }, () => doorOpened(SAMPLE_TIME_MS + hours * HOUR_MS));
    const [asked] = store.log.commit({
      events: [{ ...accessGranted(), name: 'access.requested' } as EventDraft],
    });
    const [row] = store.log.commit({ events: passage(1) });
    store.log.commit({ events: [...others(600, 5), seen(6), ...others(1_000, 26), seen(27)] });
    if (row === undefined || asked === undefined) throw new Error('nothing was written');
    const rows = [...history.passage(row, 'passage-1')].flat();
    expect(rows.map(({ name }) => name)).toEqual([
      'access.requested',
      'access.granted',
      'access.taken',
      'operator.override',
    ]);
    expect(history.row(row.sequence)?.body).toEqual(row.body);
    expect(history.row(9_999)).toBeUndefined();

    changeTables(
      databasePath(folder),
      `UPDATE event SET body = CAST(replace(body, 'resident', 'visitor') AS BLOB) WHERE sequence = ${row.sequence}`,
    );
    expect(history.row(row.sequence)).toMatchObject({ name: 'access.granted', body: new Uint8Array() });
    const [judged] = leafed(store, { toMs: SAMPLE_TIME_MS + HOUR_MS });
    expect(judged).toMatchObject({ sequence: row.sequence, body: new Uint8Array() });
  });
});
