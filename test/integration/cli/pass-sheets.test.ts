import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { Command } from 'commander';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { readCsv } from '../../../src/adapters/files/csv.ts';
import { passIdStart } from '../../../src/cli/cards/card-text.ts';
import { registerKeygen } from '../../../src/cli/keygen.ts';
import { registerPassIssue } from '../../../src/cli/pass/issue.ts';
import { issuePass } from '../../../src/cli/pass/order.ts';
import { parsePublicKey } from '../../../src/core/pass/public-key.ts';
import { createTrust, readPass } from '../../../src/core/pass/read-pass.ts';
import { ONE_DOOR } from '../../support/gate/one-door.ts';
import { testSigner } from '../../support/gate/pass-samples.ts';
import { needs } from '../../support/needs.ts';
import { closePages, openChromium } from '../../support/screens/screen-browser.ts';
import { temporaryFolder } from '../../support/store/store-folder.ts';

const wasm = readFileSync(createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm'));
prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(wasm).buffer } });

/** A CSS inch is 96 px, so this many device pixels a CSS pixel are 300 dots an inch. */
const DPI_300 = 300 / 96;

/** Runs in the page: grey dots smaller than a pixel over the sheet, the same ones each time. */
const ADD_SPECKLES = `{
  const canvas = document.createElement('canvas');
  canvas.width = 820;
  canvas.height = 1140;
  canvas.style.cssText = 'position:fixed;inset:0;mix-blend-mode:multiply';
  const paint = canvas.getContext('2d');
  let seed = 7;
  const next = () => (seed = (seed * 48271) % 2147483647);
  paint.fillStyle = 'rgba(90, 90, 90, 0.5)';
  for (let dot = 0; dot < 30000; dot += 1) paint.fillRect(next() % 820, next() % 1140, 0.6, 0.6);
  document.body.append(canvas);
}`;
/** Runs in the page: the boxes that do not show all of their words. */
const CUT_OFF = `[...document.querySelectorAll('.card, .who')]
  .filter((box) => box.scrollHeight > box.clientHeight + 1 || box.scrollWidth > box.clientWidth + 1)
  .map((box) => box.textContent)`;

/** Runs in the page: the lines in which each name is set. */
const LINES_OF_NAMES = `[...document.querySelectorAll('.name')].map((name) => {
  const lines = new Map();
  for (const node of name.childNodes) {
    for (let at = 0; at < (node.textContent ?? '').length; at += 1) {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const top = Math.round(range.getBoundingClientRect().top);
      lines.set(top, (lines.get(top) ?? '') + node.textContent[at]);
    }
  }
  return [...lines.values()];
})`;

const TABLE = `name,unit,kind,holder-name,valid-days,windows,quota,label,replaces
王秀英,3号楼2单元501,resident,3-2-501,180,,1/2,王秀英,
"Bartholomew ""Bart"" Featherstonehaugh","Building 12, Flat 4B",resident,12-4b,90,,,,0102030405060708
李建国,环卫一班,worker,wk-17,30,Mon-Sun 03:45-05:00,,EMEV-S 017,
<script>alert(1)</script>,A&B,visitor,v-1,1,,,,
京A·12345,地库B2-117,vehicle,3-2-501-car,365,,,京A12345,
张伟,顺丰速运,delivery,sf-1,30,,,,
急救站,120,emergency,em,300,,,,
欧阳诸葛司马上官,翠竹花园十二号楼三单元1802室,resident,12-3-1802,180,daily 06:30-22:30; Sat 23:00-02:00,1/2,,
Li Wei,B-204,resident,b204,180,,,,FFEEDDCCBBAA0099
李小明,3号楼2单元501,resident,3-2-501,180,,,,
`;

async function run(...words: string[]): Promise<string> {
  const program = new Command('gatepost').exitOverride().configureOutput({ writeErr: () => undefined });
  for (const register of [registerKeygen, registerPassIssue]) register(program);
  const lines: string[] = [];
  const print = vi.spyOn(console, 'log').mockImplementation((line = '') => {
    lines.push(String(line));
  });
  const quiet = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  try {
    await program.parseAsync(words, { from: 'user' });
  } finally {
    print.mockRestore();
    quiet.mockRestore();
  }
  return lines.join('\n');
}

