import { parsePass } from '../pass/parse-pass.ts';
import { judgeCodeBytes, type ScannedCode } from './scanned-code.ts';

/**
 * What is shown, of several codes in one picture: all passes, for one of them may hang on the wall; without any, the
 * first that begins as a pass does, or else the first.
 */
export function chosenCodes(found: readonly Uint8Array[]): readonly ScannedCode[] {
  const codes = found.map(judgeCodeBytes).filter((code) => code !== undefined);
  const passes = codes.filter((code) => formOf(code) === 2);
  if (passes.length > 0) return passes;
  const like = codes.find((code) => formOf(code) === 1);
  return [...(like === undefined ? codes : [like])].slice(0, 1);
}

/** 2: a pass in all its parts; 1: begins as one, of this or another version; 0: anything else. */
function formOf(code: ScannedCode): 0 | 1 | 2 {
  if (code.type !== 'code') return 0;
  const read = parsePass(code.text);
  if (read.status === 'parsed') return 2;
  return /^[A-Z]{2}[0-9]:/.test(code.text) ? 1 : 0;
}
