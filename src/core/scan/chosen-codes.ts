import { parsePass } from '../pass/parse-pass.ts';
import { judgeCodeBytes, type ScannedCode } from './scanned-code.ts';

const WHOLE_PASS = 4;

/** What is shown, of several codes in one picture: all passes, for one of them may hang on the wall, or else one code. */
export function chosenCodes(found: readonly Uint8Array[]): readonly ScannedCode[] {
  const codes = found.map(judgeCodeBytes).filter((code) => code !== undefined);
  const passes = codes.filter(isPass);
  if (passes.length > 0) return passes;
  const most = Math.max(...codes.map(likenessOf));
  return codes.filter((code) => likenessOf(code) === most).slice(0, 1);
}

/** Whether a code is a pass in all its parts, whoever signed it. */
export function isPass(code: ScannedCode): boolean {
  return likenessOf(code) === WHOLE_PASS;
}

/**
 * How much a code is like a pass. 4: it is one in all its parts; 3: it begins as one, of this or another version, or
 * was one before the scanner changed it; 2: it has something of one in it; 1: it is no text, so that nobody knows; 0:
 * anything else.
 */
export function likenessOf(code: ScannedCode): number {
  if (code.type === 'rejected') return code.misuse === undefined ? 1 : 3;
  if (parsePass(code.text).status === 'parsed') return WHOLE_PASS;
  if (/^[A-Z]{2}[0-9]:/.test(code.text)) return 3;
  return /G[GPR]1:/i.test(code.text) ? 2 : 0;
}
