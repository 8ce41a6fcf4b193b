import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLogSource } from '../../src/adapters/sqlite/log-source.ts';
import { Store } from '../../src/adapters/sqlite/store.ts';
import { canonicalJson } from '../../src/core/encoding/canonical-json.ts';
import type { EventDraft } from '../../src/core/events/event.ts';
import type { KeptAges } from '../../src/core/events/given-leave.ts';
import { readRow, reduceBody } from '../../src/core/events/stored-row.ts';
import { type LogWitness, verifyLog } from '../../src/core/events/verify-log.ts';
import { createSigner } from '../../src/core/pass/issue-pass.ts';
import { originOf, parseCheckpoint, readOrigin, signCheckpoint } from '../../src/core/proof/checkpoint.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { accessGranted } from '../support/gate/event-samples.ts';
import { KEPT } from '../support/gate/retention-settings.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { makePurge } from '../support/store/purge.ts';
import { temporaryFolder } from '../support/store/store-folder.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const USUAL = {
  screening: KEPT.screeningMs,
  access: KEPT.accessMs,
  operator: KEPT.operatorMs,
  ended: KEPT.reducedMs,
};
/** A gate that keeps rows as long as gates do. */
const AGES: KeptAges = { shortest: USUAL, longest: USUAL };
const ROWS = 600;
/** Every so many rows one is a guard's. */
const GUARDS = 20;
const signer = createSigner(generateKeyPairSync('ed25519').privateKey);

/** A log as it was written; after retention: ended up to 500, then reduced, then whole; and a checkpoint of each end. */
type Age = 'whole' | 'after retention and erasure';
const logs = new Map<Age, { readonly folder: string; readonly witnesses: readonly LogWitness[] }>();

/** The time at the end of it. */
let lastMs = 0;

beforeAll(async () => {
  const base = mkdtempSync(join(tmpdir(), 'gatepost-tampered-'));
  afterAll(() => rmSync(base, { recursive: true, force: true }));
  const folder = join(base, 'store');
  const clock = new VirtualClock();
  const store = new Store({
    ...{ folder, site: 'willow-court', gate: 'north', clock, logger: new SilentLogger() },
  });
  await store.start(new AbortController().signal);
  const witnesses: LogWitness[] = [];
  const keep = async (age: Age): Promise<void> => {
    while (store.tree.grow() > 0);
    const { epoch, size, root } = store.tree.head();
    const origin = originOf({ site: 'willow-court', gate: 'north', epoch });
    const read = parseCheckpoint(new TextEncoder().encode(signCheckpoint({ origin, size, root }, signer)));
    witnesses.push({
      name: age,
      epoch: readOrigin(read.origin)?.epoch ?? '',
      size: read.size,
      root: read.root,
    });
    await store.stop();
    cpSync(folder, join(base, age), { recursive: true });
    logs.set(age, { folder: join(base, age), witnesses: [...witnesses] });
    await store.start(new AbortController().signal);
  };
  const write = (from: number, to: number): void => {
    for (let row = from; row <= to; row++) {
      const { wallMs: timeMs } = clock.read();
      store.log.commit({ events: [row % GUARDS === 0 ? letIn(timeMs) : accessGranted({}, timeMs)] });
      clock.advance(HOUR_MS / 50);
    }
  };
  write(2, ROWS);
  await keep('whole');
  clock.advance(80 * DAY_MS);
  write(ROWS + 1, 700);
  clock.advance(20 * DAY_MS);
  write(701, 900);
  const purge = makePurge(store, clock);
  await purge.start(new AbortController().signal);
  clock.advance(30 * 60_000);
  await purge.stop();
  const { lastSequence } = store.outbox.position();
  store.log.commit({ events: [erased('803-805', clock.read().wallMs)] });
  store.rows.reduceRows([803, 804, 805]);
  expect(lastSequence).toBeGreaterThan(900);
  lastMs = clock.read().wallMs;
  await keep('after retention and erasure');
  await store.stop();
});

