import { createHash } from 'node:crypto';
import { type ParsedPass, parsePass } from './parse-pass.ts';

/**
 * A digest that identifies a code without keeping its text, as hex. Texts of the same pass have the same digest: with
 * and without tag 18, with any proof of a phone for the same step, and with any signature of a host for the same guest part. Nothing is
 * verified.
 * @param parsed what parsePass() says of `text`, if it was asked before
 */
export function codeKey(text: string, parsed: ParsedPass = parsePass(text)): string {
  const hash = createHash('sha256');
  if (parsed.status === 'unreadable') return hash.update('text:').update(text).digest('hex');
  const { cose, proof, host } = parsed;
  // No separators are needed: toBeSigned contains the length of its parts, and the signature has a fixed length.
  if (host !== undefined) hash.update('guest:').update(host.toBeSigned);
  hash.update(proof === undefined ? 'pass:' : `pass at ${proof.step}:`);
  return hash.update(cose.toBeSigned).update(cose.signature).digest('hex');
}
