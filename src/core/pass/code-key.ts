import { createHash } from 'node:crypto';
import { type ParsedPass, parsePass } from './parse-pass.ts';

/**
 * A digest that identifies a code without keeping its text, as hex. Texts of the same pass have the same digest: with
 * and without tag 18, and with any proof of a phone for the same step. Nothing is verified.
 * @param parsed what parsePass() says of `text`, if it was asked before
 */
export function codeKey(text: string, parsed: ParsedPass = parsePass(text)): string {
  const hash = createHash('sha256');
  if (parsed.status === 'unreadable') return hash.update('text:').update(text).digest('hex');
  const { cose, proof } = parsed;
  // No separators are needed: toBeSigned contains the length of its parts, and the signature has a fixed length.
  hash.update(proof === undefined ? 'pass:' : `pass at ${proof.step}:`);
  return hash.update(cose.toBeSigned).update(cose.signature).digest('hex');
}
