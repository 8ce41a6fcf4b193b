import type { TableRow } from '../../adapters/files/csv-table.ts';
import { plainForm, plainName } from '../../core/text/visible.ts';
import type { PassColumn, TablePass } from './columns.ts';

const DOUBTS_SHOWN = 20;
/** A flat such as 3-2 that a spreadsheet has turned into a date: 2-Mar, Mar-02, 3月2日, 3/2/2026, 2026-03-02. */
const LIKE_A_DATE =
  /^(\d{1,2}[- ](Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)([- ]\d{2,4})?|(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[- ]\d{1,4}|(\d{4}年)?\d{1,2}月\d{1,2}日|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|(19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2})$/i;
/** Phonetic letters, which appear in names only if bytes were read in the wrong encoding. */
const MISREAD = /[\u0180-\u019f\u01a2-\u01ae\u01b1-\u01cc\u01dd-\u0217\u021c-\u02af]/u;
/** Digits only: a spreadsheet keeps fifteen and replaces the rest by zeros. */
const LIKE_ROUNDED = /(^|[\s,;])\d{15}0($|[\s,;])/;

/** Well-formed rows that are probably a mistake. */
export function tableDoubts(
  rows: readonly TableRow<PassColumn>[],
  passes: readonly TablePass[],
): readonly string[] {
  const doubts = [...cellDoubts(rows), ...spellingDoubts(rows), ...unitDoubts(passes)];
  const more = doubts.length - DOUBTS_SHOWN;
  return more > 0 ? [...doubts.slice(0, DOUBTS_SHOWN), `and ${more} more like these.`] : doubts;
}

function* cellDoubts(rows: readonly TableRow<PassColumn>[]): Generator<string> {
  for (const { line, cells } of rows) {
    for (const column of ['name', 'unit', 'holder-name', 'label'] as const) {
      const cell = cells[column] ?? '';
      if (LIKE_A_DATE.test(plainForm(cell)))
        yield `line ${line}, column ${column}: "${cell}" looks like a date that a spreadsheet made of a number; make the column text.`;
      if (MISREAD.test(cell))
        yield `line ${line}, column ${column}: "${cell}" looks like Chinese saved in another encoding; save the table as "CSV UTF-8".`;
    }
    if (LIKE_ROUNDED.test(cells.replaces ?? ''))
      yield `line ${line}, column replaces: ${cells.replaces} looks rounded by a spreadsheet; compare it with passes.csv, or the lost pass stays good.`;
  }
}

/** One holder, written in several ways. */
function* spellingDoubts(rows: readonly TableRow<PassColumn>[]): Generator<string> {
  const spellings = new Map<string, Map<string, number>>();
  for (const { line, cells } of rows) {
    const written = cells['holder-name'];
    if (written === undefined) continue;
    const plain = plainName(written);
    const known = spellings.get(plain) ?? new Map<string, number>();
    if (!known.has(written)) known.set(written, line);
    spellings.set(plain, known);
  }
  for (const [plain, written] of spellings) {
    if (written.size > 1)
      yield `lines ${[...written.values()].join(', ')}, column holder-name: read as one holder, "${plain}", though written in ${written.size} ways.`;
  }
}

/** One home with several pseudonyms counts several times. */
function* unitDoubts(passes: readonly TablePass[]): Generator<string> {
  const holders = new Map<string, Map<string, number>>();
  for (const { line, unit, claims } of passes) {
    if (unit === '' || claims.holderRef === undefined) continue;
    const known = holders.get(plainName(unit)) ?? new Map<string, number>();
    if (!known.has(claims.holderRef)) known.set(claims.holderRef, line);
    holders.set(plainName(unit), known);
  }
  for (const [unit, known] of holders) {
    if (known.size > 1)
      yield `lines ${[...known.values()].join(', ')}: the unit "${unit}" has ${known.size} pseudonyms, so its quota counts ${known.size} times.`;
  }
}
