import { InvalidArgumentError } from 'commander';
import { RowProblems, readCsvTable, type TableRow } from '../../adapters/files/csv-table.ts';
import { PASS_KINDS, type PassKind } from '../../core/access/vocabulary.ts';
import { GatepostError } from '../../core/errors.ts';
import { gateOrSiteId, labelText, languageTag } from '../../core/pass/claim-fields.ts';
import { plainForm } from '../../core/text/visible.ts';
import { parseWindows } from '../../core/time/windows-text.ts';
import { cardText } from '../cards/card-text.ts';
import { readMoment } from '../moments.ts';
import { hexBytes, holderKey, needFlags, passIds, quota, wholeNumber } from '../option-values.ts';
import { PASS_COLUMNS, type PassColumn, type TablePass } from './columns.ts';
import { type Issue, issuePass, LONGEST_LIFE_DAYS, type PassOrder } from './order.ts';
import { tableDoubts } from './table-doubts.ts';

/** Columns taken exactly as written; all others have our own words and numbers, in any width of characters. */
const PEOPLES_WORDS: readonly PassColumn[] = ['name', 'unit', 'label', 'holder-name', 'bind'];

/**
 * A signed pass for each row. Empty cells take the value of the options.
 * @throws GatepostError `usage` with line and column of every mistake
 */
export function issueRows(
  path: string,
  options: {
    readonly defaults: Partial<PassOrder>;
    readonly issue: Issue;
    readonly onRow: (done: number, total: number) => void;
  },
): TablePass[] {
  const rows = readCsvTable(path, PASS_COLUMNS, ['name']);
  const problems = new RowProblems();
  const passes: TablePass[] = [];
  for (const [index, row] of rows.entries()) {
    const pass = issueRow(row, problems, options);
    if (pass !== undefined) passes.push(pass);
    options.onRow(index + 1, rows.length);
  }
  problems.throwIfAny(path);
  for (const doubt of tableDoubts(rows, passes)) console.error(`Look again: ${doubt}`);
  if (passes.length === 0) throw new GatepostError('usage', `${path} has no rows below its first line.`);
  return passes;
}

function issueRow(
  row: TableRow<PassColumn>,
  problems: RowProblems,
  options: { readonly defaults: Partial<PassOrder>; readonly issue: Issue },
): TablePass | undefined {
  const { line } = row;
  let sound = true;
  const cell = <T>(column: PassColumn, read: (text: string) => T): T | undefined => {
    const written = row.cells[column];
    if (written === undefined) return undefined;
    const text = PEOPLES_WORDS.includes(column) ? written : plainForm(written);
    const value = problems.cell(line, column, () => asUsage(() => read(text)));
    if (value === undefined) sound = false;
    return value;
  };
  const problem = (column: PassColumn | undefined, what: string): void => {
    problems.add(line, column, what);
    sound = false;
  };

  const name = cell('name', cardText) ?? '';
  const unit = cell('unit', cardText) ?? '';
  const replaces = cell('replaces', passIds) ?? [];
  const own = ownOrder(cell, options.issue.timeZone);
  if (row.cells.name === undefined) problem('name', 'it is empty');
  if (own.holder !== undefined && own.holderName !== undefined) problem('holder', 'holder-name is given too');
  if (own.validDays !== undefined && own.expires !== undefined) problem('expires', 'valid-days is given too');
  const kind = own.kind ?? options.defaults.kind;
  if (kind === undefined && row.cells.kind === undefined)
    problem('kind', 'it is empty and there is no --kind');
  if (!sound || kind === undefined) return undefined;

  const order = { ...withoutEnd(options.defaults, own), ...own, kind };
  const issued = problems.cell(line, undefined, () => issuePass(order, options.issue));
  return issued && { ...issued, line, name, unit, replaces };
}

type ReadCell = <T>(column: PassColumn, read: (text: string) => T) => T | undefined;

function ownOrder(cell: ReadCell, timeZone: string): Partial<PassOrder> {
  const order = {
    kind: cell('kind', passKind),
    holder: cell('holder', hexBytes(6)),
    holderName: cell('holder-name', (text) => text),
    validDays: cell('valid-days', wholeNumber(1, LONGEST_LIFE_DAYS)),
    expires: cell('expires', (text) => readMoment(text, { timeZone, day: 'end' })),
    notBefore: cell('not-before', (text) => readMoment(text, { timeZone, day: 'begin' })),
    windows: cell('windows', checked(parseWindows)),
    quota: cell('quota', quota),
    label: cell('label', labelText),
    uses: cell('uses', wholeNumber(1, 65_535)),
    gates: cell('gates', checked(gateIds)),
    flags: cell('flags', wholeNumber(0, 0xffff_ffff)),
    needs: cell('needs', needFlags),
    holderLanguage: cell('holder-language', languageTag),
    // The apostrophe that keeps a spreadsheet from changing a text, as a key beginning with a minus needs it.
    bind: cell('bind', (text) => holderKey(text.replace(/^['’]/, ''))),
  };
  const given = Object.entries(order).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Partial<PassOrder>;
}

/** An end in the row replaces either kind of end in the options. */
function withoutEnd(defaults: Partial<PassOrder>, own: Partial<PassOrder>): Partial<PassOrder> {
  const { validDays, expires, ...rest } = defaults;
  if (own.validDays !== undefined || own.expires !== undefined) return rest;
  return {
    ...rest,
    ...(validDays === undefined ? {} : { validDays }),
    ...(expires === undefined ? {} : { expires }),
  };
}

function passKind(text: string): PassKind {
  const kind = PASS_KINDS.find((known) => known === text.toLowerCase());
  if (kind !== undefined) return kind;
  throw new GatepostError('usage', `It must be one of ${PASS_KINDS.join(', ')}.`);
}

function gateIds(text: string): void {
  for (const gate of text.split(',')) gateOrSiteId(gate.trim(), 'a gate');
}

/** The text itself, once `check` has accepted it. */
function checked(check: (text: string) => unknown): (text: string) => string {
  return (text) => {
    check(text);
    return text;
  };
}

/** Turns errors of commander's option readers into the error of a cell. */
function asUsage<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidArgumentError)
      throw new GatepostError('usage', error.message, { cause: error });
    throw error;
  }
}
