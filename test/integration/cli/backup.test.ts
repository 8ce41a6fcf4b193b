import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { contentOf, makeBackupKey, seal } from '../../../src/adapters/age/sealed-backup.ts';
import { APPLICATION_ID, databasePath } from '../../../src/adapters/sqlite/database.ts';
import { openReadOnly } from '../../../src/adapters/sqlite/log-reader.ts';
import { MIGRATIONS, migrate } from '../../../src/adapters/sqlite/migrations.ts';
import { verifyChain } from '../../../src/core/events/chain.ts';
import { SAMPLE_ACCESS } from '../../support/gate/event-samples.ts';
import { ONE_DOOR } from '../../support/gate/one-door.ts';
import {
  EVENT,
  filesOf,
  filled,
  gatepost,
  OFFICE,
  passages,
  run,
  site,
  startedFrom,
} from '../../support/store/backup-site.ts';

describe('gatepost backup', () => {
  it('gives a whole store beside a gate that writes all the time, and its passages do not wait', async () => {
    const { store: folder, backup, taken, file } = site();
    const store = await filled(folder);
    passages(store, 5_000);
    const before = store.log.head().sequence;
    let written = 0;
    const timer = setInterval(() => {
      store.log.commit({ events: [EVENT] });
      written += 1;
    }, 1);
    onTestFinished(() => clearInterval(timer));
    const said = await gatepost(['backup', file('stick'), '--config', file('gate.yaml')]);
    clearInterval(timer);
    expect(said).toMatchObject({ code: 0 });
    expect(written).toBeGreaterThan(0);
    expect(store.backups.untold()).toMatchObject([{ rows: expect.any(Number) }]);
    const [{ rows = 0 } = {}] = store.backups.untold();
    expect(rows).toBeGreaterThanOrEqual(before);
    expect(rows).toBeLessThanOrEqual(before + written);
    await store.stop();

    const there = site();
    writeFileSync(there.file('office.key'), OFFICE.identity);
    expect(await there.restore(taken()[0] ?? '')).toContain(`${rows} events`);
    const reader = openReadOnly(there.store);
    expect(verifyChain(reader.rows())).toMatchObject({ status: 'intact', rows });
    reader.close();
    expect(await backup()).toContain('same disk');
    expect(taken()).toHaveLength(2);
  });

  it('names site, gate and time outside, and nothing of a person', async () => {
    const { store: folder, backup, taken } = site();
    await filled(folder);
    await backup();
    const [path = ''] = taken();
    expect(path).toMatch(/gatepost-willow-court-north-\d{8}T\d{6}Z\.age$/);
    expect(statSync(path).mode & 0o077).toBe(0);
    const bytes = readFileSync(path).toString('latin1');
    expect(bytes).toMatch(/^age-encryption\.org\/v1\n/);
    expect(bytes).toMatch(
      /\n-> gatepost\.io\/backup willow-court north \d{4}-\d\d-\d\dT[\d:.]+Z \d+\n\n--- /,
    );
    for (const secret of ['SQLite', 'Li Mei', String(SAMPLE_ACCESS.holderRef), 'the key of the gate'])
      expect(bytes).not.toContain(secret);
    expect(readdirSync(folder).filter((name) => name.includes('copy'))).toEqual([]);
  });

  it('overwrites nothing, and clears up what an attempt before has left', async () => {
    const { store: folder, file, backup, taken } = site();
    await filled(folder);
    writeFileSync(file('mine.age'), 'mine');
    await expect(backup(file('mine.age'))).rejects.toMatchObject({ code: 'backup.failed' });
    expect(readFileSync(file('mine.age'), 'utf8')).toBe('mine');
    writeFileSync(join(folder, 'gatepost.db.copy'), 'half');
    writeFileSync(file('stick/gatepost-willow-court-north-20260101T000000Z.age.partial'), 'half');
    await backup();
    expect(taken()).toHaveLength(1);
    expect(existsSync(join(folder, 'gatepost.db.copy'))).toBe(false);
  });

  it('says in words what is in the way', async () => {
    const { store: folder, file, backup, config } = site();
    await expect(backup()).rejects.toThrow('There is no store');
    await filled(folder);
    await expect(backup(file('no-stick/b.age'))).rejects.toThrow('is the stick mounted?');
    await expect(run('backup', file('b.age'), ...config, '--to', OFFICE.identity)).rejects.toThrow(
      'must not be on a kiosk',
    );
    await expect(
      run(
        'backup',
        file('b.age'),
        ...config,
        '--to',
        OFFICE.recipient.slice(0, -1) + (OFFICE.recipient.endsWith('q') ? 'p' : 'q'),
      ),
    ).rejects.toThrow('is no age public key');
    writeFileSync(file('gate.yaml'), ONE_DOOR);
    await expect(backup()).rejects.toThrow('gatepost backup keygen');
    expect(existsSync(file('b.age.partial'))).toBe(false);
  });

  it('makes a key that age itself would make', async () => {
    const { file } = site();
    const said = await run('backup', 'keygen', '--out', file('new.key'));
    const [, recipient = ''] = /recipient: (age1\w{58})$/.exec(said) ?? [];
    expect(readFileSync(file('new.key'), 'utf8')).toMatch(/^AGE-SECRET-KEY-1[0-9A-Z]{58}$/m);
    expect(readFileSync(file('new.key'), 'utf8')).toContain(recipient);
    expect(statSync(file('new.key')).mode & 0o077).toBe(0);
    await expect(run('backup', 'keygen', '--out', file('new.key'))).rejects.toThrow('not overwritten');
  });
});