/** A folder with an issuer's key, a table and the words of a sound order. */
async function office(table: string) {
  const folder = temporaryFolder();
  const file = (name: string) => join(folder, name);
  const printed = await run('keygen', '--out', file('key.pem'));
  writeFileSync(file('list.csv'), table);
  writeFileSync(file('secret'), 'a secret of the site');
  const order = ['pass', 'issue', '--key', file('key.pem'), '--site', 'c42', '--csv', file('list.csv')];
  const words = [...order, '--holder-secret', file('secret'), '--time-zone', 'Asia/Shanghai'];
  const publicKey = parsePublicKey(/publicKey: "([0-9a-f]{64})"/.exec(printed)?.[1] ?? '');
  return { folder, file, out: file('out'), words: [...words, '--out', file('out')], publicKey };
}

function table(path: string): string[][] {
  return readCsv(readFileSync(path)).map(({ fields }) => [...fields]);
}

describe('gatepost pass issue --csv', () => {
  it('makes a pass a kiosk takes for every row, a register and a list of what is replaced', async () => {
    const { out, words, publicKey } = await office(`\ufeff${TABLE.replaceAll('\n', '\r\n')}`);
    await run(...words, '--reissue', '1111111111111111');
    const [, ...rows] = table(join(out, 'passes.csv'));
    expect(rows).toHaveLength(10);
    const trust = createTrust([{ publicKey, name: 'Office', status: 'active' }]);
    const readings = rows.map(([, , , , , , , text = '']) => readPass(text, trust));
    expect(readings.map((reading) => reading.status === 'verified' && reading.claims.kind)).toEqual(
      rows.map(([, , , kind]) => kind),
    );
    expect(readings[0]).toMatchObject({
      claims: {
        label: '王秀英',
        quota: { count: 1, days: 2 },
        passId: rows[0]?.[5],
        holderRef: rows[0]?.[4],
      },
    });
    expect(rows.map(([line]) => line)).toEqual(['2', '3', '4', '5', '6', '7', '8', '9', '10', '11']);

    const [header, ...holders] = table(join(out, 'holders.csv'));
    expect(header).toEqual(['holder', 'label', 'unit']);
    expect(holders).toHaveLength(9);
    expect(holders[0]).toEqual([rows[0]?.[4], '王秀英 / 李小明', '3号楼2单元501']);
    expect(readFileSync(join(out, 'revocations.txt'), 'utf8')).toBe(
      '0102030405060708\n1111111111111111\nffeeddccbbaa0099\n',
    );
    for (const name of readdirSync(out)) expect(statSync(join(out, name)).mode & 0o777).toBe(0o600);
  });

  it('names every mistake with its line and column, and does nothing', async () => {
    const { folder, words } =
      await office(`name,unit,kind,holder,expires,windows,quota,gates,bind,replaces,label
,1,resident,,2027-01-01,,,,,,
=HYPERLINK(1),1,king,xyz,2027-02-30,Mun 01:00-02:00,1,North Gate,abc,12,${'x'.repeat(25)}
ok,1,resident,,2020-01-01,,,,,,
`);
    const failure = await run(...words).catch((error: Error) => error.message);
    expect(failure).toContain('12 mistakes; nothing was done');
    for (const part of [
      'line 2, column name',
      'line 3, column name',
      'line 3, column kind',
      'line 3, column holder',
      'line 3, column expires',
      'line 3, column windows',
      'line 3, column quota',
      'line 3, column gates',
      'line 3, column bind',
      'line 3, column replaces',
      'line 3, column label',
    ]) {
      expect(failure).toContain(part);
    }
    expect(readdirSync(folder).sort()).toEqual(['key.pem', 'list.csv', 'secret']);
  });

  it('takes what a row leaves open from the options, and a day as the whole of it', async () => {
    const { out, words, publicKey } = await office('name,expires\nAnna,\nBo,2026-12-31\n');
    const options = ['--kind', 'worker', '--valid-days', '3', '--windows', 'daily 04:00-12:00'];
    vi.useFakeTimers({ now: Date.parse('2026-11-21T12:00:00Z'), toFake: ['Date'] });
    try {
      await run(...words, ...options);
    } finally {
      vi.useRealTimers();
    }
    const [, ...rows] = table(join(out, 'passes.csv'));
    expect(rows.map(([, , , , , , until]) => until)).toEqual([
      '2026-11-24T16:00:00.000Z',
      '2026-12-31T16:00:00.000Z',
    ]);
    const reading = readPass(rows[1]?.[7] ?? '', createTrust([{ publicKey, name: 'O', status: 'active' }]));
    expect(reading).toMatchObject({ claims: { kind: 'worker', windows: [{ startMinute: 240 }] } });
    const html = readFileSync(join(out, 'cards-001.html'), 'utf8');
    expect(html).toContain('2026-12-31<');
    expect(html).toContain('2026-11-24<');
  });

  it('says in each pass what its holder needs, and prints the card in the language of the holder', async () => {
    const { out, words, publicKey } = await office(
      [
        'name,needs,holder-language',
        '王秀英,"slow,speech-at-once",zh-TW',
        'Anna,ｌａｒｇｅ-ｔｙｐｅ,',
        'Bo,,ta',
        'Chen,step-free,zh-Hans-CN',
      ].join('\n'),
    );
    await run(
      ...words,
      '--kind',
      'resident',
      '--valid-days',
      '3',
      '--needs',
      'slow',
      '--holder-language',
      'en',
    );
    const [, ...rows] = table(join(out, 'passes.csv'));
    const trust = createTrust([{ publicKey, name: 'O', status: 'active' }]);
    const told = rows.map(([, , , , , , , text = '']) => {
      const reading = readPass(text, trust);
      return reading.status === 'verified' ? [reading.claims.flags, reading.claims.language] : [];
    });
    expect(told).toEqual([
      [9, 'zh-TW'],
      [4, 'en'],
      [1, 'ta'],
      [16, 'zh-Hans-CN'],
    ]);
    const html = readFileSync(join(out, 'cards-001.html'), 'utf8');
    const cards = [...html.matchAll(/<article class="card"([^>]*)>(.*?)<\/article>/gs)];
    expect(cards.map(([, attributes]) => attributes)).toEqual([
      ' lang="zh-TW"',
      ' lang="en"',
      '',
      ' lang="zh-CN"',
    ]);
    const phrases = ['掃描口', 'Hold the code', '扫码口', '扫码口'];
    for (const [at, phrase] of phrases.entries()) expect(cards[at]?.[2]).toContain(phrase);
    // What somebody needs is nobody's business who sees the card.
    expect(html).not.toMatch(/slow|speech|large|step-free/i);

    const bad = await office('name,needs,holder-language\nAnna,fast,zh_TW\nBo,"slow,duress",<b>\n');
    const failure = await run(...bad.words, '--kind', 'resident', '--valid-days', '3').catch(String);
    for (const part of [
      '2, column needs',
      '2, column holder-language',
      '3, column needs',
      '3, column holder-language',
    ])
      expect(failure).toContain(`line ${part}`);
    expect(existsSync(bad.out)).toBe(false);
  });

  it.each([
    ['an unknown column', 'name,colour\nAnna,red\n', /there is no column "colour"/],
    ['a column that stands there twice', 'name,name\nAnna,Bo\n', /column name stands there twice/],
    ['no name', 'unit\n1\n', /column name is missing/],
    ['a row with too many cells', 'name,kind\nAnna,resident,x\n', /line 2: there are more cells/],
    ['no rows', 'name\n', /no rows/],
    [
      'one holder with two units',
      'name,unit,kind,valid-days,holder\nA,1,resident,1,aabbccddeeff\nB,2,resident,1,aabbccddeeff\n',
      /line 3, column unit: line 2 has the same holder/,
    ],
  ])('refuses %s', async (_, content, message) => {
    const { words, out } = await office(content);
    await expect(run(...words)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(message),
    });
    expect(existsSync(out)).toBe(false);
  });

  const SIMPLE = [
    ['resident', 'Anna', '3-2-501'],
    ['worker', 'Bo', ''],
  ];
  it.each([
    [
      'ghost rows and lines of blanks',
      'kind,name,unit\nresident,Anna,3-2-501\nworker,Bo,\n,,\n , ,\u200b\n,,\n',
    ],
    ['columns without a name', 'kind,name,unit,,\nresident,Anna,3-2-501,,\nworker,Bo,,,\n'],
    ['more empty cells than columns', 'kind,name,unit\nresident,Anna,3-2-501,,,,\nworker,Bo,,,\n'],
    ['semicolons', 'kind;name;unit\nresident;"Anna";3-2-501\nworker;Bo;\n'],
    ['tabs', 'kind\tname\tunit\nresident\tAnna\t3-2-501\nworker\tBo\t\n'],
    ['a first line for Excel', 'sep=,\nkind,name,unit\nresident,Anna,3-2-501\nworker,Bo,\n'],
    [
      'another first line for Excel',
      '\ufeffsep=;\r\nkind;name;unit\r\nresident;Anna;3-2-501\r\nworker;Bo;\r\n',
    ],
    [
      'full-width letters in cells that are words of ours',
      'ｋｉｎｄ,name,unit\nｒｅｓｉｄｅｎｔ,Anna,3-2-501\nWorker,Bo,\n',
    ],
    [
      'what nobody sees',
      '\u200bkind,name,unit\nresident\u00a0,An\u200bna\ufeff,3-2-501\u2060\n\u3000worker,Bo,\n',
    ],
  ])('reads a table with %s', async (_, content) => {
    const { out, words } = await office(content);
    await run(...words, '--valid-days', '3');
    const [, ...rows] = table(join(out, 'passes.csv'));
    expect(rows.map(([, name, unit, kind]) => [kind, name, unit])).toEqual(SIMPLE);
  });

  it.each([
    ['#N/A', 'name,unit\nAnna,#N/A\n', /line 2, column unit: #N\/A: a formula failed/],
    ['#n/a', 'name,unit\n#n/a,\nAnna,#ref!\n', /line 2, column name: #n\/a.*\n.*line 3, column unit: #ref!/],
    ['#REF!', 'name,unit\n#REF!,1\n', /line 2, column name/],
    ['#NAME?', 'name,unit\nAnna,#NAME?\n', /a formula failed/],
    ['#####', 'name,unit\nAnna,#####\n', /a formula failed/],
    ['#WERT!', 'name,unit\nAnna,#WERT!\n', /a formula failed/],
    ['a cell outside the columns', 'name,\nAnna,x\n', /a column without a name/],
    ['a name nobody sees', 'name,unit\n\u200b\u2060,1\n', /line 2, column name: it is empty/],
    ['a name of combining marks', 'name\n\u0301\u0302\n', /line 2, column name/],
    ['a formula in full width', 'name\n＝1+1\n', /line 2, column name.*formula/],
    ['a full-width at sign', 'name,unit\nAnna,＠SUM(A1)\n', /line 2, column unit.*formula/],
    [
      'a day as one number',
      'name,not-before\nAnna,20270101\n',
      /line 2, column not-before.*write 2027-01-01/,
    ],
    ['a day as Excel counts it', 'name,not-before\nAnna,46388\n', /line 2, column not-before.*2027-01-01/],
    [
      'a day as Excel counts it, as the end',
      'name,expires\nAnna,46477\n',
      /line 2, column expires.*2027-03-31/,
    ],
  ])('refuses %s', async (_, content, message) => {
    const { words, out } = await office(content);
    const order = run(
      ...words,
      '--kind',
      'resident',
      ...(content.includes('expires') ? [] : ['--valid-days', '3']),
    );
    await expect(order).rejects.toMatchObject({ code: 'usage', message: expect.stringMatching(message) });
    expect(existsSync(out)).toBe(false);
  });

  it('says what a person may not have meant', async () => {
    const { words } = await office(
      [
        'name,unit,holder-name,replaces',
        'Anna,3-2,3-2-501,',
        'Bo,3-2,３－２－５０１,',
        'Chen,3-2,3-2-502,',
        'Deng,2-Mar,d,',
        '李,3月2日,e,1234567890123450',
        'ëʯ,9,f,',
      ].join('\n'),
    );
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const printed = await run(...words, '--kind', 'resident', '--valid-days', '3');
    const doubts = said.mock.calls.flat().map(String);
    said.mockRestore();
    expect(doubts).toEqual([
      expect.stringMatching(/line 5, column unit: "2-Mar" looks like a date/),
      expect.stringMatching(/line 6, column unit: "3月2日" looks like a date/),
      expect.stringMatching(/line 6, column replaces: 1234567890123450 looks rounded/),
      expect.stringMatching(/line 7, column name: .* another encoding/),
      expect.stringMatching(/lines 2, 3, column holder-name: read as one holder, "3-2-501"/),
      expect.stringMatching(/lines 2, 4: the unit "3-2" has 2 pseudonyms/),
    ]);
    expect(printed).toMatch(/Check value of the holder secret: [0-9a-f]{4} /);
  });

  it.each([
    ['en', 'No. <span>', 'Mon-Fri, Sun 03:45-05:00', 'Only at: north'],
    ['zh-CN', '编号 <span>', '周一-周五, 周日 03:45-05:00', '只限：north'],
    ['zh-TW', '編號 <span>', '週一-週五, 週日 03:45-05:00', '只限：north'],
  ])(
    'prints number, hours, gates and the telephone of the office on cards in %s',
    async (language, number, hours, gates) => {
      const { out, words } = await office('name,windows,gates\nAnna,"Mon-Fri,Sun 03:45-05:00",north\nBo,,\n');
      const options = ['--kind', 'worker', '--valid-days', '180', '--language', language];
      await run(...words, ...options, '--telephone', '021 5550 1234', '--office-hours', '8:00 - 18:00');
      const [, anna, bo] = table(join(out, 'passes.csv'));
      const [, first = '', second = ''] = readFileSync(join(out, 'cards-001.html'), 'utf8').split('<article');
      const id = anna?.[5] ?? '';
      expect(first).toContain(`${number}${id.slice(0, 4)} ${id.slice(4, 8)}<`);
      expect(passIdStart(`${id.slice(0, 4)} ${id.slice(4, 8)}`)).toBe(id.slice(0, 8));
      for (const text of [hours, gates, '021 5550 1234 (8:00 - 18:00)']) expect(first).toContain(text);
      // The whole last day: no time beside the date.
      expect(first).toMatch(/<b>\d{4}-\d\d-\d\d<\/b>/);
      expect(second).toContain((bo?.[5] ?? '').slice(0, 4));
      expect(second).not.toContain('class="limits"');
    },
  );

  it('takes site, zone, longest life and office from the config of a gate', async () => {
    const { file, out, words } = await office('name\nAnna\n');
    const site = `site: { id: willow-court, name: Willow Court, timeZone: America/New_York, office: { telephone: 021 5550 1234, hours: always } }`;
    const config = ONE_DOOR.replace(/^site:.*$/m, site).replace(
      'passes: {',
      'passes: { longestLifeDays: 30,',
    );
    writeFileSync(file('gate.yaml'), config);
    const own = words.filter(
      (_, at) => !['--site', '--time-zone'].some((name) => [words[at], words[at - 1]].includes(name)),
    );
    await run(...own, '--config', file('gate.yaml'), '--kind', 'worker', '--valid-days', '30');
    const [, anna] = table(join(out, 'passes.csv'));
    // An end of a day in New York, no later than thirty days from now.
    expect(anna?.[6]).toMatch(/T0[45]:00:00.000Z$/);
    expect(Date.parse(anna?.[6] ?? '')).toBeLessThanOrEqual(Date.now() + 30 * 86_400_000);
    const html = readFileSync(join(out, 'cards-001.html'), 'utf8');
    for (const text of ['Willow Court', '021 5550 1234 (always)']) expect(html).toContain(text);
  });

  it('gives no pass an id that a spreadsheet takes for a number', () => {
    const nowS = Math.floor(Date.now() / 1000);
    const signer = testSigner('issuer');
    const issue = { site: 'c42', nowS, timeZone: 'Asia/Shanghai', longestDays: 400, signer };
    const ids = Array.from(
      { length: 5_000 },
      () => issuePass({ kind: 'resident', expires: nowS + 86_400 }, issue).claims.passId,
    );
    expect(ids.filter((id) => Number.isFinite(Number(id)))).toEqual([]);
  });

  it('never writes into a folder that is there', async () => {
    const { words, folder } = await office(TABLE);
    await expect(run(...words, '--out', folder)).rejects.toMatchObject({ code: 'usage' });
  });

  it('splits a large table into files of a hundred sheets', async () => {
    const names = Array.from({ length: 801 }, (_, index) => `Person ${index}`);
    const { out, words } = await office(`name\n${names.join('\n')}\n`);
    await run(...words, '--kind', 'resident', '--valid-days', '9');
    const sheets = ['cards-001.html', 'cards-002.html'].map(
      (name) => readFileSync(join(out, name), 'utf8').split('<section class="sheet">').length - 1,
    );
    expect(sheets).toEqual([100, 1]);
  });
});

describe('gatepost pass issue --reissue', () => {
  it('adds the replaced passes to the list', async () => {
    const { file } = await office(TABLE);
    const order = ['pass', 'issue', '--key', file('key.pem'), '--site', 'c42', '--kind', 'resident'];
    const words = [...order, '--valid-days', '9', '--reissue', '0102030405060708,A1A2A3A4A5A6A7A8'];
    await expect(run(...words)).rejects.toMatchObject({ code: 'usage' });
    writeFileSync(file('revoked.txt'), 'aaaaaaaaaaaaaaaa\n');
    expect(await run(...words, '--revocations', file('revoked.txt'))).toMatch(/^GP1:/);
    expect(readFileSync(file('revoked.txt'), 'utf8')).toBe(
      'aaaaaaaaaaaaaaaa\n0102030405060708\na1a2a3a4a5a6a7a8\n',
    );
  });
});

needs('chromium')('a printed sheet', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openChromium();
  });
  afterAll(() => closePages(browser));

  /** The first sheet at 300 dots an inch as a worn scanner might see it: grey, soft, speckled, turned by 3 degrees. */
  async function photograph(html: string): Promise<Buffer> {
    const context = await browser.newContext({
      viewport: { width: 820, height: 1140 },
      deviceScaleFactor: DPI_300,
    });
    context.setDefaultTimeout(200_000);
    const page = await context.newPage();
    await page.goto(pathToFileURL(html).href);
    await page.emulateMedia({ media: 'print' });
    await page.addStyleTag({
      content:
        'html { background: #ddd } .sheet { background: #ddd; filter: blur(.35px) contrast(.7) grayscale(1); transform: rotate(3deg) scale(.95) } .sheet + .sheet { display: none }',
    });
    await page.evaluate(ADD_SPECKLES);
    const picture = await page.screenshot();
    await context.close();
    return picture;
  }

  async function printed(...options: string[]) {
    const { out, words } = await office(TABLE);
    await run(...words, '--qr-size', '25', ...options);
    const [, ...rows] = table(join(out, 'passes.csv'));
    const texts = rows.slice(0, 8).map((row) => row[7] ?? '');
    return { out, html: join(out, 'cards-001.html'), texts };
  }

  it.each(['a4', 'letter'])(
    'on %s has codes of 25 mm that all read back from a poor picture',
    async (paper) => {
      const { html, texts } = await printed('--paper', paper);
      const picture = await photograph(html);
      const found = await readBarcodes(new Uint8Array(picture), {
        formats: ['QRCode'],
        maxNumberOfSymbols: 16,
        tryHarder: true,
      });
      expect(found.map(({ text }) => text).sort()).toEqual([...texts].sort());
      for (const { position } of found) {
        const { topLeft, topRight } = position;
        const sideMm = ((Math.hypot(topRight.x - topLeft.x, topRight.y - topLeft.y) / 300) * 25.4) / 0.95;
        expect(sideMm).toBeGreaterThan(24.5);
        expect(sideMm).toBeLessThan(25.5);
      }
    },
  );

  needs('zbarimg')('and a second reader', () => {
    it('reads every code of it as well', async () => {
      const { out, html, texts } = await printed();
      const picture = join(out, 'sheet.png');
      writeFileSync(picture, await photograph(html));
      const { stdout } = await promisify(execFile)('zbarimg', [
        '--quiet',
        '--raw',
        '-Sdisable',
        '-Sqrcode.enable',
        picture,
      ]);
      expect(stdout.trimEnd().split('\n').sort()).toEqual([...texts].sort());
    });
  });

  it('breaks no name inside its words, and leads phones to the page that keeps passes', async () => {
    const request = Buffer.from(testSigner('phone').publicKey).toString('base64url');
    const { out, words } = await office(
      `name,kind,valid-days,bind\n欧阳·娜仁托娅,resident,9,${request}\nBartholomew Featherstonehaugh,resident,9,\n`,
    );
    const address = 'https://office.example/pass/';
    await run(...words, '--phone-page', address, '--telephone', '021 5550 1234');
    const viewport = { width: 820, height: 1140 };
    const page = await browser.newPage({ viewport, deviceScaleFactor: DPI_300 });
    page.setDefaultTimeout(200_000);
    await page.goto(pathToFileURL(join(out, 'cards-001.html')).href);
    // A bound pass is nothing for the reader of a gate: its card is for the camera of the phone.
    const [bound = '', paper = ''] = table(join(out, 'passes.csv')).flatMap((row) =>
      row[7]?.slice(0, 4) === 'GP1:' ? [row[7]] : [],
    );
    const found = await readBarcodes(new Uint8Array(await page.screenshot()), { formats: ['QRCode'] });
    const texts = found.map(({ text }) => text);
    expect(texts.sort()).toEqual([paper, `${address}#pass=${encodeURIComponent(bound)}`].sort());
    const leaflet = readFileSync(join(out, 'leaflet.html'), 'utf8');
    for (const text of [address, 'c42', '021 5550 1234']) expect(leaflet).toContain(text);
    const lines = await page.evaluate(LINES_OF_NAMES);
    expect(lines).toEqual([
      expect.arrayContaining([expect.stringContaining('娜仁托娅')]),
      expect.arrayContaining([expect.stringContaining('Featherstonehaugh')]),
    ]);
    await page.close();
  });

  it('shows names as text, keeps every word on its card and runs no script', async () => {
    const office = ['--telephone', '+86 21 5550 1234', '--office-hours', 'Mon-Fri 8:00 - 18:00'];
    const { html } = await printed('--language', 'en', '--qr-size', '40', ...office);
    const page = await browser.newPage({ viewport: { width: 820, height: 1140 } });
    page.setDefaultTimeout(200_000);
    await page.goto(pathToFileURL(html).href);
    expect(await page.locator('.name').allTextContents()).toContain('<script>alert(1)</script>');
    expect(await page.locator('script').count()).toBe(0);
    const cutOff = await page.evaluate(CUT_OFF);
    expect(cutOff).toEqual([]);
    await page.close();
  });

  it('comes as PDF too, two pages for ten cards', async () => {
    const { out } = await printed('--pdf');
    const pdf = readFileSync(join(out, 'cards-001.pdf'), 'latin1');
    expect(pdf.startsWith('%PDF-')).toBe(true);
    expect(pdf).toContain('/Count 2');
    expect(pdf).toMatch(/\/MediaBox \[0 0 59[45]\.\d* 84[12]\.\d*\]/);
    expect(statSync(join(out, 'cards-001.pdf')).mode & 0o777).toBe(0o600);
  });

  it('asks for Chromium before it signs anything where there is none', async () => {
    const { out, words } = await office(TABLE);
    vi.stubEnv('PATH', '/nowhere');
    try {
      await expect(run(...words, '--pdf')).rejects.toThrowError(/apt install chromium/);
    } finally {
      vi.unstubAllEnvs();
    }
    expect(existsSync(out)).toBe(false);
  });
});