function letIn(timeMs: number): EventDraft {
  const data = { operator: 'chen', action: 'open', accessPoint: 'main-in', note: 'Ambulance' } as const;
  return { name: 'operator.override', subject: 'main-in', data, timeMs, timeQuality: 'synced' };
}

function erased(ranges: string, timeMs: number): EventDraft {
  const data = { ranges, rows: 3, receipt: 'ab'.repeat(32) };
  return { name: 'privacy.erased', subject: 'north', data, timeMs, timeQuality: 'synced' };
}

/** What verifying with the checkpoints at hand says of a copy in which somebody has done something. */
function named(age: Age, attack: (log: Attacked) => unknown): readonly string[] {
  const { folder: original, witnesses } = logs.get(age) ?? { folder: '', witnesses: [] };
  const folder = temporaryFolder();
  // The reserve only takes room.
  cpSync(original, folder, { recursive: true, filter: (path) => !path.endsWith('/reserve') });
  const database = new Database(join(folder, 'gatepost.db'));
  database.transaction(() => attack(new Attacked(database)))();
  database.close();
  const source = openLogSource(folder);
  const steps = verifyLog(source, { witnesses, ages: AGES, nowMs: lastMs + HOUR_MS });
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  source.close();
  return step.value.findings.map(({ problem, first, last }) => `${problem} ${first}-${last}`);
}

type Change = (event: Record<string, unknown>) => object;

interface Row {
  readonly body: Buffer;
  readonly hash: Buffer;
}

/** Somebody with the card and with the source of the program. */
class Attacked {
  readonly database: Database.Database;

  constructor(database: Database.Database) {
    this.database = database;
  }

  run(sql: string, ...values: unknown[]): void {
    this.database.prepare(sql).run(...values);
  }

  row(sequence: number): Row {
    return this.database.prepare('SELECT body, hash FROM event WHERE sequence = ?').get(sequence) as Row;
  }

  put(sequence: number, { body, hash }: Row): void {
    this.run('UPDATE event SET body = ?, hash = ? WHERE sequence = ?', body, hash, sequence);
  }

  /** @param sound with the hash that belongs to what it says then */
  edit(sequence: number, change: (event: Record<string, unknown>) => object, sound = true): void {
    const { body, hash } = this.row(sequence);
    const left = Buffer.from(canonicalJson(change(JSON.parse(body.toString()))));
    this.put(sequence, { body: left, hash: sound ? Buffer.from(readRow(left)?.hash ?? '', 'hex') : hash });
  }

  /** Writes a row behind the end, made of another one, that follows the one before. @param at its number; else the next */
  append(
    like: number,
    change: Change,
    { at, isTold = true }: { at?: number; isTold?: boolean } = {},
  ): number {
    const last = Number(this.database.prepare('SELECT last_sequence FROM log').pluck().get());
    const sequence = at ?? last + 1;
    const event = change(JSON.parse(this.row(like).body.toString())) as Record<string, unknown>;
    const [digits, prevhash] = [String(sequence).padStart(16, '0'), this.row(last).hash.toString('hex')];
    const body = Buffer.from(canonicalJson({ ...event, prevhash, sequence: digits }));
    const hash = Buffer.from(readRow(body)?.hash ?? '', 'hex');
    const name = String(event.type).slice('io.gatepost.'.length, -'.v1'.length);
    this.run(
      `INSERT INTO event (sequence, id, name, time_ms, time_quality, body, hash, recorded_ms)
        SELECT ?, id, ?, time_ms, time_quality, ?, ?, recorded_ms FROM event WHERE sequence = ?`,
      ...[sequence, name, body, hash, like],
    );
    if (isTold) this.run('UPDATE log SET last_sequence = ?, last_hash = ?', sequence, hash);
    return sequence;
  }

  /** Takes everything about persons from a row, as the gate would, but for its other columns. */
  reduce(sequence: number): void {
    const { body, hash } = this.row(sequence);
    this.put(sequence, { hash, body: Buffer.from(reduceBody(body, 'operator')) });
    this.run('UPDATE event SET time_ms = time_ms - time_ms % 3600000 WHERE sequence = ?', sequence);
  }

