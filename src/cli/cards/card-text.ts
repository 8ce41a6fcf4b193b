import { GatepostError } from '../../core/errors.ts';
import { isVisible, plainForm } from '../../core/text/visible.ts';

const MAX_CHARACTERS = 60;

/**
 * A name or unit as it is printed and written into tables.
 * @throws GatepostError `usage`
 */
export function cardText(text: string): string {
  if (text.length > MAX_CHARACTERS) {
    throw new GatepostError('usage', `It has more than ${MAX_CHARACTERS} characters.`);
  }
  if (text !== '' && !isVisible(text))
    throw new GatepostError('usage', 'It holds characters that cannot be printed.');
  // The tables we write are opened in spreadsheets, which run such a cell as a formula.
  if (/^[=+\-@]/.test(plainForm(text))) {
    throw new GatepostError(
      'usage',
      'It must not begin with = + - or @: a spreadsheet takes that for a formula.',
    );
  }
  return text;
}
