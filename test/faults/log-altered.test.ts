import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/adapters/sqlite/store.ts';
import { Attention } from '../../src/app/board/attention.ts';
import { LogWatch } from '../../src/app/board/log-watch.ts';
import { PresentState } from '../../src/app/state/present-state.ts';
import { OutboxCursor } from '../../src/app/uplink/outbox-cursor.ts';
import type { AlteredRows } from '../../src/core/events/chain.ts';
import { readRow } from '../../src/core/events/stored-row.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { doorOpened } from '../support/gate/event-samples.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { openStore, temporaryFolder } from '../support/store/store-folder.ts';

const ROWS = 60;

/** A store with 60 events of which none is published, changed by somebody while the gate was off. */
async function altered(
  change: (database: Database.Database) => void,
): Promise<{ store: Store; folder: string }> {
  const folder = temporaryFolder();
  const store = await openStore(folder);
  for (let row = 1; row < ROWS; row++) store.log.commit({ events: [doorOpened()] });
  await store.stop();
  const database = new Database(join(folder, 'gatepost.db'));
  change(database);
  database.close();
  return { store: await openStore(folder), folder };
}

const EDIT = "UPDATE event SET body = CAST(replace(body, 'Open', 'Shut') AS BLOB) WHERE sequence = ";
const changes: [string, AlteredRows, (database: Database.Database) => void][] = [
  [
    'a row that is no JSON any more',
    { first: 30, last: 30, problem: 'edited' },
    (database) => database.exec("UPDATE event SET body = x'7b00' WHERE sequence = 30"),
  ],
  ['an edited row', { first: 30, last: 30, problem: 'edited' }, (database) => database.exec(`${EDIT}30`)],
  [
    'two edited rows side by side',
    { first: 30, last: 31, problem: 'edited' },
    (database) => database.exec(`${EDIT}30; ${EDIT}31`),
  ],
  [
    'the newest row edited',
    { first: ROWS, last: ROWS, problem: 'edited' },
    (database) => database.exec(`${EDIT}${ROWS}`),
  ],
  [
    'a row edited together with its hash',
    { first: 30, last: 30, problem: 'edited' },
    (database) => {
      database.exec(`${EDIT}30`);
      const row = database.prepare('SELECT body FROM event WHERE sequence = 30').get() as { body: Buffer };
      const hash = Buffer.from(readRow(row.body)?.hash ?? '', 'hex');
      database.prepare('UPDATE event SET hash = ? WHERE sequence = 30').run(hash);
    },
  ],
  [
    'a row under another name, which would be another topic',
    { first: 30, last: 30, problem: 'edited' },
    (database) => database.exec("UPDATE event SET name = 'access.granted' WHERE sequence = 30"),
  ],
  [
    'a row of which only the hash is left',
    { first: 30, last: 30, problem: 'edited' },
    (database) => database.exec('UPDATE event SET body = NULL WHERE sequence = 30'),
  ],
  [
    'rows that are gone',
    { first: 30, last: 33, problem: 'missing' },
    (database) => database.exec('DELETE FROM event WHERE sequence BETWEEN 30 AND 33'),
  ],
  [
    'the first rows that are not published gone',
    { first: 1, last: 2, problem: 'missing' },
    (database) => database.exec('DELETE FROM event WHERE sequence < 3'),
  ],
];

describe('rows that are not as they were written', () => {
  it.each(changes)('%s: alarm, same epoch, not published, the rest is', async (_title, rows, change) => {
    const { store, folder } = await altered(change);
    const clock = new VirtualClock();
    const logger = new SilentLogger();
    const state = new PresentState();
    const shown = () => state.attention.values[0];
    const attention = new Attention({ state });
    const watch = new LogWatch({
      log: store.log,
      outbox: store.outbox,
      health: store,
      state,
      attention,
      clock,
      logger,
      gate: 'north',
      everyMs: 5_000,
    });
    store.outbox.onAltered((found) => watch.altered(found));
    await watch.start(new AbortController().signal);

    /** Everything a broker gets, over as many connections. */
    const publish = () => {
      const walk = new OutboxCursor(store.outbox, 0);
      const sent = [];
      for (let event = walk.next(); event !== undefined; event = walk.next()) sent.push(event);
      return sent;
    };
    const { epoch } = store.outbox.position();
    const sent = publish();
    const told = sent.filter(({ name }) => name === 'log.altered');
    expect(told.map(({ body }) => JSON.parse(new TextDecoder().decode(body)).data)).toEqual([rows]);
    const expected = Array.from({ length: ROWS + 1 }, (_, index) => index + 1).filter(
      (sequence) => sequence < rows.first || sequence > rows.last,
    );
    expect(sent.map(({ sequence }) => sequence)).toEqual(expected);
    for (const { body } of sent) expect(JSON.parse(new TextDecoder().decode(body)).epoch).toBe(epoch);
    expect(shown()).toMatchObject([{ kind: 'logAltered', accessPoint: 'north' }]);

    // Told once, also after a restart.
    expect(publish()).toHaveLength(expected.length);
    await watch.stop();
    await store.stop();
    const again = await openStore(folder);
    expect(again.outbox.position().lastSequence).toBe(ROWS + 1);
    const fresh = new Attention({ state });
    fresh.restore(again.log);
    expect(shown()).toMatchObject([{ kind: 'logAltered' }]);
  });

  it('the door, the list and what calls a guard are never taken from such a row', async () => {
    const { store } = await altered((database) => database.exec(`${EDIT}59`));
    expect(store.log.recent(['door.physical'], 3).map(({ sequence }) => sequence)).toEqual([60, 58]);
  });
});
