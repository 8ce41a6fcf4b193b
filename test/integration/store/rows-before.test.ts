import { hash } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { openForWriting } from '../../../src/adapters/sqlite/database.ts';
import { lookAtLog } from '../../../src/adapters/sqlite/log-look.ts';
import { openReadOnly } from '../../../src/adapters/sqlite/log-reader.ts';
import { MIGRATIONS, migrate } from '../../../src/adapters/sqlite/migrations.ts';
import { canonicalJson } from '../../../src/core/encoding/canonical-json.ts';
import { CHAIN_START, verifyChain } from '../../../src/core/events/chain.ts';
import type { EventDraft } from '../../../src/core/events/event.ts';
import { VirtualClock } from '../../support/clock/virtual-clock.ts';
import { accessGranted, doorOpened, SAMPLE_TIME_MS } from '../../support/gate/event-samples.ts';
import { openStore, temporaryFolder } from '../../support/store/store-folder.ts';

const EPOCH = '01890a5d-ac96-774b-bcce-b302099a8057';
const BEFORE = 8;
const RESET: EventDraft = {
  name: 'log.reset',
  subject: 'north',
  data: { cause: 'new log' },
  timeMs: SAMPLE_TIME_MS,
  timeQuality: 'synced',
};

/** A store as the last version before rows had parts left it. */
function storeBefore(drafts: readonly EventDraft[]): string {
  const folder = temporaryFolder();
  const database = openForWriting(join(folder, 'gatepost.db'));
  migrate(database, MIGRATIONS.slice(0, BEFORE));
  let prevhash = '0'.repeat(64);
  for (const [at, draft] of drafts.entries()) {
    const sequence = at + 1;
    const salt = Buffer.alloc(16, sequence);
    const time = new Date(draft.timeMs).toISOString();
    const envelope = {
      ...{
        specversion: '1.0',
        id: EPOCH.replace('bcce', `8${sequence}ce`),
        source: '/gates/willow-court/north',
      },
      ...{
        type: `io.gatepost.${draft.name}.v1`,
        subject: draft.subject,
        time,
        datacontenttype: 'application/json',
      },
      ...{ dataschema: `urn:gatepost:event:${draft.name}:v1`, recordedtime: time, epoch: EPOCH },
      ...{ sequence: String(sequence).padStart(16, '0'), bootid: EPOCH, timequality: 'synced', prevhash },
    };
    const data: Record<string, unknown> = { ...draft.data };
    const body = Buffer.from(canonicalJson({ ...envelope, data }));
    for (const name of ['passId', 'holderRef', 'screening', 'unreadable'])
      if (data[name] !== undefined)
        data[name] = hash(
          'sha256',
          Buffer.concat([salt, Buffer.from(name + canonicalJson(data[name]))]),
          'hex',
        );
    prevhash = hash('sha256', `\0${canonicalJson({ ...envelope, data })}`, 'hex');
    database
      .prepare('INSERT INTO event VALUES (?, ?, ?, ?, ?, NULL, NULL, ?, ?, ?)')
      .run(
        sequence,
        envelope.id,
        draft.name,
        draft.timeMs,
        'synced',
        body,
        salt,
        Buffer.from(prevhash, 'hex'),
      );
  }
  const last = Buffer.from(prevhash, 'hex');
  database.prepare('INSERT INTO log VALUES (1, ?, ?, ?, 0)').run(EPOCH, drafts.length, last);
  database.prepare("INSERT INTO kept_number VALUES ('epoch-from', 1)").run();
  database.close();
  return folder;
}

function verdictOf(folder: string) {
  const reader = openReadOnly(folder);
  const head = reader.head();
  const verdict = verifyChain(reader.rows(), {
    after: CHAIN_START,
    cover: reader.cover(),
    ...(head && { last: head }),
  });
  reader.close();
  return verdict;
}

const DRAFTS = [RESET, accessGranted(), doorOpened(), accessGranted({ passage: 'passage-2' }), doorOpened()];

it('a store of before is read before it is moved up, goes on in its epoch, and verifies throughout', async () => {
  const folder = storeBefore(DRAFTS);
  expect(lookAtLog(folder)).toMatchObject({ altered: [], head: { sequence: 5 } });
  expect(verdictOf(folder)).toMatchObject({ status: 'intact', rows: 5 });
  const store = await openStore(folder);
  store.log.commit({ events: [accessGranted(), doorOpened()] });
  expect(store.altered).toEqual([]);
  expect(store.outbox.position()).toMatchObject({ epoch: EPOCH, firstSequence: 1, lastSequence: 7 });
  const published = store.outbox.readAfter(0, 20).map(({ body }) => new TextDecoder().decode(body));
  expect(published.map((text) => text.includes('"salts"'))).toEqual([...DRAFTS.map(() => false), true, true]);
  expect(verdictOf(folder)).toMatchObject({ status: 'intact', rows: 7, erased: 0 });
});

it('a row of before loses everything but its hash when its class is over, and not before', async () => {
  const folder = storeBefore(DRAFTS);
  const store = await openStore(folder, { clock: new VirtualClock(SAMPLE_TIME_MS + 1000) });
  store.log.commit({ events: [accessGranted(), doorOpened()] });
  const told = (part: 'screening' | 'access', through: number): EventDraft => ({
    ...RESET,
    name: 'log.purged',
    data: { class: part, through, count: 1 },
  });
  const purge = (part: 'screening' | 'access', through: number) => {
    store.log.commit({ events: [told(part, through)] });
    return store.rows.reduce(part, { after: 0, through }, { rows: 50 }).count;
  };
  expect(store.rows.newestBefore(SAMPLE_TIME_MS)).toBe(5);
  expect(purge('screening', 7)).toBe(1);
  expect(purge('access', 7)).toBe(6);
  expect(verdictOf(folder)).toMatchObject({ status: 'intact', erased: 6 });
  const altered: object[] = [];
  store.outbox.onAltered((rows) => altered.push(rows));
  expect(store.outbox.readAfter(0, 20).map(({ sequence }) => sequence)).toEqual([1, 6, 7, 8, 9]);
  expect(altered).toEqual([]);
  await store.stop();

  // Nobody may take one of its kind that is not over, nor make a newer row look like one.
  for (const edit of [
    "UPDATE event SET body = NULL, salt = NULL WHERE name = 'log.reset'",
    'UPDATE event SET reduced = NULL WHERE sequence = 6',
  ]) {
    const database = new Database(join(folder, 'gatepost.db'));
    database.exec(edit);
    database.close();
    expect([edit, verdictOf(folder).status]).toEqual([edit, 'broken']);
  }
});
