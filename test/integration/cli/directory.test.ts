import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { Command } from 'commander';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openReadOnly } from '../../../src/adapters/sqlite/log-reader.ts';
import { MIGRATIONS, migrate } from '../../../src/adapters/sqlite/migrations.ts';
import { registerDirectory } from '../../../src/cli/directory/commands.ts';
import { verifyChain } from '../../../src/core/events/chain.ts';
import type { EventDraft } from '../../../src/core/events/event.ts';
import { gatepostArguments } from '../../support/gate/daemon.ts';
import { startKiosk } from '../../support/screens/web-kiosk.ts';
import { openStore, temporaryFolder } from '../../support/store/store-folder.ts';

const CONFIG = `version: 1
site: { id: willow-court, name: Willow Court, timeZone: Asia/Shanghai }
gate: { id: north, name: North gate }
language: en
doors: { main: { name: Main door, lock: { driver: simulated, levelFile: main.level } } }
accessPoints: { main-in: { door: main, direction: in, scanner: { driver: serial, path: simulated } } }
passes: { issuers: [{ name: Office, publicKey: ${'7be3357c561a025031960f9e0fc3c08afe453a7669026c68e43bf969965e88f2'} }] }
store: { folder: state }
`;
const JPEG = Buffer.from('ffd8ffe000104a46494600', 'hex');
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');

/** A site folder with a config; `run` runs a directory command on it in this process. */
function site() {
  const folder = temporaryFolder();
  const file = (name: string) => join(folder, name);
  writeFileSync(file('gate.yaml'), CONFIG);
  const run = async (...words: string[]): Promise<string> => {
    const program = new Command('gatepost').exitOverride().configureOutput({ writeErr: () => undefined });
    registerDirectory(program);
    const lines: string[] = [];
    const keep = (text: unknown) => {
      lines.push(String(text));
      return true;
    };
    const spies = [
      vi.spyOn(console, 'log').mockImplementation(keep),
      vi.spyOn(process.stdout, 'write').mockImplementation(keep),
      vi.spyOn(process.stderr, 'write').mockImplementation(() => true),
    ];
    try {
      await program.parseAsync(['directory', ...words, '--config', file('gate.yaml')], { from: 'user' });
    } finally {
      for (const spy of spies) spy.mockRestore();
      process.exitCode = undefined;
    }
    return lines.join('\n');
  };
  const take = (table: string, ...words: string[]): Promise<string> => {
    writeFileSync(file('holders.csv'), table);
    return run('import', file('holders.csv'), ...words);
  };
  return { file, store: file('state'), run, take };
}

const holderRef = (index: number) => index.toString(16).padStart(12, '0');

function bigTable(rows: number, unit: string): string {
  const lines = Array.from({ length: rows }, (_, index) => `${holderRef(index)},Person ${index},${unit}`);
  return `holder,label,unit\n${lines.join('\n')}\n`;
}

function events(store: string, name: string): object[] {
  const reader = openReadOnly(store);
  try {
    return reader
      .newest(1000)
      .filter((event) => event.name === name)
      .map((event) => JSON.parse(new TextDecoder().decode(event.body)).data)
      .reverse();
  } finally {
    reader.close();
  }
}