describe('gatepost restore', () => {
  /** A backup of a filled store, and the new card it is for. */
  async function backedUp() {
    const old = site();
    const store = await filled(old.store);
    await old.backup();
    const [path = ''] = old.taken();
    const card = site();
    const head = store.log.head();
    return { store, path, card, head, old };
  }

  it('gives everything back on a new card, where a new epoch begins that says why', async () => {
    const { path, card, head } = await backedUp();
    const said = await card.restore(path);
    expect(said).toContain('Li Mei');
    expect(readFileSync(join(card.store, 'gate-key.pem'), 'utf8')).toBe('the key of the gate');
    expect(statSync(databasePath(card.store)).mode & 0o077).toBe(0);
    const found = await startedFrom(card.store);
    expect(found).toMatchObject({
      reset: { cause: 'restored', previousEpoch: head.epoch, previousSequence: head.sequence },
      accounts: ['Li Mei'],
      sessions: undefined,
      lastBackup: { rows: head.sequence },
      // Quotas, used codes and anti-passback wait for a guard.
      isDoubted: true,
    });
    expect(found.head.epoch).not.toBe(head.epoch);
    // Once only.
    expect((await startedFrom(card.store)).head.epoch).toBe(found.head.epoch);
    expect(readdirSync(card.store).filter((name) => /^restor|replaced/.test(name))).toEqual([]);
  });

  it('keeps the store that is there beside the new one, and the log says how far that had come', async () => {
    const { store, old, path } = await backedUp();
    passages(store, 5);
    const before = store.log.head();
    await expect(old.restore(path, '--confirm', 'willow-court')).rejects.toMatchObject({ code: 'log.busy' });
    await store.stop();
    const files = filesOf(old.store);
    await expect(old.restore(path)).rejects.toThrow('--confirm willow-court');
    await expect(old.restore(path, '--confirm', 'another')).rejects.toThrow('willow-court');
    expect(filesOf(old.store)).toEqual(files);
    expect(await old.restore(path, '--confirm', 'willow-court')).toContain('gatepost.db.replaced-');
    const [kept = ''] = readdirSync(old.store).filter((name) => /^gatepost\.db\.replaced-/.test(name));
    expect(readFileSync(join(old.store, kept)).toString('base64')).toBe(files['gatepost.db']);
    expect((await startedFrom(old.store)).reset).toEqual({
      cause: 'restored',
      previousEpoch: before.epoch,
      previousSequence: before.sequence,
    });
  });

  it('puts the same backup in place again and again, each time with an epoch of its own and nothing written over', async () => {
    const { path, card } = await backedUp();
    await card.restore(path);
    const epochs = [(await startedFrom(card.store)).head.epoch];
    for (let round = 0; round < 2; round++) await card.restore(path, '--confirm', 'willow-court');
    const found = await startedFrom(card.store);
    epochs.push(found.head.epoch);
    expect(found).toMatchObject({ reset: { cause: 'restored' }, isDoubted: true });
    expect(new Set(epochs).size).toBe(2);
    const kept = readdirSync(card.store).filter((name) => /^gatepost\.db\.replaced-/.test(name));
    expect(kept).toHaveLength(2);
  });

  it('refuses what is not the backup of this gate, as it was written, with a sentence each', async () => {
    const { path, card } = await backedUp();
    const bytes = readFileSync(path);
    const changed = (at: number) => {
      const copy = Buffer.from(bytes);
      copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
      return copy;
    };
    const header = bytes.indexOf('\n--- ');
    const label = bytes.indexOf('willow-court');
    const cases: readonly (readonly [name: string, bytes: Buffer, words: RegExp])[] = [
      ['empty', Buffer.alloc(0), /is empty/],
      ['not-a-backup', Buffer.from('PK zip'), /no backup of Gatepost/],
      ['cut in its header', bytes.subarray(0, header - 10), /within its header/],
      ['cut', bytes.subarray(0, bytes.length - 1), /cut off: it has \d+ of \d+ bytes/],
      ['cut at a piece', bytes.subarray(0, bytes.length - 70_000), /cut off/],
      ['longer', Buffer.concat([bytes, Buffer.from('x')]), /more than/],
      ['changed at its end', changed(bytes.length - 1), /not as it was written/],
      ['changed in the middle', changed(100_000), /not as it was written/],
      ['changed in its header', changed(label + 1), /backup of the gate|not as it was written/],
    ];
    for (const [name, content, words] of cases) {
      writeFileSync(card.file(name), content);
      const error = await card.restore(card.file(name)).catch((caught: unknown) => caught);
      expect([name, error]).toMatchObject([name, { code: 'backup.refused' }]);
      expect(String(error)).toMatch(words);
    }
    writeFileSync(card.file('office.key'), (await makeBackupKey()).identity);
    await expect(card.restore(path)).rejects.toThrow('another key');
    writeFileSync(card.file('office.key'), OFFICE.recipient);
    await expect(card.restore(path)).rejects.toMatchObject({ code: 'key.invalid' });
    expect(readdirSync(card.store).filter((name) => !name.endsWith('.lock'))).toEqual([]);
  });

  it('refuses the backup of another gate', async () => {
    const { path, card } = await backedUp();
    writeFileSync(card.file('gate.yaml'), ONE_DOOR.replace('id: north', 'id: south'));
    await expect(card.restore(path)).rejects.toThrow('willow-court/north');
  });

  /** Changes the store as somebody could who has the public key, and makes a backup of it. */
  async function forged(change: (database: Database.Database) => void) {
    const { store, old, card } = await backedUp();
    await store.stop();
    const database = new Database(databasePath(old.store));
    change(database);
    database.close();
    const target = old.file('forged.age');
    await old.backup(target);
    return { card, target };
  }

  /** A backup with this schema and nothing in its log. */
  async function ofSchema(path: string, migrations: typeof MIGRATIONS): Promise<void> {
    const database = new Database(`${path}.db`);
    database.pragma(`application_id = ${APPLICATION_ID}`);
    migrate(database, migrations);
    database.prepare("INSERT INTO log VALUES (1, 'an-epoch', 0, ?, 0)").run(Buffer.alloc(32));
    await sealCopy(path, database);
  }

  /** Makes a backup of a database, as everybody can who has the public key. */
  async function sealCopy(path: string, database: Database.Database): Promise<void> {
    database.pragma('journal_mode = DELETE');
    database.exec('CREATE TABLE copied_file (name TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT');
    database.close();
    const file = openSync(`${path}.db`, 'r');
    const label = { site: 'willow-court', gate: 'north', takenMs: EVENT.timeMs };
    const bytes = { bytes: statSync(`${path}.db`).size };
    const sealed = await seal(contentOf(file), OFFICE.recipient, { ...label, ...bytes });
    const pieces: Uint8Array[] = [];
    for await (const piece of sealed) pieces.push(piece);
    writeFileSync(path, Buffer.concat(pieces));
    closeSync(file);
  }

  it('refuses a newer schema, and takes an older one along', async () => {
    const card = site();
    const newest = MIGRATIONS.at(-1)?.version ?? 0;
    await ofSchema(card.file('newer'), [...MIGRATIONS, { version: newest + 1, sql: 'SELECT 1' }]);
    await expect(card.restore(card.file('newer'))).rejects.toThrow('made by a newer Gatepost');
    expect(existsSync(databasePath(card.store))).toBe(false);
    await ofSchema(card.file('older'), MIGRATIONS.slice(0, 8));
    expect(await card.restore(card.file('older'))).toContain(`its schema 8 is ${newest} now`);
    expect((await startedFrom(card.store)).reset?.cause).toBe('restored');
  });

  it.each([
    ['a trigger', 'CREATE TRIGGER evil AFTER INSERT ON event BEGIN DELETE FROM standing_order; END'],
    ['a view', 'CREATE VIEW evil AS SELECT 1'],
    ['a table that is not as ours', 'DROP TABLE probe; CREATE TABLE probe (one INTEGER, value BLOB)'],
  ])('refuses %s', async (_, sql) => {
    const { store, old, card } = await backedUp();
    await store.stop();
    const target = old.file('forged.age');
    copyFileSync(databasePath(old.store), `${target}.db`);
    const database = new Database(`${target}.db`);
    database.exec(sql);
    await sealCopy(target, database);
    await expect(card.restore(target)).rejects.toThrow('not those of Gatepost');
    expect(existsSync(databasePath(card.store))).toBe(false);
  });

  it.each([
    ['a trigger', 'CREATE TRIGGER evil AFTER INSERT ON event BEGIN DELETE FROM standing_order; END'],
    ['an index less', 'DROP INDEX passage_by_day'],
    ['another header', 'PRAGMA user_version = 4'],
    ['a table that was changed', "UPDATE operator SET password_hash = 'y'"],
    [
      'a row of its log too many',
      'INSERT INTO event SELECT sequence + 9, id, name, time_ms, time_quality, passage, holder_ref, body, salt, hash, reduced, origin, recorded_ms FROM event ORDER BY sequence DESC LIMIT 1',
    ],
    [
      'more sent than there is',
      'PRAGMA ignore_check_constraints = ON; UPDATE log SET published_sequence = 4711',
    ],
  ])('is not made of a store with %s', async (_, sql) => {
    const { store, old } = await backedUp();
    await store.stop();
    const database = new Database(databasePath(old.store));
    database.exec(sql);
    database.close();
    await expect(old.backup(old.file('new.age'))).rejects.toMatchObject({ code: 'log.damaged' });
    expect(existsSync(old.file('new.age'))).toBe(false);
  });

  it('says which rows were altered before', async () => {
    const { card, target } = await forged((database) =>
      database.exec(
        "UPDATE event SET body = CAST(replace(CAST(body AS TEXT), 'main-in', 'main-on') AS BLOB) WHERE sequence = 7",
      ),
    );
    expect(await card.restore(target)).toMatch(/Events 7 to 7 were edited/);
  });
});
