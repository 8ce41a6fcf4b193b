import { beginsLikePass, isWholePass } from './scanned-code.ts';

/**
 * What a scanner that is set up otherwise makes of passes. `scanner_prefix`, `scanner_suffix`: it adds something before
 * or behind them; `scanner_case`: it changes small and capital letters; `scanner_layout`: it types for another
 * keyboard; `scanner_speed`: its line has another speed.
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
  /** What is added, where it has a name; never the text itself, which anybody can make up. */
  readonly added?: string;
}

/** Names, counters and blanks that scanners put around a code are short. */
const ADDED_MAX = 64;
const AIM_IDENTIFIER = /^\][A-Za-z][0-9A-Za-z]/;
const ECI = /^\\\d{6}/;
/** A whole pass as a scanner for another country types it: the letters stay, digits and signs do not. */
const TYPED_OTHERWISE = /^G[PR](?!1:).{100}/u;

/** What the scanner did to the pass in a text that is none as it stands; undefined when there is no pass in it. */
export function misuseIn(text: string, typed: boolean): FoundMisuse | undefined {
  if (isWholePass(text)) return undefined;
  const plain = withoutBefore(text) ?? text;
  const before = text.slice(0, text.length - plain.length);
  if (before !== '' && (isWholePass(plain) || hasPassBefore(plain))) {
    return { misuse: 'scanner_prefix', added: nameOf(before) };
  }
  if (hasPassBefore(text)) return { misuse: 'scanner_suffix' };
  const large = text.toUpperCase();
  if (large !== text && isWholePass(large)) return { misuse: 'scanner_case' };
  if (typed && TYPED_OTHERWISE.test(text)) return { misuse: 'scanner_layout' };
  return undefined;
}

/** The text from where a pass begins in it. */
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
  const aim = AIM_IDENTIFIER.exec(before)?.[0] ?? '';
  const eci = ECI.exec(before.slice(aim.length))?.[0] ?? '';
  const rest = before.length - aim.length - eci.length;
  const parts = [
    ...(aim === '' ? [] : [`the AIM identifier ${aim}`]),
    ...(eci === '' ? [] : [`the character set ${eci}`]),
    ...(rest === 0 ? [] : [`${rest} more ${rest === 1 ? 'character' : 'characters'}`]),
  ];
  return parts.join(', ');
}