  find(name: string, part: string): number {
    return this.database
      .prepare('SELECT max(sequence) FROM event WHERE name = ? AND instr(body, ?) > 0')
      .pluck()
      .get(name, Buffer.from(part)) as number;
  }
}

/** Leaves of rows what a lawful end leaves. */
const END = `UPDATE event SET name = '', time_ms = 0, time_quality = '', id = '', recorded_ms = NULL, body = NULL,
  salt = NULL, reduced = NULL, origin = NULL, holder_ref = NULL, passage = NULL WHERE sequence = ?`;
const otherNote: Change = (event) => ({ ...event, data: { ...(event.data as object), note: 'Other' } });
const otherTime: Change = (event) => ({ ...event, time: '2020-02-24T07:00:00.000Z' });

/** Makes another event of one. */
const asEvent =
  (name: string, data: object): Change =>
  (event) => ({
    ...{ ...event, data, dataschema: `urn:gatepost:event:${name}:v1` },
    type: `io.gatepost.${name}.v1`,
  });
const asErased = (ranges: string): Change =>
  asEvent('privacy.erased', { ranges, rows: 1, receipt: 'ab'.repeat(32) });
const asStoodDown = asEvent('site.stooddown', { report: 'ab'.repeat(32) });

type Attack = readonly [what: string, attack: (log: Attacked) => unknown, finds: readonly string[]];

