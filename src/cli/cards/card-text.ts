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
  // Our tables are opened in spreadsheets, which would run such a cell as a formula.
  if (/^[=+\-@]/.test(plainForm(text))) {
    throw new GatepostError(
      'usage',
      'It must not begin with = + - or @: a spreadsheet takes that for a formula.',
    );
  }
  return text;
}

/** Half of a pass id: enough to distinguish the passes of a site, and short enough to read out and type. */
const LENGTH = 8;

/** The number on a card, e.g. `7be3 357c`, from a pass id of 16 hex characters. */
export function shortNumberOf(passId: string): string {
  return `${passId.slice(0, LENGTH / 2)} ${passId.slice(LENGTH / 2, LENGTH)}`;
}

/**
 * The beginning of the pass ids that a typed number stands for; undefined if it is not one. Blanks, hyphens and the
 * width of letters make no difference.
 */
export function passIdStart(typed: string): string | undefined {
  const plain = typed.normalize('NFKC').replace(/[\s-]/g, '').toLowerCase();
  return /^[0-9a-f]{8}$/.test(plain) ? plain : undefined;
}
