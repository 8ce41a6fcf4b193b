import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findChromium, printPdf } from '../../adapters/chromium/print-pdf.ts';
import { RowProblems } from '../../adapters/files/csv-table.ts';
import { makeNewFolder } from '../../adapters/files/new-files.ts';
import { csvLine } from '../../core/text/csv-line.ts';
import { wallClockText } from '../../core/time/time-zone.ts';
import { cardSheets, type SheetOptions } from '../cards/card-sheets.ts';
import { cardWordsByLanguage, loadCardWords } from '../cards/card-words.ts';
import { Progress } from '../progress.ts';
import type { TablePass } from './columns.ts';
import { codeFor } from './hand-out.ts';
import { leaflet } from './leaflet.ts';
import { checkLine, type Issue, type IssuedPass, type PassOrder } from './order.ts';
import { passesTable } from './pass-table.ts';
import { issueRows } from './table.ts';

/** Longest label of the directory, in characters. */
const LABEL_MAX = 60;

export interface TableOptions {
  readonly siteName?: string;
  readonly timeZone?: string;
  readonly language: string;
  readonly paper: SheetOptions['paper'];
  readonly qrSize: number;
  readonly pdf?: boolean;
  readonly telephone?: string;
  readonly officeHours?: string;
  readonly phonePage?: string;
}

/**
 * Creates the folder `out` with passes.csv, holders.csv for the directory of a kiosk, card sheets, revocations.txt if
 * passes are replaced, and leaflet.html where phones keep passes: all of it or nothing.
 * @throws GatepostError `usage`, `key.invalid`
 */
export async function issuePassTable(order: {
  readonly csv: string;
  readonly out: string;
  readonly defaults: Partial<PassOrder>;
  readonly replaced: readonly string[];
  readonly issue: Issue;
  readonly table: TableOptions;
}): Promise<void> {
  const { csv, out, issue, table } = order;
  const { timeZone } = issue;
  if (table.pdf === true) findChromium();
  const signing = new Progress('Signing passes');
  const passes = issueRows(csv, {
    defaults: orderOf(order.defaults),
    issue,
    onRow: (done, total) => signing.update(done, total),
  });
  signing.end();
  const holders = holdersTable(csv, passes);
  const replaced = [...new Set([...order.replaced, ...passes.flatMap(({ replaces }) => replaces)])].sort();
  const sheets = {
    site: table.siteName ?? issue.site,
    timeZone,
    paper: table.paper,
    qrMm: table.qrSize,
    words: loadCardWords(table.language),
    wordsIn: cardWordsByLanguage(),
    ...(table.telephone === undefined ? {} : { telephone: table.telephone }),
    ...(table.officeHours === undefined ? {} : { officeHours: table.officeHours }),
    codeOf: (pass: IssuedPass) => codeFor(pass, table.phonePage),
  };
  await makeNewFolder(out, async (folder) => {
    // Names and passes must be readable for the office only.
    const write = (name: string, content: string) =>
      writeFileSync(join(folder, name), content, { mode: 0o600, flush: true });
    write('passes.csv', passesTable(passes));
    write('holders.csv', holders);
    if (replaced.length > 0) write('revocations.txt', replaced.map((id) => `${id}\n`).join(''));
    if (table.phonePage !== undefined)
      write('leaflet.html', leaflet({ ...table, address: table.phonePage, name: sheets.site }));
    const drawing = new Progress('Drawing cards');
    let drawn = 0;
    let file = 0;
    for (const { html, cards } of cardSheets(passes, sheets)) {
      file += 1;
      const name = `cards-${String(file).padStart(3, '0')}`;
      write(`${name}.html`, html);
      if (table.pdf === true) await printPdf(join(folder, `${name}.html`), join(folder, `${name}.pdf`));
      drawn += cards;
      drawing.update(drawn, passes.length);
    }
    drawing.end();
  });
  console.log(
    `${passes.length} passes in ${out}. It holds names and valid passes: keep it for the office alone.`,
  );
  console.log(
    `Dates are in the time of ${timeZone}, where it is ${wallClockText(Date.now(), timeZone)} now.`,
  );
  if (issue.holderSecret !== undefined) console.log(checkLine(issue.holderSecret));
  if (replaced.length > 0) {
    console.log(
      `${replaced.length} replaced passes in ${join(out, 'revocations.txt')} still have to be revoked.`,
    );
  }
}

/** The options that apply to all rows; the other options do not describe passes. */
function orderOf(options: Partial<PassOrder>): Partial<PassOrder> {
  const { kind, validDays, expires, notBefore, windows, quota, uses, gates } = options;
  const { flags, needs, holderLanguage } = options;
  const when = { validDays, expires, notBefore, windows };
  const order = { kind, ...when, quota, uses, gates, flags, needs, holderLanguage };
  return Object.fromEntries(Object.entries(order).filter(([, value]) => value !== undefined));
}

/** One row a holder; the label of a household names all of its people. */
function holdersTable(csv: string, passes: readonly TablePass[]): string {
  const holders = new Map<
    string,
    { readonly unit: string; readonly line: number; readonly names: string[] }
  >();
  const problems = new RowProblems();
  for (const { line, name, unit, claims } of passes) {
    if (claims.holderRef === undefined) continue;
    const known = holders.get(claims.holderRef);
    if (known === undefined) {
      holders.set(claims.holderRef, { unit, line, names: [name] });
    } else if (known.unit !== unit) {
      problems.add(line, 'unit', `line ${known.line} has the same holder with another unit`);
    } else if (!known.names.includes(name)) {
      known.names.push(name);
    }
  }
  problems.throwIfAny(csv);
  const rows = [...holders].map(([ref, { unit, names }]) =>
    csvLine([ref, shortened(names.join(' / ')), unit]),
  );
  return [csvLine(['holder', 'label', 'unit']), ...rows].join('');
}

function shortened(label: string): string {
  return label.length <= LABEL_MAX ? label : `${label.slice(0, LABEL_MAX - 1)}…`;
}
