import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openLogSource } from '../../src/adapters/sqlite/log-source.ts';
import { Store } from '../../src/adapters/sqlite/store.ts';
import type { PurgeClass } from '../../src/core/access/vocabulary.ts';
import { canonicalJson } from '../../src/core/encoding/canonical-json.ts';
import { readRow } from '../../src/core/events/stored-row.ts';
import { type LogVerdict, type LogWitness, verifyLog } from '../../src/core/events/verify-log.ts';
import { createSigner } from '../../src/core/pass/issue-pass.ts';
import { originOf, parseCheckpoint, readOrigin, signCheckpoint } from '../../src/core/proof/checkpoint.ts';
import { CompactRange } from '../../src/core/proof/merkle-tree.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { accessGranted, doorOpened, SAMPLE_TIME_MS } from '../support/gate/event-samples.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { temporaryFolder } from '../support/store/store-folder.ts';

const ROWS = 800;
const EARLY = 700;
/** Where rows are changed: in a block that is full, behind the early checkpoint's block, and in the open block at the end. */
const PLACES = [40, 255, 256, 513, 790] as const;
const signer = createSigner(generateKeyPairSync('ed25519').privateKey);

interface Row {
  sequence: number;
  body: Buffer;
  hash: Buffer;
}

/** A store as a gate leaves it, with its tree, a checkpoint in the middle and one at the end. */
let original = '';
let early: LogWitness;
let late: LogWitness;
/** The same store at the early checkpoint. */
let older = '';
/** The store after retention and an erasure. */
let reduced = '';
/** Rows that retention and erasure add. */
const REDUCED_ROWS = ROWS + 4;

beforeAll(async () => {
  [original, older, reduced] = [temporaryStore(), temporaryStore(), temporaryStore()];
  const store = await openAt(reduced);
  const write = (count: number) =>
    store.log.commit({
      events: Array.from({ length: count }, (_, at) =>
        at % 3 === 0 ? doorOpened() : accessGranted({ passage: `p-${at}` }),
      ),
    });
  const checkpoint = (name: string): LogWitness => {
    while (store.tree.grow() > 0);
    const { epoch, size, root } = store.tree.head();
    const note = signCheckpoint(
      { origin: originOf({ site: 'willow-court', gate: 'north', epoch }), size, root },
      signer,
    );
    const read = parseCheckpoint(new TextEncoder().encode(note));
    return { name, epoch: readOrigin(read.origin)?.epoch ?? '', size: read.size, root: read.root };
  };
  write(EARLY - 1);
  early = checkpoint('early.txt');
  await store.stop();
  copyStore(reduced, older);
  await store.start(new AbortController().signal);
  write(ROWS - EARLY);
  late = checkpoint('late.txt');
  await store.stop();
  copyStore(reduced, original);
  await reduce(reduced);
});

/** Rows to 520 lose what is about persons, those to 512 end, and 600 to 603 are erased. */
async function reduce(folder: string): Promise<void> {
  const store = await openAt(folder);
  const note = { subject: 'north', timeMs: SAMPLE_TIME_MS, timeQuality: 'synced' } as const;
  const purge = (part: PurgeClass, through: number): void => {
    store.log.commit({
      events: [{ ...note, name: 'log.purged', data: { class: part, through, count: through } }],
    });
    store.rows.reduce(part, { after: 0, through }, { rows: 2000 });
  };
  purge('screening', 520);
  purge('access', 520);
  purge('ended', 512);
  store.log.commit({
    events: [
      { ...note, name: 'privacy.erased', data: { ranges: '600-603', rows: 4, receipt: 'ab'.repeat(32) } },
    ],
  });
  store.rows.reduceRows([600, 601, 602, 603]);
  await store.stop();
}

async function openAt(folder: string): Promise<Store> {
  const place = { folder, site: 'willow-court', gate: 'north' };
  const store = new Store({ ...place, clock: new VirtualClock(), logger: new SilentLogger() });
  await store.start(new AbortController().signal);
  return store;
}

