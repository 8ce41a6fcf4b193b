import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { RowProblems, readCsvTable } from '../../adapters/files/csv-table.ts';
import { checkPhoto } from '../../adapters/files/photo-file.ts';
import { HOLDER_REF } from '../../core/access/bounds.ts';
import { GatepostError } from '../../core/errors.ts';
import { plainForm } from '../../core/text/visible.ts';
import { cardText } from '../cards/card-text.ts';

/** Column names in the first row, in any order. */
const DIRECTORY_COLUMNS = ['holder', 'label', 'unit', 'photo'] as const;
const PHOTO_ENDINGS = ['.jpg', '.jpeg', '.png'];

/** A row of the table. */
interface ListedHolder {
  readonly holderRef: string;
  readonly label: string;
  readonly unit: string;
  /** Path of the photograph, already checked to be one. */
  readonly photo?: string;
}

/**
 * The holders of a table. A photograph is the file in the folder `photos` that the cell `photo` names, or
 * `<holder>.jpg`, `.jpeg` or `.png` there.
 * @throws GatepostError `usage` with line and column of every mistake
 */
export function readDirectoryTable(path: string, photos: string | undefined): ListedHolder[] {
  const problems = new RowProblems();
  const lines = new Map<string, number>();
  const entries: ListedHolder[] = [];
  for (const { line, cells } of readCsvTable(path, DIRECTORY_COLUMNS, ['holder', 'label'])) {
    const holderRef = problems.cell(line, 'holder', () => pseudonym(plainForm(cells.holder ?? '')));
    const label = problems.cell(line, 'label', () => required(cells.label));
    const unit = problems.cell(line, 'unit', () => cardText(cells.unit ?? ''));
    if (holderRef === undefined || label === undefined || unit === undefined) continue;
    const earlier = lines.get(holderRef);
    if (earlier !== undefined) {
      problems.add(line, 'holder', `it stands in line ${earlier} already`);
      continue;
    }
    lines.set(holderRef, line);
    const photo = problems.cell(line, 'photo', () => photoOf(cells.photo, holderRef, photos) ?? 'none');
    if (photo === undefined) continue;
    entries.push({ holderRef, label, unit, ...(photo === 'none' ? {} : { photo: photo.path }) });
  }
  problems.throwIfAny(path);
  return entries;
}

function pseudonym(text: string): string {
  const typed = text.toLowerCase();
  if (HOLDER_REF.test(typed)) return typed;
  throw new GatepostError('usage', 'It must be 12 hex characters.');
}

function required(text: string | undefined): string {
  if (text === undefined) throw new GatepostError('usage', 'it is empty');
  return cardText(text);
}

function photoOf(
  name: string | undefined,
  holderRef: string,
  folder: string | undefined,
): { readonly path: string } | undefined {
  if (name !== undefined) {
    if (folder === undefined)
      throw new GatepostError('usage', 'Say where photographs lie with --photos FOLDER.');
    // A file name, not a path: a table must not reach other files of the computer.
    if (!/^[^/\\]+$/.test(name) || name === '.' || name === '..') {
      throw new GatepostError('usage', 'It must be the name of a file in the folder of photographs.');
    }
    checkPhoto(join(folder, name));
    return { path: join(folder, name) };
  }
  if (folder === undefined) return undefined;
  const path = PHOTO_ENDINGS.map((ending) => join(folder, `${holderRef}${ending}`)).find((file) =>
    existsSync(file),
  );
  if (path === undefined) return undefined;
  checkPhoto(path);
  return { path };
}
