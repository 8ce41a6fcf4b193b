import { isGatepostError } from '../../core/errors.ts';
import {
  dynamicCodeText,
  parsePassBytes,
  proofMessage,
  staticPassBytes,
} from '../../core/pass/dynamic-code.ts';
import type { PassClaims } from '../../core/pass/pass.ts';
import { type OwnKey, signWith } from './own-key.ts';

const LONGEST_TEXT = 1024;

/** A pass in the right form. Its signature is not checked here, because only the gate knows the trusted issuers. */
export interface HeldPass {
  readonly text: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly claims: PassClaims;
}

/** The pass in a text that was pasted, scanned or in the address; undefined if there is none. */
export function heldPass(entered: string): HeldPass | undefined {
  // Line breaks are removed, because messengers add them. A space is in the alphabet of the code, but never at its
  // ends.
  const text = entered.replace(/[\r\n\t]+/g, '').trim();
  if (text.length > LONGEST_TEXT) return undefined;
  const bytes = staticPassBytes(text);
  if (bytes === undefined) return undefined;
  try {
    return { text, bytes: new Uint8Array(bytes), claims: parsePassBytes(bytes).claims };
  } catch (error) {
    if (isGatepostError(error, 'pass.invalid')) return undefined;
    throw error;
  }
}

/** The code for one step. */
export async function phoneCode(pass: HeldPass, key: OwnKey, step: number): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', pass.bytes));
  return dynamicCodeText(pass.bytes, step, await signWith(key, proofMessage(digest, step)));
}
