import { createHash } from 'node:crypto';
import { decodeBase45 } from '../encoding/base45.ts';
import { toHex } from '../encoding/hex.ts';
import { GatepostError, isGatepostError } from '../errors.ts';
import { type CborValue, decodeCanonical } from './canonical-cbor.ts';
import type { CoseSign1 } from './cose-sign1.ts';
import { parsePassBytes, proofMessage } from './dynamic-code.ts';
import { type GuestClaims, guestIdBytes, readGuestCode, readGuestPart } from './guest-pass.ts';
import { type HolderKey, PASS_FLAGS, type PassClaims } from './pass.ts';

/** Longest text that is parsed, in characters. */
const MAX_TEXT = 1024;
const PROOF_BYTES = 64;
/** Two letters, a version digit and a colon: the form of every prefix of this family (HC1, GP2, …). */
const PREFIX = /^[A-Z]{2}[0-9]:/;
const GP1 = 'GP1:';
const GR1 = 'GR1:';
const GG1 = 'GG1:';
const GUEST_ID_BYTES = 8;

/** The phone's part of a GR1 code. */
interface HolderProof {
  /** Unix time / 15 s. */
  readonly step: number;
  readonly key: HolderKey;
  readonly signature: Uint8Array;
  readonly toBeSigned: Uint8Array;
}

/** The host's part of a GG1 code: who has signed for the guest. */
interface HostProof {
  readonly claims: PassClaims;
  readonly key: HolderKey;
  readonly signature: Uint8Array;
  readonly toBeSigned: Uint8Array;
}

/** A well-formed pass. No signature has been checked: nothing in it may be trusted. */
export type ParsedPass =
  | {
      readonly status: 'unreadable';
      readonly reason: 'gp:MalformedPass' | 'gp:UnsupportedVersion';
      readonly detail: string;
    }
  | {
      readonly status: 'parsed';
      /** What the office has signed: for GG1 the pass of the host. */
      readonly cose: CoseSign1;
      /** Of who shows it: for GG1 the guest. */
      readonly claims: PassClaims;
      /** Present for GR1 alone. */
      readonly proof?: HolderProof;
      /** Present for GG1 alone. */
      readonly host?: HostProof;
    };

/**
 * Checks the form of a scanned text completely, so that a malformed pass is called malformed whoever signed it. Never
 * throws, whatever the text.
 */
export function parsePass(text: string): ParsedPass {
  if (text.length > MAX_TEXT) return malformed(`The text is longer than ${MAX_TEXT} characters`);
  const prefix = PREFIX.exec(text)?.[0];
  if (prefix === undefined) return malformed('The text does not begin like a pass');
  if (prefix !== GP1 && prefix !== GR1 && prefix !== GG1) {
    return {
      status: 'unreadable',
      reason: 'gp:UnsupportedVersion',
      detail: 'The text begins like a code of another kind or version',
    };
  }
  const bytes = decodeBase45(text.slice(prefix.length));
  if (bytes === undefined) return malformed('The text is not base45');
  try {
    if (prefix === GP1) return { status: 'parsed', ...parsePassBytes(bytes) };
    return prefix === GR1 ? parseDynamic(bytes) : parseGuest(bytes);
  } catch (error) {
    if (isGatepostError(error, 'pass.invalid')) return malformed(error.message);
    throw error;
  }
}

function parseDynamic(bytes: Uint8Array): ParsedPass {
  const parts = decodeCanonical(bytes, 'The phone code');
  if (!Array.isArray(parts) || parts.length !== 3) {
    throw new GatepostError('pass.invalid', 'A phone code has three parts');
  }
  const [pass, step, signature] = parts as CborValue[];
  if (!(pass instanceof Uint8Array)) {
    throw new GatepostError('pass.invalid', 'The pass in a phone code must be a byte string');
  }
  if (typeof step !== 'number' || step < 0) {
    throw new GatepostError('pass.invalid', 'The step of a phone code must be a whole number');
  }
  if (!(signature instanceof Uint8Array) || signature.length !== PROOF_BYTES) {
    throw new GatepostError('pass.invalid', `The proof of a phone code must be ${PROOF_BYTES} bytes`);
  }
  const parsed = parsePassBytes(pass);
  const key = parsed.claims.holderKey;
  if (key === undefined) throw new GatepostError('pass.invalid', 'The pass is not bound to a phone');
  return {
    status: 'parsed',
    ...parsed,
    proof: { step, key, signature, toBeSigned: proofMessage(sha256(pass), step) },
  };
}

function parseGuest(bytes: Uint8Array): ParsedPass {
  const { pass, part } = readGuestCode(bytes);
  const { cose, claims } = parsePassBytes(pass);
  const { holderKey } = claims;
  if (holderKey === undefined)
    throw new GatepostError('pass.invalid', "The host's pass is not bound to a phone");
  const { claims: said, toBeSigned, signature } = readGuestPart(part, { ...claims, holderKey });
  return {
    status: 'parsed',
    cose,
    claims: guestClaims(said, claims, holderKey),
    host: { claims, key: holderKey, signature, toBeSigned },
  };
}

/**
 * The guest as a gate sees one: a visitor of the host's household at the host's site, in the host's hours, at gates that
 * both allow. A host who signs under threat has a pass that says so.
 */
function guestClaims({ cti, gates, ...said }: GuestClaims, host: PassClaims, key: HolderKey): PassClaims {
  const { site, notBefore, holderRef, windows } = host;
  const both = gates === undefined ? host.gates : gates.filter((gate) => host.gates?.includes(gate) ?? true);
  const flags = (host.flags ?? 0) & PASS_FLAGS.duress;
  return {
    site,
    ...said,
    passId: toHex(sha256(guestIdBytes(key, cti)).subarray(0, GUEST_ID_BYTES)),
    kind: 'visitor',
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(holderRef === undefined ? {} : { holderRef }),
    ...(windows === undefined ? {} : { windows }),
    ...(both === undefined ? {} : { gates: both }),
    ...(flags === 0 ? {} : { flags }),
  };
}

function malformed(detail: string): ParsedPass {
  return { status: 'unreadable', reason: 'gp:MalformedPass', detail };
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}
