import { beginsLikePass, isWholePass } from './pass-form.ts';

/**
 * What a wrongly configured scanner does to passes. `scanner_prefix`, `scanner_suffix`: it adds something before or
 * behind them; `scanner_case`: it changes small and capital letters; `scanner_layout`: it types for another keyboard;
 * `scanner_speed`: its line has another speed.
 */
export const SCANNER_MISUSES = [
  'scanner_prefix',
  'scanner_suffix',
  'scanner_case',
  'scanner_layout',
  'scanner_speed',
] as const;

export type ScannerMisuse = (typeof SCANNER_MISUSES)[number];

export interface FoundMisuse {
  readonly misuse: ScannerMisuse;
  /** Name of what is added, if it has one; never the text itself, which can be anything. */
  readonly added?: string;
}

/** Names, counters and blanks that scanners add are short. */
const ADDED_MAX = 64;
/** Most characters named, so that the message stays a sentence. */
const NAMED_MAX = 4;
const AIM_IDENTIFIER = /^\][A-Za-z][0-9A-Za-z]/;
const ECI = /^\\\d{6}/;
/** A whole pass as typed by a scanner for another country: letters stay, digits and punctuation do not. */
const TYPED_OTHERWISE = /^G[GPR](?!1:).{100}/u;

/** Keystrokes with Alt held down have no character. */
const NO_CHARACTERS = /^\ufffd{100}/u;
const CONTROL_NAMES: readonly string[] = [
  ...[
    'NUL',
    'SOH',
    'STX',
    'ETX',
    'EOT',
    'ENQ',
    'ACK',
    'BEL',
    'BS',
    'TAB',
    'LF',
    'VT',
    'FF',
    'CR',
    'SO',
    'SI',
  ],
  ...[
    'DLE',
    'DC1',
    'DC2',
    'DC3',
    'DC4',
    'NAK',
    'SYN',
    'ETB',
    'CAN',
    'EM',
    'SUB',
    'ESC',
    'FS',
    'GS',
    'RS',
    'US',
  ],
];

/**
 * What the scanner did to the pass in a text that is not a pass itself; undefined if there is no pass in it.
 * @param typed whether it came as keys; U+FFFD replaces each key without a character
 */
export function misuseIn(text: string, typed: boolean): FoundMisuse | undefined {
  if (isWholePass(text)) return undefined;
  const large = text.toUpperCase();
  const added = addedTo(text);
  if (added !== undefined) return added;
  if (large !== text && large.length === text.length) {
    if (isWholePass(large)) return { misuse: 'scanner_case' };
    const addedToo = addedTo(large);
    if (addedToo !== undefined) return addedToo;
  }
  if (typed && (TYPED_OTHERWISE.test(text) || NO_CHARACTERS.test(text))) return { misuse: 'scanner_layout' };
  return undefined;
}

function addedTo(text: string): FoundMisuse | undefined {
  const plain = withoutBefore(text) ?? text;
  const before = text.slice(0, text.length - plain.length);
  if (before !== '' && (isWholePass(plain) || hasPassBefore(plain))) {
    return { misuse: 'scanner_prefix', added: nameOf(before) };
  }
  return hasPassBefore(text) ? { misuse: 'scanner_suffix' } : undefined;
}

/** The text from the beginning of a pass in it. */
function withoutBefore(text: string): string | undefined {
  for (let at = 1; at <= ADDED_MAX; at++) if (beginsLikePass(text.slice(at))) return text.slice(at);
  return undefined;
}

function hasPassBefore(text: string): boolean {
  if (!beginsLikePass(text)) return false;
  for (let more = 1; more <= ADDED_MAX; more++) if (isWholePass(text.slice(0, -more))) return true;
  return false;
}

function nameOf(before: string): string {
  const parts: string[] = [];
  let others = 0;
  for (let at = 0; at < before.length; ) {
    const rest = before.slice(at);
    const aim = AIM_IDENTIFIER.exec(rest)?.[0];
    const eci = ECI.exec(rest)?.[0];
    const control = CONTROL_NAMES[before.charCodeAt(at)];
    if (aim !== undefined) parts.push(`the AIM identifier ${aim}`);
    else if (eci !== undefined) parts.push(`the character set ${eci}`);
    else if (control !== undefined) parts.push(`the control character ${control}`);
    else others += 1;
    at += (aim ?? eci ?? ' ').length;
  }
  if (others > 0) parts.push(`${others} more ${others === 1 ? 'character' : 'characters'}`);
  return parts.slice(0, NAMED_MAX).join(', ');
}