/** On rows that are whole: `guard` is what a guard did, `person` somebody who came in. */
function onWholeRows(guard: number, person: number, last: number): readonly Attack[] {
  const one = (problem: string, sequence: number): string[] => [`${problem} ${sequence}-${sequence}`];
  const next = person + 1;
  return [
    ['a row deleted', (log) => log.run('DELETE FROM event WHERE sequence = ?', guard), one('missing', guard)],
    ['a content edited', (log) => log.edit(guard, otherNote, false), one('edited', guard)],
    ['content and hash edited', (log) => log.edit(guard, otherNote), one('edited', guard)],
    [
      'the bodies of two rows swapped',
      (log) => {
        const [first, second] = [log.row(person), log.row(next)];
        log.put(person, { ...first, body: second.body });
        log.put(next, { ...second, body: first.body });
      },
      [`edited ${person}-${next}`],
    ],
    [
      'two rows swapped',
      (log) => {
        log.run('UPDATE event SET sequence = -1 WHERE sequence = ?', person);
        log.run('UPDATE event SET sequence = ? WHERE sequence = ?', person, next);
        log.run('UPDATE event SET sequence = ? WHERE sequence = -1', next);
      },
      [`reordered ${person}-${next}`],
    ],
    ['its time moved', (log) => log.edit(person, otherTime), one('edited', person)],
    [
      'its time moved in the column alone',
      (log) => log.run('UPDATE event SET time_ms = time_ms - 3600000 WHERE sequence = ?', person),
      one('edited', person),
    ],
    [
      'made older, so that it ends early',
      (log) => log.run('UPDATE event SET recorded_ms = recorded_ms - 86400000 WHERE sequence = ?', guard),
      one('edited', guard),
    ],
    [
      'said in the columns to be about somebody else',
      (log) => log.run("UPDATE event SET holder_ref = 'ffffffffffff' WHERE sequence = ?", person),
      one('edited', person),
    ],
    [
      'its class changed in the column',
      (log) => log.run("UPDATE event SET name = 'access.granted' WHERE sequence = ?", guard),
      one('edited', guard),
    ],
    [
      'its class changed in its list',
      (log) =>
        log.edit(guard, (event) => ({ ...event, salts: String(event.salts).replace('operator', 'access') })),
      one('edited', guard),
    ],
    [
      'linked to another row',
      (log) =>
        log.edit(person, (event) => ({ ...event, prevhash: log.row(person - 9).hash.toString('hex') })),
      one('relinked', person),
    ],
    [
      'the screening taken from it',
      (log) => {
        const { body, hash } = log.row(person);
        log.put(person, { hash, body: Buffer.from(reduceBody(body, 'screening')) });
      },
      one('erased', person),
    ],
    [
      'the screening and its commitment taken from it',
      (log) => {
        const { body, hash } = log.row(person);
        const { commitments: _, ...rest } = JSON.parse(
          Buffer.from(reduceBody(body, 'screening')).toString(),
        ) as Record<string, unknown>;
        log.put(person, { hash, body: Buffer.from(canonicalJson(rest)) });
      },
      one('edited', person),
    ],
    [
      'a salt taken from it',
      (log) => log.edit(person, (event) => ({ ...event, salts: String(event.salts).split(' ')[0] }), false),
      one('edited', person),
    ],
    [
      'everything personal taken from it',
      (log) => {
        const { body, hash } = log.row(guard);
        log.put(guard, { hash, body: Buffer.from(reduceBody(body, 'operator')) });
        log.run('UPDATE event SET time_ms = time_ms - time_ms % 3600000 WHERE sequence = ?', guard);
      },
      one('erased', guard),
    ],
    [
      'all taken from it but its hash',
      (log) => log.run('UPDATE event SET body = NULL WHERE sequence = ?', guard),
      one('erased', guard),
    ],
    ['made to look as if it had ended', (log) => log.run(END, guard), one('erased', guard)],
    [
      'an event put in its place that lets rows go',
      (log) => {
        log.edit(guard, (event) => ({
          ...event,
          data: { class: 'operator', through: guard - 1, count: 1 },
          dataschema: 'urn:gatepost:event:log.purged:v1',
          type: 'io.gatepost.log.purged.v1',
        }));
        log.run("UPDATE event SET name = 'log.purged' WHERE sequence = ?", guard);
        log.run("INSERT OR REPLACE INTO kept_number VALUES ('purged-operator', ?)", guard);
        log.run(END, guard - GUARDS);
      },
      one('edited', guard),
    ],
    [
      'the rows behind it cut off',
      (log) => log.run('DELETE FROM event WHERE sequence > ?', person),
      [`truncated ${next}-${last}`],
    ],
    [
      'the rows behind it cut off, and the log told so',
      (log) => {
        log.run('DELETE FROM event WHERE sequence > ?', person);
        log.run(
          'UPDATE log SET published_sequence = 0, last_sequence = ?, last_hash = ?',
          ...[person, log.row(person).hash],
        );
      },
      [`rolledback ${next}-${last}`],
    ],
    [
      'the chain computed anew behind it',
      (log) => {
        log.edit(guard, otherNote);
        for (let at = guard + 1; at <= last; at++)
          if (log.row(at).body !== null)
            log.edit(at, (event) => ({ ...event, prevhash: log.row(at - 1).hash.toString('hex') }));
        log.run('UPDATE log SET last_hash = ?', log.row(last).hash);
        log.run('DELETE FROM tree_node');
      },
      [],
    ],
    [
      'the log said to be another one',
      (log) => log.run("UPDATE log_epoch SET epoch = '0170761a-a007-7fff-8000-000000000000'"),
      [],
    ],
    ['the log said to begin later', (log) => log.run('UPDATE log_epoch SET first_sequence = ?', guard), []],
    [
      'a life of the log invented',
      (log) => log.run("INSERT INTO log_epoch VALUES (?, '0170761a-a007-7fff-8000-000000000000')", guard),
      [],
    ],
    ['a subtree changed', (log) => log.run("UPDATE tree_node SET hash = x'00' WHERE place = 1"), []],
  ];
}

describe('a log of which nothing is gone', () => {
  it('is sound', () => {
    expect(named('whole', () => undefined)).toEqual([]);
  });

  it.each(onWholeRows(440, 450, ROWS))('has nothing unnamed: %s', (_what, attack, finds) => {
    const findings = named('whole', attack);
    expect(findings).not.toEqual([]);
    for (const found of finds) expect(findings).toContain(found);
  });
});

