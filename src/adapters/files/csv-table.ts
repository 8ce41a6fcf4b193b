import { readFileSync, statSync } from 'node:fs';
import { GatepostError, isGatepostError, messageOf } from '../../core/errors.ts';
import { plainForm, withoutUnseen } from '../../core/text/visible.ts';
import { CSV_BYTES_MAX, readCsv, type Separator } from './csv.ts';

/** Most problems that are listed at once. */
const PROBLEMS_SHOWN = 50;

/**
 * One row by the names of its columns. Cells are trimmed and contain no invisible characters; empty ones are absent.
 */
export interface TableRow<Column extends string> {
  readonly line: number;
  readonly cells: { readonly [C in Column]?: string };
}

/**
 * What a spreadsheet leaves in the cell of a failed formula: #N/A, #REF!, #NAME?, #####, Err:502, and translations.
 */
const FAILED_FORMULA = /^(#(N\/A|N\/V|NV|GETTING_DATA|[\p{L}\p{N}/_ ]{2,30}[!?]|#+)|Err:\d{3})$/iu;

/**
 * A table whose first row names its columns, in any order. The separator is a comma, semicolon or tab, whichever
 * gives known columns. Empty rows and columns, which spreadsheets write, are left out.
 * @throws GatepostError `usage` for a file that cannot be read, for an unknown, duplicate or missing column, and with
 * a list of all rows with cells outside the columns and all failed formulas
 */
export function readCsvTable<Column extends string>(
  path: string,
  columns: readonly Column[],
  required: readonly Column[],
): TableRow<Column>[] {
  const [header, ...rows] = readCsv(readBounded(path), (line) => separatorOf(line, columns));
  const names = columnNames(header?.fields ?? [], header?.line ?? 1, columns, required);
  const problems = new RowProblems();
  const table = rows.flatMap(({ line, fields }): TableRow<Column>[] => {
    const cells = cellsOf(names, fields.map(withoutUnseen), line, problems);
    return cells === undefined ? [] : [{ line, cells }];
  });
  problems.throwIfAny(path);
  return table;
}

/** The separator with which most cells of the first line are column names. */
function separatorOf(line: string, columns: readonly string[]): Separator {
  const known = (separator: Separator): number =>
    line.split(separator).filter((cell) => columns.includes(columnName(cell.replaceAll('"', '')))).length;
  const separators: readonly Separator[] = [',', ';', '\t'];
  return separators.reduce((best, other) => (known(other) > known(best) ? other : best));
}

/** Undefined for an empty row. */
function cellsOf<Column extends string>(
  names: readonly (Column | undefined)[],
  fields: readonly string[],
  line: number,
  problems: RowProblems,
): { [C in Column]?: string } | undefined {
  const cells: { [C in Column]?: string } = {};
  let isEmpty = true;
  for (const [index, cell] of fields.entries()) {
    if (cell === '') continue;
    isEmpty = false;
    const name = names[index];
    if (name === undefined)
      problems.add(
        line,
        undefined,
        index < names.length
          ? 'a cell stands in a column without a name'
          : 'there are more cells than columns',
      );
    else if (FAILED_FORMULA.test(plainForm(cell)))
      problems.add(line, name, `${cell}: a formula failed there`);
    else cells[name] = cell;
  }
  return isEmpty ? undefined : cells;
}

function columnName(cell: string): string {
  return plainForm(cell).toLowerCase();
}

/** The columns from left to right; undefined for those without a name. */
function columnNames<Column extends string>(
  header: readonly string[],
  line: number,
  columns: readonly Column[],
  required: readonly Column[],
): (Column | undefined)[] {
  const names = header.map((cell) => {
    const wanted = columnName(cell);
    const known = columns.find((column) => column === wanted);
    if (known !== undefined || wanted === '') return known;
    throw new GatepostError(
      'usage',
      `Line ${line}: there is no column ${JSON.stringify(cell.trim().slice(0, 40))}. The first line names the columns: ${columns.join(', ')}. Between them stand commas, semicolons or tabs.`,
    );
  });
  const twice = names.find((name, index) => name !== undefined && names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new GatepostError('usage', `Line ${line}: the column ${twice} stands there twice.`);
  const missing = required.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new GatepostError(
      'usage',
      `Line ${line}: the column ${missing.join(' and ')} is missing. The first line names the columns, e.g. ${columns.join(',')}.`,
    );
  }
  return names;
}

function readBounded(path: string): Uint8Array {
  try {
    const stats = statSync(path);
    if (!stats.isFile()) throw new Error('it is not a regular file');
    if (stats.size > CSV_BYTES_MAX) throw new Error('it is larger than 256 MiB');
    return readFileSync(path);
  } catch (error) {
    throw new GatepostError('usage', `Cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}

/** What is wrong with a table, row by row, so that everything can be corrected at once. */
export class RowProblems {
  readonly #lines: string[] = [];
  #count = 0;

  add(line: number, column: string | undefined, what: string): void {
    this.#count += 1;
    if (this.#lines.length >= PROBLEMS_SHOWN) return;
    this.#lines.push(`  line ${line}${column === undefined ? '' : `, column ${column}`}: ${what}`);
  }

  /** Reads one cell; what its reader throws as `usage` or `pass.invalid` becomes a problem of this cell. */
  cell<T>(line: number, column: string | undefined, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!isGatepostError(error, 'usage') && !isGatepostError(error, 'pass.invalid')) throw error;
      this.add(line, column, error.message);
      return undefined;
    }
  }

  /** @throws GatepostError `usage` with every problem */
  throwIfAny(path: string): void {
    if (this.#count === 0) return;
    const more = this.#count - this.#lines.length;
    const rest = more > 0 ? `\n  and ${more} more` : '';
    throw new GatepostError(
      'usage',
      `${path} has ${this.#count} ${this.#count === 1 ? 'mistake' : 'mistakes'}; nothing was done:\n${this.#lines.join('\n')}${rest}`,
    );
  }
}
