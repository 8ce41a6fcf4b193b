import { GatepostError } from '../errors.ts';
import { type CborValue, decodeCanonical, encodeCanonical, encodeStrings } from './canonical-cbor.ts';

/** COSE algorithm numbers: Ed25519 (RFC 9864) is written, EdDSA (RFC 9053) of older issuers is accepted. */
const ALG_ED25519 = -19;
const ALG_EDDSA = -8;
const ALG = 1;
const KID = 4;

/** The byte of tag 18, which may stand before a pass. */
export const TAG_COSE_SIGN1 = 0xd2;
const KEY_ID_BYTES = 4;
const SIGNATURE_BYTES = 64;

/**
 * The purpose of a COSE_Sign1. The external data prevents a signature over one kind of thing from being used for
 * another.
 */
export interface CoseUse {
  /** Used as the beginning of a sentence, e.g. `The pass`. */
  readonly name: string;
  readonly maxBytes: number;
  /** external_aad (RFC 9052 4.3). */
  readonly externalAad: string;
}

/** Passes (config/contract/README.md#passes). */
export const PASS_USE: CoseUse = { name: 'The pass', maxBytes: 512, externalAad: 'gatepass/1' };

/** A well-formed COSE_Sign1 whose signature has not been checked. */
export interface CoseSign1 {
  /** kid, 4 bytes. */
  readonly keyId: Uint8Array;
  /** Claims as CBOR. */
  readonly payload: Uint8Array;
  /** The signed bytes (Sig_structure, RFC 9052 4.4). */
  readonly toBeSigned: Uint8Array;
  /** Ed25519, 64 bytes. */
  readonly signature: Uint8Array;
}

/**
 * Reads a COSE_Sign1 (RFC 9052 4.2) in the form of config/contract/README.md#passes: bounded, with or without tag 18,
 * the protected header exactly alg and kid, nothing unprotected.
 * @throws GatepostError `pass.invalid`
 */
export function readCoseSign1(bytes: Uint8Array, use: CoseUse = PASS_USE): CoseSign1 {
  const { name, maxBytes } = use;
  if (bytes.length > maxBytes) {
    throw new GatepostError('pass.invalid', `${name} has more than ${maxBytes} bytes`);
  }
  const untagged = bytes[0] === TAG_COSE_SIGN1 ? bytes.subarray(1) : bytes;
  return coseSign1Of(decodeCanonical(untagged, name), use);
}

/** readCoseSign1() of what is decoded already. @throws GatepostError `pass.invalid` */
export function coseSign1Of(parts: CborValue, use: CoseUse): CoseSign1 {
  const { header, payload, signature } = readCoseMembers(parts, use);
  return { keyId: readHeader(header), payload, toBeSigned: sigStructure(use, header, payload), signature };
}

/** The parts of a COSE_Sign1 whose protected header is still to be read. @throws GatepostError `pass.invalid` */
export function readCoseMembers(
  parts: CborValue,
  { name }: CoseUse,
): Record<'header' | 'payload' | 'signature', Uint8Array> {
  if (!Array.isArray(parts) || parts.length !== 4) {
    throw new GatepostError('pass.invalid', `${name} is not a COSE_Sign1 of four parts`);
  }
  const [header, unprotected, payload, signature] = parts as CborValue[];
  if (!(header instanceof Uint8Array) || !(payload instanceof Uint8Array)) {
    throw new GatepostError('pass.invalid', 'Protected header and payload must be byte strings');
  }
  if (!(unprotected instanceof Map) || unprotected.size > 0) {
    throw new GatepostError('pass.invalid', 'The unprotected header must be an empty map');
  }
  if (!(signature instanceof Uint8Array) || signature.length !== SIGNATURE_BYTES) {
    throw new GatepostError('pass.invalid', `The signature must be ${SIGNATURE_BYTES} bytes`);
  }
  return { header, payload, signature };
}

/** Builds the COSE_Sign1 of `payload`. `sign` gets the Sig_structure and returns the 64 bytes of the signature. */
export function writeCoseSign1(
  payload: Uint8Array,
  keyId: Uint8Array,
  sign: (bytes: Uint8Array) => Uint8Array,
  use: CoseUse = PASS_USE,
): Uint8Array {
  const header = encodeCanonical(
    new Map<number, CborValue>([
      [ALG, ALG_ED25519],
      [KID, keyId],
    ]),
  );
  const signature = new Uint8Array(sign(sigStructure(use, header, payload)));
  return encodeCanonical([header, new Map(), payload, signature]);
}

function readHeader(header: Uint8Array): Uint8Array {
  const labels = decodeCanonical(header, 'The protected header');
  if (!(labels instanceof Map) || labels.size !== 2) {
    throw new GatepostError('pass.invalid', 'The protected header must hold alg and kid and nothing else');
  }
  const alg: CborValue | undefined = labels.get(ALG);
  // The key decides the algorithm: every key that may sign passes is Ed25519, so any other alg is wrong.
  if (alg !== ALG_ED25519 && alg !== ALG_EDDSA) {
    throw new GatepostError('pass.invalid', 'alg must be Ed25519');
  }
  const keyId: CborValue | undefined = labels.get(KID);
  if (!(keyId instanceof Uint8Array) || keyId.length !== KEY_ID_BYTES) {
    throw new GatepostError('pass.invalid', `kid must be ${KEY_ID_BYTES} bytes`);
  }
  return keyId;
}

/** The bytes that are signed (RFC 9052 4.4). */
export function sigStructure({ externalAad }: CoseUse, header: Uint8Array, payload: Uint8Array): Uint8Array {
  return encodeStrings(['Signature1', header, new TextEncoder().encode(externalAad), payload]);
}