/** On what retention and an erasure have left. */
const onWhatIsLeft: readonly Attack[] = [
  [
    'a reduced row edited',
    (log) => log.run("UPDATE event SET reduced = CAST(reduced || '{}' AS BLOB) WHERE sequence = 650"),
    ['edited 650-650'],
  ],
  [
    'a commitment of a reduced row removed',
    (log) => log.run('UPDATE event SET reduced = substr(reduced, 1, 49) WHERE sequence = 650'),
    ['edited 650-650'],
  ],
  [
    'a reduced row renamed',
    (log) => log.run("UPDATE event SET name = 'access.denied' WHERE sequence = 650"),
    ['edited 650-650'],
  ],
  [
    'the hour of a reduced row moved',
    (log) => log.run('UPDATE event SET time_ms = time_ms + 3600000 WHERE sequence = 650'),
    ['edited 650-650'],
  ],
  [
    'where a reduced row comes from changed',
    (log) => log.run('UPDATE event SET origin = NULL WHERE sequence = 650'),
    ['edited 650-650'],
  ],
  [
    'what comes from everywhere changed',
    (log) => log.run("UPDATE row_origin SET source = '/gates/willow-court/south'"),
    ['edited 650-650'],
  ],
  ['a reduced row ended before its time', (log) => log.run(END, 650), ['erased 650-650']],
  ['a reduced row deleted', (log) => log.run('DELETE FROM event WHERE sequence = 650'), ['missing 650-650']],
  [
    'two reduced rows swapped',
    (log) => {
      log.run(
        'UPDATE event SET reduced = (SELECT reduced FROM event AS other WHERE other.sequence = 651) WHERE sequence = 650',
      );
    },
    ['edited 650-650'],
  ],
  ['a guard’s row among rows that ended ended too', (log) => log.run(END, 520), ['erased 520-520']],
  ['such a row deleted', (log) => log.run('DELETE FROM event WHERE sequence = 520'), ['missing 520-520']],
  [
    'such a row said to be of before, and somebody’s who came in',
    (log) => {
      log.run("INSERT OR REPLACE INTO kept_number VALUES ('split-from', 900000)");
      for (const row of [520, 680])
        log.run("UPDATE event SET body = NULL, name = 'access.granted' WHERE sequence = ?", row);
    },
    ['erased 520-520', 'erased 680-680'],
  ],
  [
    'the hash of a row that ended changed',
    (log) => log.run('UPDATE event SET hash = zeroblob(32) WHERE sequence = 110'),
    [],
  ],
  [
    'what names the rows that stay deleted',
    (log) => {
      const row = log.find('log.purged', '"class":"ended"');
      log.run('DELETE FROM event WHERE sequence = ?', row);
      log.run(END, 520);
    },
    ['missing 903-903'],
  ],
  [
    'what names the rows that stay edited',
    (log) => {
      log.edit(log.find('log.purged', '"class":"ended"'), (event) => ({
        ...event,
        data: { ...(event.data as object), staying: '1' },
      }));
      log.run(END, 520);
    },
    ['edited 903-903'],
  ],
  [
    'an old word of the log said again',
    (log) => {
      const row = log.find('log.purged', '"class":"access"');
      const { body, hash } = log.row(row);
      log.run(
        `INSERT INTO event (sequence, id, name, time_ms, time_quality, body, hash)
          SELECT 905, id, name, time_ms, time_quality, ?, ? FROM event WHERE sequence = ?`,
        ...[body, hash, row],
      );
      log.run('UPDATE log SET last_sequence = 905, last_hash = ?', hash);
    },
    ['reordered 905-905'],
  ],
  [
    'the word of an erasure deleted',
    (log) => log.run("DELETE FROM event WHERE name = 'privacy.erased'"),
    ['erased 803-805'],
  ],
  [
    'the word of an erasure made to name more',
    (log) => {
      log.edit(904, (event) => ({ ...event, data: { ...(event.data as object), ranges: '803-805,840' } }));
      log.run('UPDATE event SET body = NULL WHERE sequence = 840');
    },
    ['edited 904-904'],
  ],
  [
    'a row put behind the end, of which the log is not told',
    (log) => log.append(840, otherNote, { isTold: false }),
    ['extra 905-905'],
  ],
  [
    'a row put before the first one',
    (log) => log.append(840, asErased('840'), { at: 0, isTold: false }),
    ['extra 0-0'],
  ],
  [
    'a row written anew where nothing but a hash was left',
    (log) => {
      log.append(840, otherNote, { at: 9000, isTold: false });
      log.run('DELETE FROM event WHERE sequence = 100');
      log.run('UPDATE event SET sequence = 100 WHERE sequence = 9000');
    },
    ['reordered 100-100'],
  ],
  [
    'the end of the checkpoint said far behind the end',
    (log) => {
      log.append(840, asStoodDown, { at: 1_000_000, isTold: false });
      log.reduce(840);
    },
    ['erased 840-840', 'extra 1000000-1000000'],
  ],
  [
    'the end of the checkpoint said of a store that goes on',
    (log) => {
      log.append(860, asStoodDown);
      log.append(860, otherNote);
      for (const row of [720, 740, 840]) log.reduce(row);
    },
    ['erased 720-720', 'erased 740-740', 'erased 840-840'],
  ],
  [
    'an erasure said of all rows there are and will be',
    (log) => {
      log.append(860, asErased('1-9999999999999998'));
      log.reduce(840);
    },
    ['erased 840-840'],
  ],
  [
    'all rows said to have ended, so that nothing tells their time, and their blocks deleted',
    (log) => {
      for (const part of ['access', 'operator', 'ended']) {
        const row = log.append(860, asEvent('log.purged', { class: part, through: 900, count: 1 }));
        log.run('INSERT OR REPLACE INTO kept_number VALUES (?, ?)', `purged-${part}`, row);
      }
      for (let row = 1; row <= 900; row++) log.run(END, row);
      for (const last of [256, 512, 768])
        log.run('DELETE FROM event WHERE sequence > ? AND sequence < ?', last - 256, last);
    },
    ['erased 701-802', 'erased 806-900'],
  ],
  [
    'a reduced row made older than what it says',
    (log) => log.run('UPDATE event SET recorded_ms = recorded_ms - 7200000000 WHERE sequence = 650'),
    ['edited 650-650'],
  ],
  [
    'the passage of a row taken from its column',
    (log) => log.run('UPDATE event SET passage = NULL WHERE sequence = 850'),
    ['edited 850-850'],
  ],
  [
    'the hash at the end of a block that ended changed',
    (log) => log.run('UPDATE event SET hash = zeroblob(32) WHERE sequence = 256'),
    [],
  ],
  ['the erasure’s own row ended', (log) => log.run(END, 904), ['erased 803-805', 'erased 904-904']],
  [
    'subtrees of rows that ended swapped',
    (log) => {
      for (const [from, to] of [
        [0, 77],
        [1, 0],
        [77, 1],
      ])
        log.run('UPDATE tree_node SET place = ? WHERE level = 8 AND place = ?', to, from);
    },
    ['recomputed 1-512'],
  ],
  ['all lives of the log forgotten', (log) => log.run('DELETE FROM log_epoch'), ['rolledback 1-904']],
  [
    'all words of the log about purges forgotten',
    (log) => log.run("DELETE FROM kept_number WHERE name LIKE 'purged-%'"),
    ['erased 650-650'],
  ],
];

