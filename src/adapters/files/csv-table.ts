import { readFileSync, statSync } from 'node:fs';
import { GatepostError, isGatepostError, messageOf } from '../../core/errors.ts';
import { CSV_BYTES_MAX, readCsv } from './csv.ts';

/** Most problems that are told at once. */
const PROBLEMS_SHOWN = 50;

/** One row by the names of its columns. Cells are trimmed; empty ones are absent. */
export interface TableRow<Column extends string> {
  readonly line: number;
  readonly cells: { readonly [C in Column]?: string };
}

/**
 * A table whose first row names its columns, in any order.
 * @throws GatepostError `usage` for a file that cannot be read, an unknown, double or missing column, and naming
 * every row with more cells than columns
 */
export function readCsvTable<Column extends string>(
  path: string,
  columns: readonly Column[],
  required: readonly Column[],
): TableRow<Column>[] {
  const [header, ...rows] = readCsv(readBounded(path));
  const names = columnNames(header?.fields ?? [], columns, required);
  const problems = new RowProblems();
  const table = rows.map(({ line, fields }) => {
    if (fields.length > names.length) problems.add(line, undefined, 'there are more cells than columns');
    return { line, cells: cellsOf(names, fields) };
  });
  problems.throwIfAny(path);
  return table;
}

function cellsOf<Column extends string>(names: readonly Column[], fields: readonly string[]) {
  const cells: { [C in Column]?: string } = {};
  for (const [index, name] of names.entries()) {
    const cell = fields[index]?.trim() ?? '';
    if (cell !== '') cells[name] = cell;
  }
  return cells;
}

function columnNames<Column extends string>(
  header: readonly string[],
  columns: readonly Column[],
  required: readonly Column[],
): Column[] {
  const names = header.map((cell) => {
    const wanted = cell.trim().toLowerCase();
    const known = columns.find((column) => column === wanted);
    if (known !== undefined) return known;
    throw new GatepostError(
      'usage',
      `Line 1: there is no column ${JSON.stringify(cell.slice(0, 40))}. The first line names the columns: ${columns.join(', ')}.`,
    );
  });
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new GatepostError('usage', `Line 1: the column ${twice} stands there twice.`);
  const missing = required.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new GatepostError(
      'usage',
      `Line 1: the column ${missing.join(' and ')} is missing. The first line names the columns, e.g. ${columns.join(',')}.`,
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

/** What is wrong with a table, row by row, so that everything can be mended at once. */
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