describe('gatepost directory', () => {
  it('replaces the register, finds, exports and erases, and counts what changed in the log', async () => {
    const { file, store, run, take } = site();
    mkdirSync(file('photos'));
    writeFileSync(file('photos/a1b2c3d4e5f6.jpg'), JPEG);
    writeFileSync(file('photos/li.png'), PNG);
    const first =
      'holder,label,unit,photo\r\nA1B2C3D4E5F6,王秀英,3-2-501,\r\n0102030405aa,"Li, Wei",B-204,li.png\r\n000000000001,Gone,1,\r\n';
    expect(await take(`\ufeff${first}`, '--photos', file('photos'))).toContain(
      '3 holders are in force, 2 with a photograph: 3 new, 0 changed, 0 gone.',
    );
    expect(await run('list')).toBe(
      'holder,label,unit\r\n\n000000000001,Gone,1\r\n\n0102030405aa,"Li, Wei",B-204\r\n\na1b2c3d4e5f6,王秀英,3-2-501\r\n',
    );
    expect(await run('find', 'b-20')).toBe('0102030405aa  Li, Wei  B-204');
    expect(JSON.parse(await run('export', '0102030405AA'))).toEqual({
      holderRef: '0102030405aa',
      label: 'Li, Wei',
      unit: 'B-204',
      photograph: { type: 'image/png', base64: PNG.toString('base64') },
    });

    await take(
      'holder,label,unit\na1b2c3d4e5f6,王秀英,3-2-502\n0102030405aa,"Li, Wei",B-204\n000000000002,New,\n',
    );
    await run('erase', '0102030405aa');
    await expect(run('erase', '0102030405aa')).rejects.toMatchObject({ code: 'usage' });
    expect(events(store, 'directory.applied')).toEqual([
      { source: 'import', holders: 3, added: 3, changed: 0, removed: 0, photographs: 2 },
      { source: 'import', holders: 3, added: 1, changed: 1, removed: 1, photographs: 0 },
      { source: 'erase', holders: 2, added: 0, changed: 0, removed: 1, photographs: 0 },
    ]);
    const { holders } = await openStore(store);
    expect(holders.find('a1b2c3d4e5f6')).toEqual({ label: '王秀英', unit: '3-2-502' });
    expect(holders.find('0102030405aa')).toBeUndefined();
  });

  it('names every bad row with its line and column, and changes nothing', async () => {
    const { file, store, run, take } = site();
    await take('holder,label\na1b2c3d4e5f6,Wang\n');
    mkdirSync(file('photos'));
    writeFileSync(file('photos/fake.jpg'), '<svg onload=alert(1)>');
    writeFileSync(file('photos/large.jpg'), Buffer.concat([JPEG, Buffer.alloc(64 * 1024)]));
    const table = `holder,label,unit,photo
xyz,Wang,1,
000000000001,,1,
000000000002,=1+1,1,
000000000003,"two
lines",1,
000000000004,Li,1,fake.jpg
000000000005,Li,1,large.jpg
000000000006,Li,1,../gate.yaml
000000000007,Li,1,nowhere.jpg
000000000008,Li,1,
000000000008,Li,1,
`;
    const failure = await take(table, '--photos', file('photos')).catch((error: Error) => error.message);
    expect(failure).toContain('9 mistakes; nothing was done');
    for (const part of [
      'line 2, column holder: It must be 12',
      'line 3, column label: it is empty',
      'line 4, column label: It must not begin with =',
      'line 5, column label: It holds characters',
      'line 7, column photo: Cannot take the photograph',
      'neither JPEG nor PNG',
      'line 8, column photo',
      'larger than 64 KiB',
      'line 9, column photo: It must be the name of a file',
      'line 10, column photo',
      'line 12, column holder: it stands in line 11 already',
    ])
      expect(failure).toContain(part);
    expect(await run('find', 'Wang')).toContain('a1b2c3d4e5f6');
    expect(events(store, 'directory.applied')).toHaveLength(1);
  });

  it('keeps the register in force when a photograph vanishes in the middle', async () => {
    const { file, run, take } = site();
    await take('holder,label\na1b2c3d4e5f6,Wang\n');
    mkdirSync(file('photos'));
    writeFileSync(file('photos/one.png'), PNG);
    const { replaceDirectory } = await import('../../../src/adapters/sqlite/directory-file.ts');
    const { SystemClock } = await import('../../../src/adapters/clock/system-clock.ts');
    const { SilentLogger } = await import('../../support/silent-logger.ts');
    const { readPhoto } = await import('../../../src/adapters/files/photo-file.ts');
    const place = {
      folder: file('state'),
      site: 'willow-court',
      gate: 'north',
      clock: new SystemClock(),
      logger: new SilentLogger(),
    };
    const entries = [
      {
        holderRef: holderRef(1),
        label: 'One',
        unit: '',
        photograph: () => readPhoto(file('photos/one.png')),
      },
      {
        holderRef: holderRef(2),
        label: 'Two',
        unit: '',
        photograph: () => readPhoto(file('photos/two.png')),
      },
    ];
    await expect(replaceDirectory(place, entries, () => undefined)).rejects.toMatchObject({ code: 'usage' });
    expect(await run('find', 'a1b2')).toContain('Wang');
    expect(await run('find', 'One')).toBe('');
    const database = new Database(file('state/gatepost.db'), { readonly: true });
    expect(database.prepare('SELECT count(*) AS n FROM holder').get()).toEqual({ n: 1 });
    expect(database.prepare('SELECT count(*) AS n FROM holder_photo').get()).toEqual({ n: 0 });
    database.close();
  });

  it('keeps the holders of a store made before', async () => {
    const folder = temporaryFolder();
    const database = new Database(join(folder, 'gatepost.db'));
    migrate(database, MIGRATIONS.slice(0, 1));
    database.exec("INSERT INTO holder (holder_ref, label, unit) VALUES ('a1b2c3d4e5f6', 'Wang', '3-401')");
    database.pragma(`application_id = ${0x47505354}`);
    database.close();
    const { holders } = await openStore(folder);
    expect(holders.find('a1b2c3d4e5f6')).toEqual({ label: 'Wang', unit: '3-401' });
  });
});

