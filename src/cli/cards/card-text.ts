import { GatepostError } from '../../core/errors.ts';

const MAX_CHARACTERS = 60;
/** Control characters, line separators and marks that turn the writing direction. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/**
 * A name or unit as it is printed and written into tables.
 * @throws GatepostError `usage`
 */
export function cardText(text: string): string {
  if (text.length > MAX_CHARACTERS) {
    throw new GatepostError('usage', `It has more than ${MAX_CHARACTERS} characters.`);
  }
  if (UNPRINTABLE.test(text)) throw new GatepostError('usage', 'It holds characters that cannot be printed.');
  // The tables we write are opened in spreadsheets, which run such a cell as a formula.
  if (/^[=+\-@]/.test(text)) {
    throw new GatepostError(
      'usage',
      'It must not begin with = + - or @: a spreadsheet takes that for a formula.',
    );
  }
  return text;
}
