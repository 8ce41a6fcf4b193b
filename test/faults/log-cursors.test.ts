import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openLogSource } from '../../src/adapters/sqlite/log-source.ts';
import { accessGranted } from '../support/gate/event-samples.ts';
import { changeTables, openStore, temporaryFolder } from '../support/store/store-folder.ts';

const ROWS = 20;
const OTHER_EPOCH = '01890a5d-ac96-774b-bcce-b302099a8057';
const UNCHECKED = 'PRAGMA ignore_check_constraints = ON;';

/** A store of which nobody has had anything, changed while the gate was off, its sums with it. */
async function changed(sql: (epoch: string) => string): Promise<string> {
  const folder = temporaryFolder();
  const store = await openStore(folder);
  store.log.commit({ events: Array.from({ length: ROWS - 1 }, () => accessGranted()) });
  const { epoch } = store.outbox.position();
  await store.stop();
  changeTables(join(folder, 'gatepost.db'), UNCHECKED + sql(epoch));
  return folder;
}

/** What verifying says of the numbers beside the rows. */
function named(folder: string): readonly string[] {
  const source = openLogSource(folder);
  try {
    return source.wrongCursors.map(({ of, detail }) => `${of}: ${detail}`);
  } finally {
    source.close();
  }
}

const receipt = (epoch: string, upTo: number) =>
  `INSERT INTO server_receipt VALUES ('central', '${epoch}', ${upTo})`;

describe('a number beside the rows of the log', () => {
  it.each<[string, (epoch: string) => string]>([
    ['nothing was sent', () => 'UPDATE log SET published_sequence = 0'],
    ['everything was sent', () => `UPDATE log SET published_sequence = ${ROWS}`],
    ['a server has nothing', (epoch) => receipt(epoch, 0)],
    ['a server has everything', (epoch) => receipt(epoch, ROWS)],
  ])('is right where %s', async (_what, sql) => {
    expect(named(await changed(sql))).toEqual([]);
  });

  it.each<[string, (epoch: string) => string, RegExp]>([
    [
      'more was sent than there is',
      () => `UPDATE log SET published_sequence = ${ROWS + 1}`,
      /^published: .*21.*20/,
    ],
    ['far more was sent', () => 'UPDATE log SET published_sequence = 9007199254740993', /^published: /],
    ['less than nothing was sent', () => 'UPDATE log SET published_sequence = -1', /^published: .*-1/],
    [
      'a server has more than there is',
      (epoch) => receipt(epoch, ROWS + 1),
      /^receipt: .*central goes up to 21/,
    ],
    ['a server has less than nothing', (epoch) => receipt(epoch, -1), /^receipt: .*central goes up to -1/],
    ['a server has another log', () => receipt(OTHER_EPOCH, 1), /^receipt: .*central is about the epoch/],
  ])('is named where %s', async (_what, sql, words) => {
    expect(named(await changed(sql))).toEqual([expect.stringMatching(words)]);
  });

  it('is named where it may be, but is not what the gate wrote', async () => {
    const folder = await changed(() => '');
    const database = new Database(join(folder, 'gatepost.db'));
    database.exec('UPDATE log SET published_sequence = 7');
    database.close();
    expect(named(folder)).toEqual(['table: the table log is not as the gate wrote it']);
  });
});

describe('a gate whose log says that more was sent than there is, or less than nothing', () => {
  it.each([ROWS + 5, -5])('does not start, and says that its store is damaged (%i)', async (sent) => {
    const folder = await changed(() => `UPDATE log SET published_sequence = ${sent}`);
    await expect(openStore(folder)).rejects.toMatchObject({
      code: 'log.damaged',
      message: expect.stringContaining(`it was sent up to event ${sent}`),
    });
  });

  it.each([ROWS + 5, -5])('sends all events, where it is told so (%i) while it runs', async (sent) => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    store.log.commit({ events: Array.from({ length: ROWS - 1 }, () => accessGranted()) });
    store.outbox.advance(4);
    changeTables(join(folder, 'gatepost.db'), `${UNCHECKED} UPDATE log SET published_sequence = ${sent}`);
    expect(store.outbox.position().publishedSequence).toBe(0);
    store.outbox.advance(9);
    expect(store.outbox.position().publishedSequence).toBe(9);
    store.outbox.advance(8);
    expect(store.outbox.position().publishedSequence).toBe(9);
  });
});