const folders: string[] = [];
function temporaryStore(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-verify-'));
  folders.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** All that is read of a store: the reserve only takes room. */
function copyStore(from: string, to: string): void {
  cpSync(from, to, { recursive: true, filter: (path) => !path.endsWith('/reserve') });
}

/** A copy of the store in which somebody has changed something. */
function attackedStore(attack: (database: Database.Database) => void, from = original): string {
  const folder = temporaryFolder();
  copyStore(from, folder);
  change(folder, attack);
  return folder;
}

function change(folder: string, attack: (database: Database.Database) => void): void {
  const database = new Database(join(folder, 'gatepost.db'));
  database.transaction(() => attack(database))();
  database.close();
}

function verdictOf(
  folder: string,
  witnesses: readonly LogWitness[] = [early, late],
  range: { readonly from?: number; readonly to?: number } = {},
): LogVerdict {
  const source = openLogSource(folder);
  try {
    const steps = verifyLog(source, { witnesses, ...range });
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  } finally {
    source.close();
  }
}

function named(folder: string, witnesses?: readonly LogWitness[]): readonly string[] {
  return verdictOf(folder, witnesses).findings.map(
    ({ problem, first, last }) => `${problem} ${first}-${last}`,
  );
}

function read(database: Database.Database, sequence: number): Row {
  return database
    .prepare<[number], Row>('SELECT sequence, body, hash FROM event WHERE sequence = ?')
    .get(sequence) as Row;
}

/** With the columns that repeat what is in the body, as somebody who knows the store would. */
function put(database: Database.Database, { sequence, body, hash }: Row): void {
  const { type, time, recordedtime, data } = JSON.parse(body.toString());
  const name = type.slice('io.gatepost.'.length, -'.v1'.length);
  const columns = [
    name,
    Date.parse(time),
    Date.parse(recordedtime),
    data.passage ?? null,
    data.holderRef ?? null,
  ];
  database
    .prepare(
      `UPDATE event SET body = ?, hash = ?, name = ?, time_ms = ?, recorded_ms = ?, passage = ?, holder_ref = ?
       WHERE sequence = ?`,
    )
    .run(body, hash, ...columns, sequence);
}

/** The row with another content, and the hash of it. */
function edited(row: Row, change: (event: Record<string, unknown>) => object): Row {
  const event = change(JSON.parse(row.body.toString()));
  const body = Buffer.from(canonicalJson(event));
  return { ...row, body, hash: Buffer.from(readRow(body)?.hash ?? '', 'hex') };
}

/** Links every row behind `sequence` anew, up to `last`, and tells the log its new end. */
function relinkFrom(database: Database.Database, sequence: number, last: number): void {
  let before = read(database, sequence);
  const rows = database.prepare<[number, number], Row>(
    'SELECT sequence, body, hash FROM event WHERE sequence > ? AND sequence <= ? ORDER BY sequence',
  );
  const link = database.prepare('UPDATE event SET body = ?, hash = ? WHERE sequence = ?');
  for (const row of rows.all(sequence, last)) {
    const prevhash = before.hash.toString('hex');
    before = edited(row, (event) => ({ ...event, prevhash }));
    link.run(before.body, before.hash, before.sequence);
  }
  database.prepare('UPDATE log SET last_hash = ?').run(before.hash);
}

/** Somebody who knows the format stores the subtrees that fit the rows there are. */
function recomputeTree(database: Database.Database): void {
  const blocks = database.prepare<[], Row>('SELECT hash FROM tree_node WHERE level = 8 ORDER BY place').all();
  database.prepare('DELETE FROM tree_node').run();
  const range = new CompactRange();
  const add = database.prepare('INSERT INTO tree_node VALUES (1, ?, ?, ?)');
  const keep = (level: number, place: number, node: Uint8Array): void => {
    if (level >= 8) add.run(level, place, node);
  };
  const rows = database.prepare<[number], Row>(
    'SELECT hash FROM event WHERE (sequence - 1) / 256 = ? ORDER BY sequence',
  );
  for (let place = 0; range.size % 256 === 0; place++) {
    const block = rows.all(place);
    const stored = blocks[place]?.hash;
    // Of rows that ended nothing but their subtree is there.
    if (block.length === 1 && stored !== undefined) range.appendSubtree(8, stored, keep);
    else for (const { hash } of block) range.append(hash, keep);
    if (block.length === 0) break;
  }
}

const otherTime = (event: Record<string, unknown>) => ({
  ...event,
  recordedtime: '2020-02-24T09:00:00.000Z',
});

describe('a log that nobody touched', () => {
  it('is what the gate wrote, and every checkpoint agrees', () => {
    expect(verdictOf(original)).toMatchObject({
      rows: ROWS,
      reduced: 0,
      ended: 0,
      findings: [],
      witnesses: [
        { name: 'early.txt', size: EARLY, result: 'agrees' },
        { name: 'late.txt', size: ROWS, result: 'agrees' },
      ],
    });
  });

  it('is so in a part of it, the rest by what is stored of it', () => {
    for (const [from, to] of [
      [1, 1],
      [300, 310],
      [513, 800],
      [800, 800],
    ] as const)
      expect(verdictOf(original, [early, late], { from, to })).toMatchObject({
        rows: to - from + 1,
        findings: [],
        witnesses: [{ result: 'agrees' }, { result: 'agrees' }],
      });
  });

  it('is so beside a gate that goes on writing', async () => {
    const folder = attackedStore(() => undefined);
    const store = await openAt(folder);
    onTestFinished(() => store.stop());
    const source = openLogSource(folder);
    onTestFinished(() => source.close());
    const steps = verifyLog(source, { witnesses: [early, late] });
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done === true) {
        expect(step.value.findings).toEqual([]);
        break;
      }
      store.log.commit({ events: [accessGranted()] });
    }
  });

  it('is so in a store of an older version, of which nothing is stored', () => {
    const folder = attackedStore((database) =>
      database.exec('DROP TABLE tree_node; DROP TABLE log_checkpoint; DROP TABLE log_epoch'),
    );
    expect(named(folder)).toEqual([]);
  });
});

