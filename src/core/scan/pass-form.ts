import { parsePass } from '../pass/parse-pass.ts';

/** Some scanners and QR code generators append these to a code. Base45 never ends with a space. */
const BEHIND = new Set([' ', '\0', '\u0003', '\u0004', '\v', '\f']);

/** Whether a text begins like a pass. */
export function beginsLikePass(text: string): boolean {
  return /^G[GPR]1:/.test(text);
}

/** Whether a text consists of the characters of a pass from beginning to end. */
export function hasPassForm(text: string): boolean {
  return /^G[GPR]1:[0-9A-Z $%*+\-./:]+$/.test(text);
}

/** Whether a text is a complete pass, whoever signed it, so that no more has to be waited for. */
export function isWholePass(text: string): boolean {
  return parsePass(withoutBehind(text)).status === 'parsed';
}

/** The line without blanks and the control characters that accompany line ends. */
export function withoutBehind(line: string): string {
  let end = line.length;
  while (end > 0 && BEHIND.has(line[end - 1] ?? '')) end -= 1;
  return line.slice(0, end);
}
