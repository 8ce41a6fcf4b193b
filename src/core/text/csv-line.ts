import { inertLines } from './visible.ts';

/** Fields as one line of a table, ended by CRLF. */
export function csvLine(fields: readonly string[]): string {
  const quoted = fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field));
  return `${quoted.join(',')}\r\n`;
}

/** What a spreadsheet takes for the beginning of a formula, also where nothing is seen before it or it is full-width. */
const FORMULA = /^[\s\p{Default_Ignorable_Code_Point}]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/u;

/**
 * The same for a person who opens it in a spreadsheet, with fields that others have written: no formula stands in it
 * (an apostrophe comes before what would be one), and nothing that a terminal would obey or nobody sees, but for line
 * feeds.
 */
export function harmlessCsvLine(fields: readonly string[]): string {
  return csvLine(fields.map((field) => inertLines(FORMULA.test(field) ? `'${field}` : field)));
}