describe.each([
  ...PLACES.map((place) => ['the whole log', place, ROWS] as const),
  ...PLACES.filter((place) => place > 520).map(
    (place) => ['a log after retention and erasure', place, REDUCED_ROWS] as const,
  ),
])('in %s, with a checkpoint at hand, at event %i', (_title, place, total) => {
  const attacked = (attack: (database: Database.Database) => void): string =>
    attackedStore(attack, total === ROWS ? original : reduced);

  it('a deleted row is named', () => {
    const folder = attacked((database) =>
      database.prepare('DELETE FROM event WHERE sequence = ?').run(place),
    );
    expect(named(folder)).toEqual([`missing ${place}-${place}`]);
  });

  it('a deleted row over which the next was linked is named', () => {
    const folder = attacked((database) => {
      const before = read(database, place - 1);
      database.prepare('DELETE FROM event WHERE sequence = ?').run(place);
      put(
        database,
        edited(read(database, place + 1), (event) => ({ ...event, prevhash: before.hash.toString('hex') })),
      );
    });
    expect(named(folder)).toEqual([`missing ${place}-${place}`, `relinked ${place + 1}-${place + 1}`]);
  });

  it('an edited row is named', () => {
    const folder = attacked((database) => {
      const row = read(database, place);
      put(database, { ...row, body: edited(row, otherTime).body });
    });
    expect(named(folder)).toEqual([`edited ${place}-${place}`]);
  });

  it('an edited row whose hash was computed anew is named', () => {
    const folder = attacked((database) => put(database, edited(read(database, place), otherTime)));
    expect(named(folder)).toEqual([`edited ${place}-${place}`]);
  });

  it('rows that changed places are named', () => {
    const folder = attacked((database) => {
      const [one, other] = [read(database, place), read(database, place + 3)];
      put(database, { ...one, sequence: other.sequence });
      put(database, { ...other, sequence: one.sequence });
    });
    expect(named(folder)).toEqual([`reordered ${place}-${place}`, `reordered ${place + 3}-${place + 3}`]);
  });

  it('a row that was linked to another one is named', () => {
    const folder = attacked((database) => {
      const target = read(database, place - 20);
      put(
        database,
        edited(read(database, place), (event) => ({ ...event, prevhash: target.hash.toString('hex') })),
      );
    });
    expect(named(folder)).toEqual([`relinked ${place}-${place}`]);
  });

  it('rows cut off the end are named, whatever the log says of its end', () => {
    const cut = (database: Database.Database) =>
      database.prepare('DELETE FROM event WHERE sequence > ?').run(place);
    expect(named(attacked(cut))).toContain(`truncated ${place + 1}-${total}`);
    const folder = attacked((database) => {
      cut(database);
      const { hash } = read(database, place);
      database
        .prepare('UPDATE log SET last_sequence = ?, last_hash = ?, published_sequence = 0')
        .run(place, hash);
      recomputeTree(database);
    });
    // Without what the gate wrote about it, nothing says that rows may be reduced.
    if (total === ROWS) expect(named(folder, [])).toEqual([]);
    expect(named(folder).filter((one) => !one.startsWith('erased'))).toEqual(
      total === ROWS
        ? [`rolledback ${place + 1}-${ROWS}`]
        : expect.arrayContaining([`rolledback ${place + 1}-${ROWS}`]),
    );
  });

  it('a chain that was computed anew behind an edit is named, by what is stored and by what was signed', () => {
    const folder = attacked((database) => {
      put(database, edited(read(database, place), otherTime));
      relinkFrom(database, place, total);
    });
    const block = Math.floor((place - 1) / 256) * 256;
    const [finding] = verdictOf(folder).findings;
    expect(finding).toMatchObject({ problem: 'recomputed' });
    expect(finding?.first).toBeGreaterThan(place > EARLY ? EARLY : block);
    expect(finding?.first).toBeLessThanOrEqual(place);
    change(folder, recomputeTree);
    expect(named(folder, [])).toEqual([]);
    expect(named(folder)).toEqual(
      place > EARLY ? [`recomputed ${EARLY + 1}-${ROWS}`] : [`recomputed 1-${EARLY}`],
    );
  });
});