describe('a log after retention and an erasure', () => {
  it('is sound', () => {
    expect(named('after retention and erasure', () => undefined)).toEqual([]);
  });

  it.each([...onWholeRows(840, 850, 904), ...onWhatIsLeft])(
    'has nothing unnamed: %s',
    (_what, attack, finds) => {
      const findings = named('after retention and erasure', attack);
      expect(findings).not.toEqual([]);
      for (const found of finds)
        expect(findings.some((one) => one === found || isWithin(found, one))).toBe(true);
    },
  );
});

/** What verifying says after somebody has gone on with the log as the gate itself would, behind the newest checkpoint. */
async function goneOn(
  events: readonly EventDraft[],
  take: (store: Store, folder: string) => unknown,
  dayOf: (lastMs: number) => number = (ms) => ms,
) {
  const { folder: original, witnesses } = logs.get('after retention and erasure') ?? {
    folder: '',
    witnesses: [],
  };
  const folder = temporaryFolder();
  cpSync(original, folder, { recursive: true });
  const store = new Store({
    ...{ folder, site: 'willow-court', gate: 'north', logger: new SilentLogger() },
    clock: new VirtualClock(lastMs),
  });
  await store.start(new AbortController().signal);
  store.log.commit({ events: events.map((event) => ({ ...event, timeMs: dayOf(lastMs) })) });
  take(store, folder);
  await store.stop();
  const source = openLogSource(folder);
  const steps = verifyLog(source, { witnesses, ages: AGES, nowMs: lastMs + HOUR_MS });
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  source.close();
  const { findings, unproved, unerased } = step.value;
  return {
    findings: findings.map(({ problem, first, last }) => `${problem} ${first}-${last}`),
    unerased: unerased.map(({ first, last }) => `${first}-${last}`),
    unproved: unproved.map(({ name, first, last }) => `${name} ${first}-${last}`),
  };
}

