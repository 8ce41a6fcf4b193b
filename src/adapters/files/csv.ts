import { GatepostError } from '../../core/errors.ts';

/** Larger tables are refused: rows without the header, characters of one row, bytes of the file. */
const CSV_ROWS_MAX = 100_000;
const ROW_CHARACTERS_MAX = 64 * 1024;
export const CSV_BYTES_MAX = 256 * 1024 * 1024;

const UTF_16 = [
  { mark: [0xff, 0xfe], encoding: 'utf-16le' },
  { mark: [0xfe, 0xff], encoding: 'utf-16be' },
] as const;
const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

interface CsvRow {
  /** Line of the file on which the row begins; the first is 1. Quoted fields may hold line ends. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** Separator of fields. Spreadsheets in half of Europe write semicolons. */
export type Separator = ',' | ';' | '\t';

/**
 * The rows of a table (RFC 4180): UTF-8 with or without a byte order mark, or UTF-16 with one, lines ended by CRLF or
 * LF, fields in double quotes if they contain separators, quotes or line ends. Empty lines are left out. A first line
 * such as `sep=;`, which tells a spreadsheet the separator, is not part of the table.
 * @param separatorOf chooses the separator from the first line of the table
 * @throws GatepostError `usage` with the line, for anything else and for tables beyond 100,000 rows, 64 KiB a row or
 * 256 MiB
 */
export function readCsv(
  bytes: Uint8Array,
  separatorOf: (firstLine: string) => Separator = () => ',',
): CsvRow[] {
  if (bytes.length > CSV_BYTES_MAX) throw wrong(1, 'the file is larger than 256 MiB');
  const text = decodeTable(bytes);
  const told = /^"?sep=([,;\t])"?[,;\t]*\r?\n/i.exec(text);
  if (told !== null) return parseRows(text, told[0].length, 2, told[1] as Separator);
  const [firstLine = ''] = text.slice(0, ROW_CHARACTERS_MAX).split(/\r?\n/, 1);
  return parseRows(text, 0, 1, separatorOf(firstLine));
}

/** UTF-16 only behind its mark: spreadsheets write it as "Unicode Text". */
function decodeTable(bytes: Uint8Array): string {
  const encoding = UTF_16.find(({ mark }) => mark.every((byte, at) => bytes[at] === byte))?.encoding;
  try {
    const text = new TextDecoder(encoding ?? 'utf-8', { fatal: true }).decode(bytes);
    if (encoding === undefined && /^(.\0|\0.)/s.test(text)) throw new TypeError('it holds NUL');
    return text;
  } catch (cause) {
    const isUtf16 = encoding !== undefined || bytes.includes(0);
    throw new GatepostError(
      'usage',
      `The table is not UTF-8${isUtf16 ? ' but UTF-16 that is damaged or has no mark at its begin' : ''}. Save it again as "CSV UTF-8" (spreadsheets offer that beside plain CSV).`,
      { cause },
    );
  }
}

function parseRows(text: string, start: number, firstLine: number, separator: Separator): CsvRow[] {
  const rows: CsvRow[] = [];
  const between = separator.charCodeAt(0);
  let line = firstLine;
  let at = start;
  while (at < text.length) {
    const row = readRow(text, at, line, between);
    if (row.fields.length > 1 || row.fields[0] !== '') rows.push({ line, fields: row.fields });
    // The header is a row too.
    if (rows.length > CSV_ROWS_MAX + 1) throw wrong(line, `the table has more than ${CSV_ROWS_MAX} rows`);
    at = row.next;
    line = row.nextLine;
  }
  return rows;
}

function readRow(
  text: string,
  start: number,
  startLine: number,
  separator: number,
): { fields: string[]; next: number; nextLine: number } {
  const fields: string[] = [];
  let at = start;
  let line = startLine;
  for (;;) {
    const field =
      text.charCodeAt(at) === QUOTE
        ? quotedField(text, at, startLine, separator)
        : plainField(text, at, startLine, separator);
    fields.push(field.value);
    line += field.lineEnds;
    at = field.next;
    if (at - start > ROW_CHARACTERS_MAX) throw wrong(startLine, 'the row is longer than 64 KiB');
    if (text.charCodeAt(at) === separator) {
      at += 1;
      continue;
    }
    if (text.charCodeAt(at) === CARRIAGE_RETURN) at += 1;
    // plainField() and quotedField() stop only at a separator, a line end or the end of the text.
    return { fields, next: at + 1, nextLine: line + 1 };
  }
}

interface Field {
  readonly value: string;
  readonly next: number;
  readonly lineEnds: number;
}

function plainField(text: string, start: number, line: number, separator: number): Field {
  let at = start;
  for (; at < text.length && at - start <= ROW_CHARACTERS_MAX; at += 1) {
    const code = text.charCodeAt(at);
    if (code === separator || code === LINE_FEED) break;
    if (code === CARRIAGE_RETURN && isLineEnd(text, at)) break;
    if (code === CARRIAGE_RETURN) throw wrong(line, 'a carriage return stands alone; quote the field');
    if (code === QUOTE) throw wrong(line, 'a quote stands inside a field that is not quoted');
  }
  return { value: text.slice(start, at), next: at, lineEnds: 0 };
}

function quotedField(text: string, start: number, line: number, separator: number): Field {
  let value = '';
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) throw wrong(line, 'a quote is opened and never closed');
    if (quote - start > ROW_CHARACTERS_MAX) throw wrong(line, 'the row is longer than 64 KiB');
    value += text.slice(from, quote);
    if (text.charCodeAt(quote + 1) !== QUOTE) {
      const next = quote + 1;
      const ends = next >= text.length || text.charCodeAt(next) === separator || isLineEnd(text, next);
      if (!ends)
        throw wrong(line, 'after a closing quote comes neither the next field nor the end of the line');
      return { value, next, lineEnds: value.split('\n').length - 1 };
    }
    value += '"';
    from = quote + 2;
  }
}

function isLineEnd(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code === LINE_FEED) return true;
  return code === CARRIAGE_RETURN && (at + 1 === text.length || text.charCodeAt(at + 1) === LINE_FEED);
}

function wrong(line: number, what: string): GatepostError {
  return new GatepostError('usage', `Line ${line}: ${what}. Nothing was done.`);
}
