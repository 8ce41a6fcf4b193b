import { decodeBase45, encodeBase45 } from '../encoding/base45.ts';
import { decodeCanonical, encodeCanonical } from './canonical-cbor.ts';
import { type CoseSign1, readCoseSign1 } from './cose-sign1.ts';
import type { PassClaims } from './pass.ts';
import { readClaims } from './pass-claims.ts';

/** What a phone needs to show a pass. It uses only what a browser has. */

/** Length of one step of a phone code, in seconds. */
export const STEP_SECONDS = 15;
const GP1 = 'GP1:';

/**
 * Parses the bytes of a pass without checking its signature.
 * @throws GatepostError `pass.invalid`
 */
export function parsePassBytes(bytes: Uint8Array): { readonly cose: CoseSign1; readonly claims: PassClaims } {
  const cose = readCoseSign1(bytes);
  return { cose, claims: readClaims(decodeCanonical(cose.payload, 'The payload')) };
}

/** The bytes of the pass in a GP1 text, or undefined if there is none. */
export function staticPassBytes(text: string): Uint8Array | undefined {
  return text.startsWith(GP1) ? decodeBase45(text.slice(GP1.length)) : undefined;
}

/** The step of a moment in Unix milliseconds. */
export function stepAt(wallMs: number): number {
  return Math.floor(wallMs / (STEP_SECONDS * 1000));
}

/** The message that a phone signs to prove that it has the key of the pass at this step. */
export function proofMessage(sha256OfPass: Uint8Array, step: number): Uint8Array {
  return encodeCanonical(['gatepass-pop/1', sha256OfPass, step]);
}

/** The text a phone shows during one step. `proof` is the signature over proofMessage(), 64 bytes. */
export function dynamicCodeText(passBytes: Uint8Array, step: number, proof: Uint8Array): string {
  return `GR1:${encodeBase45(encodeCanonical([passBytes, step, proof]))}`;
}
