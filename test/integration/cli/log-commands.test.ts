import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Command } from 'commander';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { readCsv } from '../../../src/adapters/files/csv.ts';
import { openReadOnly } from '../../../src/adapters/sqlite/log-reader.ts';
import { registerLogExport } from '../../../src/cli/site/log-export.ts';
import { registerLogSearch } from '../../../src/cli/site/log-search.ts';
import { registerLogShow } from '../../../src/cli/site/log-show.ts';
import type { EventDraft } from '../../../src/core/events/event.ts';
import { isAskedFor, type RowQuery } from '../../../src/core/events/row-view.ts';
import { gatepostArguments } from '../../support/gate/daemon.ts';
import {
  accessGranted,
  doorOpened,
  SAMPLE_ACCESS,
  SAMPLE_TIME_MS,
} from '../../support/gate/event-samples.ts';
import { changeTables, openStore, temporaryFolder } from '../../support/store/store-folder.ts';

/** Runs `gatepost log …` in this process. */
async function log(...words: string[]) {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  for (const register of [registerLogExport, registerLogSearch, registerLogShow]) register(program);
  const out: string[] = [];
  const told: string[] = [];
  const spies = [
    vi.spyOn(console, 'log').mockImplementation((text) => void out.push(`${text}\n`)),
    vi.spyOn(console, 'error').mockImplementation((text) => void told.push(String(text))),
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(String(text)) > 0),
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true),
  ];
  try {
    await program.parseAsync(['log', ...words], { from: 'user' });
    return { out: out.join(''), told: told.join('\n'), code: process.exitCode };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.exitCode = undefined;
  }
}

/** A note of a guard, in which anything may stand. */
function noted(note: string, timeMs = SAMPLE_TIME_MS): EventDraft {
  const data = { operator: note.slice(0, 60) || 'li', action: 'open', accessPoint: 'main-in', note } as const;
  return { name: 'operator.override', subject: 'main-in', data, timeMs, timeQuality: 'synced' };
}