function purged(part: 'screening' | 'access' | 'operator' | 'ended', through: number): EventDraft {
  const data = { class: part, through, count: 1 } as const;
  return { name: 'log.purged', subject: 'north', data, timeMs: 0, timeQuality: 'synced' };
}

describe('a word of the log that no checkpoint covers', () => {
  it.each([
    ['of the gate’s own about rows that are too young', 850, 'access'],
    ['about a guard’s row that is too young', 860, 'operator'],
  ] as const)('%s covers nothing', async (_, row, part) => {
    const take = (store: Store) => void store.rows.reduceRows([row]);
    const { findings } = await goneOn([purged(part, row)], take);
    expect(findings).toEqual([`erased ${row}-${row}`]);
    // Dated in the future, it covers nothing either.
    const later = await goneOn([purged(part, row)], take, (ms) => ms + 400 * DAY_MS);
    expect(later.findings).toEqual([`erased ${row}-${row}`]);
  });

  it('about rows that are said to have ended covers none that is too young, nor one that was deleted', async () => {
    const { findings } = await goneOn([purged('access', 890), purged('ended', 890)], (store, folder) => {
      store.rows.reduceRows([850, 851]);
      const database = new Database(join(folder, 'gatepost.db'));
      database.prepare(END).run(850);
      database.close();
    });
    expect(findings.some((one) => isWithin('erased 850-850', one))).toBe(true);
  });

  it('is told as not proved where it may be true', async () => {
    const { findings, unproved } = await goneOn([erased('850-851', 0)], (store) => {
      store.rows.reduceRows([850, 851]);
    });
    expect(findings).toEqual([]);
    expect(unproved).toEqual(['privacy.erased 850-851']);
  });

  it('is told as not proved behind a thousand of which nothing goes', async () => {
    const many = Array.from({ length: 1_100 }, (_, row) => erased(`${(row % 100) + 1}`, 0));
    const { unproved } = await goneOn([...many, erased('850', 0)], (store) => {
      store.rows.reduceRows([850]);
    });
    expect(unproved.at(-1)).toMatch(/^privacy.erased \d+-850$/);
  });

  it('is told where it says that rows are erased, and they are whole', async () => {
    expect((await goneOn([erased('850-852', 0)], (store) => store.rows.reduceRows([851]))).unerased).toEqual([
      '850-850',
      '852-852',
    ]);
  });

  it('is not told where nothing goes by it', async () => {
    expect(await goneOn([erased('', 0)], () => undefined)).toMatchObject({ findings: [], unproved: [] });
  });
});

/** Whether a finding is part of a longer one. */
function isWithin(found: string, one: string): boolean {
  const [problem, first = 0, last = 0] = parsed(found);
  const [other, from = 0, to = 0] = parsed(one);
  return problem === other && first >= from && last <= to;
}

function parsed(text: string): [string, number, number] {
  const [, problem = '', first, last] = /^(\w+) (\d+)-(\d+)$/.exec(text) ?? [];
  return [problem, Number(first), Number(last)];
}
