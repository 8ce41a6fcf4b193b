import { createHash } from 'node:crypto';
import { parsePass } from './parse-pass.ts';

/**
 * What tells one code from another without keeping its text, as hex. Texts that show the same pass are one code: with
 * and without tag 18, and whatever proof a phone has made for the same step. Nothing is verified.
 */
export function codeKey(text: string): string {
  const parsed = parsePass(text);
  const hash = createHash('sha256');
  if (parsed.status === 'unreadable') return hash.update('text:').update(text).digest('hex');
  const { cose, proof } = parsed;
  // toBeSigned says how long its parts are, and the signature has a fixed length.
  hash.update(proof === undefined ? 'pass:' : `pass at ${proof.step}:`);
  return hash.update(cose.toBeSigned).update(cose.signature).digest('hex');
}