describe('an import of 100,000 rows beside the running gate', () => {
  function importing(gate: ReturnType<typeof site>) {
    const words = ['directory', 'import', gate.file('big.csv'), '--config', gate.file('gate.yaml')];
    const child = spawn(process.execPath, gatepostArguments(...words), {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    const told = { out: '', err: '' };
    child.stdout.on('data', (text) => {
      told.out += text;
    });
    child.stderr.on('data', (text) => {
      told.err += text;
    });
    const ended = once(child, 'exit').then(([code]) => code as number | null);
    return { child, told, ended };
  }

  const opened: EventDraft = {
    name: 'door.physical',
    subject: 'main',
    data: { door: 'main', state: 'Open' },
    timeMs: 0,
    timeQuality: 'synced',
  };

  it('lets it commit and look up all the while, and swaps in one moment', async () => {
    const gate = site();
    await gate.take(bigTable(1000, 'old'));
    writeFileSync(gate.file('big.csv'), bigTable(100_000, 'new'));
    const { log, holders } = await openStore(gate.store);
    const { ended, told } = importing(gate);
    let running = true;
    const code = ended.finally(() => {
      running = false;
    });
    const seen = new Set<string>();
    const toldAtCommits = new Set<string>();
    while (running) {
      log.commit({ events: [opened] });
      toldAtCommits.add(told.err);
      const [first, last] = [holders.find(holderRef(0)), holders.find(holderRef(99_999))];
      seen.add(`${first?.unit} ${last?.unit}`);
      await delay(5);
    }
    expect([await code, told.err]).toEqual([0, expect.stringContaining('100000 of 100000')]);
    expect(told.out).toContain('100000 holders are in force');
    // Either the whole old register or the whole new one, never a part of either.
    expect([...seen]).toEqual(['old undefined', 'new new']);
    // Rows were committed before, between and after what the import told of its progress.
    expect(toldAtCommits.size).toBeGreaterThan(3);
    const reader = openReadOnly(gate.store);
    const last = reader.head();
    expect(verifyChain(reader.rows(), last && { last })).toMatchObject({ status: 'intact' });
    reader.close();
  });

  it('leaves the old register when it is killed, and the next import clears up', async () => {
    const gate = site();
    await gate.take(bigTable(10, 'old'));
    writeFileSync(gate.file('big.csv'), bigTable(100_000, 'new'));
    const { child, told, ended } = importing(gate);
    while (!told.err.includes('of 100000')) await Promise.race([once(child.stderr, 'data'), ended]);
    child.kill('SIGKILL');
    expect(await ended).toBeNull();
    expect(await gate.run('find', 'Person 1')).toContain('old');
    await gate.take(bigTable(20, 'newer'));
    const database = new Database(gate.file('state/gatepost.db'), { readonly: true });
    expect(database.prepare('SELECT count(*) AS n FROM holder').get()).toEqual({ n: 20 });
    database.close();
    expect(existsSync(gate.file('state/gatepost.db'))).toBe(true);
  });
});

describe('GET /api/guard/photo', () => {
  const registerLooks = {
    search: () => ({ holders: [], visitors: [] }),
    photograph: (ref: string) =>
      ref === 'a1b2c3d4e5f6' ? { type: 'image/jpeg' as const, bytes: JPEG } : undefined,
  };

  it('gives a photograph to a signed-in guard and to nobody else', async () => {
    const kiosk = await startKiosk({ registerLooks });
    const path = '/api/guard/photo/a1b2c3d4e5f6';
    expect((await kiosk.send('GET', path)).status).toBe(401);
    const cookie = await kiosk.signIn();
    const answer = await kiosk.send('GET', path, undefined, { cookie });
    expect(answer).toMatchObject({
      status: 200,
      headers: {
        'content-type': 'image/jpeg',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      },
    });
    for (const other of ['000000000000', 'A1B2C3D4E5F6', '..%2f..%2fetc', "a'%20OR%201=1"]) {
      expect((await kiosk.send('GET', `/api/guard/photo/${other}`, undefined, { cookie })).status).toBe(404);
    }
  });
});