const HOSTILE = [
  '=HYPERLINK("http://x","y")',
  '+1+1',
  '-2+3',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  ' \u200b=1',
  '＝1+1',
  'a,b;"c"\td',
  'two\nlines\r\nand "three"',
  '\u001b[2J\u001b]0;gone\u0007',
  '\u009b31m',
  '\u202eevil\u2066',
  '\u0000\u0008\u007f',
  "'quoted",
  '\ud800',
  '\u2028',
  '李梅 刷卡',
  '',
];
/** What a spreadsheet would calculate. */
const FORMULA = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/u;
/** What a terminal would obey, or nobody sees. A line feed may stand in a quoted field. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202a-\u202e\u2066-\u2069\u2028]/;

describe('gatepost log export', () => {
  it('writes a table that no spreadsheet calculates and no terminal obeys, with every value in it', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    store.log.commit({ events: [accessGranted(), ...HOSTILE.map((note) => noted(note))] });
    const { out } = await log('export', '--store', folder, '--format', 'csv');
    expect(out.replaceAll('\r\n', '\n')).not.toMatch(OBEYED);
    const [header, ...rows] = readCsv(Buffer.from(out)).map(({ fields }) => fields);
    const at = (name: string) => header?.indexOf(name) ?? -1;
    expect(rows).toHaveLength(HOSTILE.length + 2);
    for (const row of rows) {
      expect(row).toHaveLength(header?.length ?? 0);
      for (const field of row) expect(field).not.toMatch(FORMULA);
    }
    expect(rows.slice(2).map((row) => JSON.parse(row[at('data')] ?? '').note)).toEqual(HOSTILE);
    expect(rows[2]?.[at('note')]).toBe(`'${HOSTILE[0]}`);
    expect(rows[11]?.[at('note')]).toBe('two\nlines\\u000d\nand "three"');
    expect(rows[1]).toEqual(expect.arrayContaining(['access.granted', 'full', 'main-in', 'a1b2c3d4e5f6']));
    // RFC 4180: every record ends with CRLF, and a line feed stands between quotes only.
    expect(out.endsWith('\r\n')).toBe(true);
    expect(out.replace(/"(?:[^"]|"")*"/g, '').replaceAll('\r\n', '')).not.toContain('\n');
  });

  it('writes lines of JSON with the very values that were logged', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    const rows = store.log.commit({ events: HOSTILE.map((note) => noted(note)) });
    const { out } = await log('export', '--store', folder, '--type', 'operator');
    expect(out).not.toMatch(OBEYED);
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(rows.map(({ body }) => JSON.parse(new TextDecoder().decode(body))));
  });

  it('writes a new file that only its owner reads, and none that is half there', async () => {
    const folder = temporaryFolder();
    const store = await openStore(join(folder, 'state'));
    store.log.commit({ events: [accessGranted(), doorOpened()] });
    const out = join(folder, 'log.csv');
    const done = await log('export', '--store', join(folder, 'state'), '--out', out, '--type', 'access');
    expect(done.out).toMatch(/^1 events in /);
    expect(readCsv(readFileSync(out))).toHaveLength(2);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    await expect(log('export', '--store', join(folder, 'state'), '--out', out)).rejects.toMatchObject({
      code: 'usage',
    });
    const lost = join(folder, 'lost.jsonl');
    await expect(log('export', '--store', join(folder, 'none'), '--out', lost)).rejects.toMatchObject({
      code: 'log.unavailable',
    });
    await expect(
      log('export', '--store', join(folder, 'state'), '--out', join(folder, 'x.xls')),
    ).rejects.toThrow(/--format/);
    expect(readdirSync(folder).sort()).toEqual(['log.csv', 'state']);
  });

  it('takes days of the site, both included', async () => {
    const folder = temporaryFolder();
    const store = await openStore(join(folder, 'state'));
    const config = join(folder, 'gatepost.yaml');
    writeFileSync(config, CONFIG);
    const at = (iso: string) => accessGranted({ passage: iso }, Date.parse(iso));
    const times = [
      '2026-03-01T15:59:59Z',
      '2026-03-01T16:00:00Z',
      '2026-03-03T15:59:59Z',
      '2026-03-03T16:00:00Z',
    ];
    store.log.commit({ events: times.map(at) });
    const days = ['--from', '2026-03-02', '--to', '2026-03-03'];
    const { out } = await log('export', '--config', config, ...days, '--type', 'access.granted');
    expect(out.match(/"passage":"[^"]*"/g)).toEqual(times.slice(1, 3).map((one) => `"passage":"${one}"`));
    await expect(
      log('export', '--config', config, '--from', '2026-03-02', '--to', '2026-03-01'),
    ).rejects.toThrow(/behind --from/);
    await expect(log('export', '--config', config, '--type', 'acess')).rejects.toThrow(/no event acess/);
  });
});

describe('gatepost log search', () => {
  it('gives the newest that fit, and says when there are more or none', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    const denied = (passId: string, n: number): EventDraft => ({
      name: 'access.denied',
      subject: 'main-in',
      timeMs: SAMPLE_TIME_MS,
      timeQuality: 'synced',
      data: {
        ...SAMPLE_ACCESS,
        passId,
        decision: 'Denied',
        reason: 'gp:Replay',
        reasons: ['gp:Replay'],
        passage: `p${n}`,
      },
    });
    const passes = ['00112233aabbcc00', '00112233aabbcc01'] as const;
    store.log.commit({ events: Array.from({ length: 40 }, (_, n) => denied(passes[n % 2] ?? passes[0], n)) });
    const found = await log(
      'search',
      '--store',
      folder,
      '--pass',
      passes[1],
      '--reason',
      'replay',
      '-n',
      '3',
      '--json',
    );
    expect(found.out.match(/"passage":"p\d+"/g)).toEqual([
      '"passage":"p35"',
      '"passage":"p37"',
      '"passage":"p39"',
    ]);
    expect(found.told).toMatch(/There are more; these are the newest 3/);
    const all = await log('search', '--store', folder, '--holder', 'A1B2C3D4E5F6');
    expect(all.out.trimEnd().split('\n')).toHaveLength(40);
    expect(all.told).toBe('');
    const none = await log('search', '--store', folder, '--access-point', 'side');
    expect(none).toMatchObject({ out: '', told: 'Nothing fits.', code: 1 });
    await expect(log('search', '--store', folder)).rejects.toThrow(/what to look for/);
    await expect(log('search', '--store', folder, '--reason', 'x')).rejects.toThrow(/CredentialExpired/);
  });

  const Query = fc.record(
    {
      fromMs: fc.integer({ min: 0, max: 100 }).map((n) => SAMPLE_TIME_MS + n * 1000),
      toMs: fc.integer({ min: 0, max: 100 }).map((n) => SAMPLE_TIME_MS + n * 1000),
      types: fc.subarray(['access', 'access.granted', 'operator', 'door.physical'], { minLength: 1 }),
      accessPoint: fc.constantFrom('main-in', 'main-out', 'main'),
      reason: fc.constantFrom('gp:Replay', 'Other'),
      passId: fc.constantFrom('00112233aabbccdd', '00112233aabbccde'),
      holderRef: fc.constantFrom('a1b2c3d4e5f6', 'a1b2c3d4e5f7'),
    },
    { requiredKeys: [] },
  );

  it('finds the same in rows from before there was anything to look them up by', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    store.log.commit({ events: [accessGranted({ reasons: ['Other'] }), noted('gp:Replay'), doorOpened()] });
    await store.stop();
    const sql = "DELETE FROM event_about; UPDATE kept_number SET value = 4 WHERE name = 'about-from'";
    changeTables(join(folder, 'gatepost.db'), sql);
    await store.start(new AbortController().signal);
    store.log.commit({ events: [accessGranted({ reasons: ['Other'], passage: 'later' })] });
    const about = [
      ['--pass', '00112233aabbccdd'],
      ['--holder', 'a1b2c3d4e5f6'],
      ['--reason', 'Other'],
      ['--access-point', 'main-in', '--type', 'access'],
    ];
    for (const words of about) {
      const { out } = await log('search', '--store', folder, '--json', ...words);
      expect(out.match(/"passage":"[^"]*"/g)).toEqual(['"passage":"passage-1"', '"passage":"later"']);
    }
    expect((await log('search', '--store', folder, '--reason', 'gp:Replay')).code).toBe(1);
  });

  it('forgets what a row was about together with the row', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    store.log.commit({
      events: [accessGranted({ reason: 'Other', reasons: ['Other', 'gp:Replay'] }), doorOpened()],
    });
    const database = new Database(join(folder, 'gatepost.db'));
    const left = () => database.prepare('SELECT * FROM event_about WHERE sequence > 1').all();
    database.exec('UPDATE event SET body = NULL');
    const nothing = { pass_id: null, holder_ref: null, access_point: null, reasons: null };
    expect(left()).toEqual([{ sequence: 2, reason: 'Other', ...nothing }]);
    database.exec('DELETE FROM event');
    expect(left()).toEqual([]);
    database.close();
  });

  it('finds all and only the events that fit, whatever is asked and however the clock has moved', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    const random = (n: number, of: number) => Math.floor(Math.abs(Math.sin(n * 12.9898) * 43758.5453)) % of;
    const events = Array.from({ length: 300 }, (_, n): EventDraft => {
      const timeMs = SAMPLE_TIME_MS + random(n, 100) * 1000;
      if (n % 7 === 0) return doorOpened(timeMs);
      // The text of an id in a note makes no row about it.
      if (n % 7 === 1) return noted('a1b2c3d4e5f6 "00112233aabbccdd"', timeMs);
      const reason = random(n + 0.3, 2) === 0 ? 'gp:Replay' : 'Other';
      return accessGranted(
        {
          accessPoint: random(n + 0.5, 2) === 0 ? 'main-in' : 'main-out',
          passId: random(n + 0.7, 2) === 0 ? '00112233aabbccdd' : '00112233aabbccde',
          holderRef: random(n + 0.9, 2) === 0 ? 'a1b2c3d4e5f6' : 'a1b2c3d4e5f7',
          reasons: [reason],
        },
        timeMs,
      );
    });
    const rows = store.log.commit({ events });
    const reader = openReadOnly(folder);
    try {
      const all = [...reader.search({})].filter(({ sequence }) => sequence >= (rows[0]?.sequence ?? 0));
      expect(all.map(({ sequence }) => sequence)).toEqual(rows.map(({ sequence }) => sequence));
      fc.assert(
        fc.property(Query, (query: RowQuery) => {
          const wanted = [...reader.search({})]
            .filter((row) => isAskedFor(row, query))
            .map(({ sequence }) => sequence);
          expect([...reader.search(query)].map(({ sequence }) => sequence)).toEqual(wanted);
          const newest = wanted.toReversed().slice(0, 5);
          expect(reader.newestOf(query, 5).map(({ sequence }) => sequence)).toEqual(newest);
        }),
        { numRuns: 200 },
      );
    } finally {
      reader.close();
    }
  });
});

describe('gatepost log show', () => {
  it('shows a row with what proves it, in words and as JSON', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    const [, shown] = store.log.commit({ events: [doorOpened(), noted('\u001b[2J\u202e'), doorOpened()] });
    const sequence = String(shown?.sequence);
    const { out, code } = await log('show', sequence, '--store', folder);
    expect(out).toContain(
      'note            \\u001b[2J\\u202e\n'.replace('note            ', '  note          '),
    );
    expect(out).toMatch(/Proof +content and hash fit together\nLink back +fits\nLink on +fits/);
    expect(out).not.toMatch(OBEYED);
    expect(code).toBeUndefined();
    const json = JSON.parse((await log('show', sequence, '--store', folder, '--json')).out);
    expect(json).toMatchObject({
      sequence: shown?.sequence,
      form: 'full',
      sound: true,
      links: { previous: 'fits', next: 'fits' },
      event: JSON.parse(new TextDecoder().decode(shown?.body)),
    });
    const last = JSON.parse(
      (await log('show', String(Number(sequence) + 1), '--store', folder, '--json')).out,
    );
    expect(last.links).toEqual({ previous: 'fits', next: 'end' });
    await expect(log('show', '99', '--store', folder)).rejects.toThrow(
      /no event 99. The log has those from 1 to/,
    );
    await expect(log('show', 'x', '--store', folder)).rejects.toThrow(/number of an event/);
  });

  it('says that a row was edited', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    const [row] = store.log.commit({ events: [accessGranted(), doorOpened()] });
    await store.stop();
    const database = new Database(join(folder, 'gatepost.db'));
    const body = new TextDecoder().decode(row?.body).replace('"Granted"', '"Denied"');
    database.prepare('UPDATE event SET body = ? WHERE sequence = ?').run(Buffer.from(body), row?.sequence);
    database.close();
    const { out, code } = await log('show', String(row?.sequence), '--store', folder);
    expect(out).toMatch(/Proof +NOT AS WRITTEN/);
    expect(code).toBe(1);
    expect(existsSync(join(folder, 'gatepost.db'))).toBe(true);
  });
});

describe('a reduced row', () => {
  it('is shown as one, found by what is left of it, and proves itself', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    const [row] = store.log.commit({
      events: [accessGranted({ reason: 'gp:Replay', reasons: ['gp:Replay', 'Other'] }), doorOpened()],
    });
    const sequence = row?.sequence ?? 0;
    store.rows.reduceRows([sequence]);
    const search = (...words: string[]) => log('search', '--store', folder, ...words);
    expect((await search('--reason', 'gp:Replay')).out).toBe(
      '2020-02-24 08:00:00   access.granted     reduced     gp:Replay\n',
    );
    for (const words of [
      ['--reason', 'Other'],
      ['--pass', '00112233aabbccdd'],
      ['--holder', 'a1b2c3d4e5f6'],
    ])
      expect((await search(...words)).code).toBe(1);
    const { out } = await log('export', '--store', folder, '--format', 'csv', '--type', 'access');
    const [header = [], fields = []] = readCsv(Buffer.from(out)).map((one) => one.fields);
    const cells = Object.fromEntries(header.map((name, at) => [name, fields[at]]));
    expect(cells).toMatchObject({
      form: 'reduced',
      time: '2020-02-24T08:00:00.000Z',
      reason: 'gp:Replay',
      passId: '',
    });
    const bare = await log('show', String(sequence), '--store', folder);
    expect(bare.out).toMatch(/NOTHING IN THE LOG SAYS THAT IT MAY BE/);
    expect(bare.code).toBe(1);
    store.log.commit({
      events: [
        {
          name: 'privacy.erased',
          subject: 'north',
          data: { ranges: String(sequence), rows: 1, receipt: '00'.repeat(32) },
          timeMs: SAMPLE_TIME_MS,
          timeQuality: 'synced',
        },
      ],
    });
    const { out: json, code } = await log('show', String(sequence), '--store', folder, '--json');
    expect(code).toBeUndefined();
    const shown = JSON.parse(json);
    expect(shown).toMatchObject({
      lawful: true,
      form: 'reduced',
      sound: true,
      links: { previous: 'fits', next: 'fits' },
    });
  });
});

describe('what a command prints', () => {
  it('moves no cursor and hides nothing, whoever wrote it and wherever it stands', () => {
    const words = ['log', 'show', '--store', '/tmp/\u001b[2J\u202e', '1'];
    const child = spawnSync(process.execPath, gatepostArguments(...words));
    const told = child.stderr.toString();
    expect(told).toContain('/tmp/\\u001b[2J\\u202e');
    expect(told).not.toMatch(OBEYED);
    expect(child.status).toBe(1);
  });
});

const CONFIG = `
version: 1
site: { id: willow-court, name: Willow Court, timeZone: Asia/Shanghai }
gate: { id: north, name: North gate }
language: zh-CN
doors:
  main: { name: Main door, lock: { driver: simulated, levelFile: main.level } }
accessPoints:
  main-in: { door: main, direction: in, scanner: { driver: serial, path: simulated } }
passes: { issuers: [{ name: office, publicKey: 7be3357c561a025031960f9e0fc3c08afe453a7669026c68e43bf969965e88f2 }], kinds: [resident] }
store: { folder: state }
`;
