import { readFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import { readCsvTable } from '../../adapters/files/csv-table.ts';
import { appendLines } from '../../adapters/files/new-files.ts';
import { GatepostError } from '../../core/errors.ts';
import type { PassClaims } from '../../core/pass/pass.ts';
import { csvLine } from '../../core/text/csv-line.ts';
import { plainForm } from '../../core/text/visible.ts';
import { passIdStart } from '../cards/card-text.ts';
import type { TablePass } from './columns.ts';

const COLUMNS = ['line', 'name', 'unit', 'kind', 'holder', 'pass-id', 'valid-until', 'pass'] as const;

/** A pass that stands in a table, and whose it is. */
export interface PassOnRecord {
  readonly text: string;
  readonly name: string;
  readonly unit: string;
}

/** passes.csv as `gatepost pass issue --csv` writes it. */
export function passesTable(passes: readonly TablePass[]): string {
  return [csvLine(COLUMNS), ...passes.map((pass) => rowOf(String(pass.line), pass, pass.claims))].join('');
}

/** Such a table in a file, which somebody may have saved anew with a spreadsheet. */
export class PassTable {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * The pass whose id begins with `number`; undefined if there is none.
   * @throws GatepostError `usage` if there is more than one, or the file is no such table
   */
  find(number: string): PassOnRecord | undefined {
    const rows = readCsvTable(this.#path, COLUMNS, ['pass-id', 'pass']);
    const found = rows.filter(({ cells }) => cells['pass-id']?.toLowerCase().startsWith(number) === true);
    const [first] = found;
    if (first === undefined) return undefined;
    if (found.length > 1) {
      const all = found.map(({ line }) => line).join(', ');
      throw new GatepostError(
        'usage',
        `Several passes in ${this.#path} have the number ${number} (lines ${all}): give all 16 characters of the id.`,
      );
    }
    const { pass: text = '', name = '', unit = '' } = first.cells;
    return { text, name, unit };
  }

  /** Adds a pass, on disk when this returns. A table of another form is left as it is, and that is said. */
  add(pass: PassOnRecord & { readonly claims: PassClaims }): void {
    const [header = ''] = readFileSync(this.#path, 'utf8').split(/\r?\n/, 1);
    if (header.replace(/^\ufeff/, '') !== csvLine(COLUMNS).trimEnd()) {
      console.error(
        `${this.#path} was saved by another program and is left as it is: note the new pass ${pass.claims.passId} there yourself.`,
      );
      return;
    }
    appendLines(this.#path, [rowOf('', pass, pass.claims).trimEnd()]);
  }
}

/** Reader of the option: the number on a card, or the whole id of a pass. */
export function passNumber(written: string): string {
  const number = passIdStart(written);
  const id = plainForm(written).toLowerCase();
  if (number !== undefined) return number;
  if (/^[0-9a-f]{16}$/.test(id)) return id;
  throw new InvalidArgumentError('It must be the 8 characters on the card, or the 16 of the id of the pass.');
}

function rowOf(line: string, { name, unit, text }: PassOnRecord, claims: PassClaims): string {
  return csvLine([
    line,
    name,
    unit,
    claims.kind,
    claims.holderRef ?? '',
    claims.passId,
    new Date(claims.expiresAt * 1000).toISOString(),
    text,
  ]);
}