describe('an older copy that was put back', () => {
  it('is named before the gate ran with it, and after', async () => {
    const folder = attackedStore(() => undefined, older);
    expect(named(folder)).toEqual([`rolledback ${EARLY + 1}-${ROWS}`]);
    const store = await openAt(folder);
    store.log.commit({ events: [accessGranted()] });
    await store.stop();
    const { findings, witnesses } = verdictOf(folder);
    expect(findings).toMatchObject([{ problem: 'rolledback', first: EARLY + 1, last: ROWS }]);
    expect(witnesses).toMatchObject([{ result: 'agrees' }, { result: 'beyond' }]);
  });

  it('is named where nothing is left of the epoch', async () => {
    const folder = temporaryFolder();
    const store = await openAt(folder);
    await store.stop();
    expect(verdictOf(folder).findings).toMatchObject([
      { problem: 'rolledback', first: 1, last: EARLY, detail: expect.stringContaining('early.txt') },
      { problem: 'rolledback', first: 1, last: ROWS },
    ]);
  });
});

describe('what is left of rows', () => {
  it('is lawful where the log says so, and every checkpoint still agrees', () => {
    expect(verdictOf(reduced)).toMatchObject({
      ended: 256,
      findings: [],
      witnesses: [{ result: 'agrees' }, { result: 'agrees' }],
    });
    expect(verdictOf(reduced).reduced).toBeGreaterThan(256);
  });

  it('is named where more is gone than the log says: a part, a row, a block', () => {
    const more = (sql: string) => named(attackedStore((database) => database.exec(sql), reduced));
    expect(more('DELETE FROM event WHERE sequence = 515')).toEqual(['missing 515-515', 'edited 516-516']);
    expect(more('DELETE FROM event WHERE sequence BETWEEN 513 AND 768')).toEqual(['missing 513-768']);
    expect(more('UPDATE event SET body = NULL WHERE sequence = 790')).toEqual(['erased 790-790']);
  });

  it('is named where the gate reduced it, and somebody took away what says so', () => {
    const folder = attackedStore((database) => {
      database.prepare("DELETE FROM event WHERE name = 'privacy.erased'").run();
    }, reduced);
    expect(named(folder)).toContain('erased 600-603');
  });

  it('may go while somebody looks', async () => {
    const folder = attackedStore(() => undefined);
    const source = openLogSource(folder);
    onTestFinished(() => source.close());
    const steps = verifyLog(source, { witnesses: [early, late] });
    steps.next();
    await reduce(folder);
    for (let step = steps.next(); ; step = steps.next())
      if (step.done === true) {
        expect(step.value.findings).toEqual([]);
        break;
      }
  });

  it('a row of which only the hash is left is named, unless the end of the checkpoint covers it', () => {
    const folder = attackedStore((database) =>
      database.prepare('UPDATE event SET body = NULL, salt = NULL WHERE sequence BETWEEN 10 AND 12').run(),
    );
    expect(named(folder)).toEqual(['erased 10-12']);
  });
});
