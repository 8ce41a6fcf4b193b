import { parsePass } from '../pass/parse-pass.ts';

/** Some scanners, and some makers of QR codes, put these behind a code. Base45 never ends with a space. */
const BEHIND = new Set([' ', '\0', '\u0003', '\u0004', '\v', '\f']);

/** Whether a text begins as a pass does. */
export function beginsLikePass(text: string): boolean {
  return /^G[PR]1:/.test(text);
}

/** Whether a text has the letters of a pass from the first to the last. */
export function hasPassForm(text: string): boolean {
  return /^G[PR]1:[0-9A-Z $%*+\-./:]+$/.test(text);
}

/** Whether a text is a pass in all its parts, whoever signed it: nothing of it is still to come. */
export function isWholePass(text: string): boolean {
  return parsePass(withoutBehind(text)).status === 'parsed';
}

/** The line without blanks and the control characters that come with its end. */
export function withoutBehind(line: string): string {
  let end = line.length;
  while (end > 0 && BEHIND.has(line[end - 1] ?? '')) end -= 1;
  return line.slice(0, end);
}
