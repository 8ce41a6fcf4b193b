import { encodeBase45 } from '../encoding/base45.ts';
import { fromHex, toHex } from '../encoding/hex.ts';
import { GatepostError } from '../errors.ts';
import { type CborValue, decodeCanonical, encodeCanonical, encodeStrings } from './canonical-cbor.ts';
import {
  array,
  byteString,
  type CborMap,
  field,
  gateOrSiteId,
  integer,
  labelText,
  map,
  optional,
} from './claim-fields.ts';
import { type CoseUse, readCoseMembers, sigStructure, TAG_COSE_SIGN1 } from './cose-sign1.ts';
import type { HolderKey, PassClaims } from './pass.ts';

/** What a phone needs to sign a pass for a guest, and what a gate needs to read one. It uses only what a browser has. */

/** The part that the host's phone signs (config/contract/README.md#guest-passes). */
const GUEST_USE: CoseUse = { name: 'The guest part', maxBytes: 256, externalAad: 'gatepost-guest/1' };

/** Longest validity of a guest pass, in seconds. */
const LONGEST_GUEST_LIFE_S = 86_400;
/** Most uses of a guest pass in each direction. */
const MOST_GUEST_USES = 2;
const CTI_BYTES = 8;

/** COSE algorithm numbers: the first is written (RFC 9864), the second of other signers is accepted (RFC 9053). */
const ALGORITHMS: Readonly<Record<HolderKey['algorithm'], readonly [number, number]>> = {
  Ed25519: [-19, -8],
  'P-256': [-9, -7],
};

/** Header and claim keys, as in a pass. */
const ALG = 1;
const EXP = 4;
const IAT = 6;
const CTI = 7;
const GATEPASS = -65537;
const KIND = 1;
const LABEL = 5;
const USES = 6;
const GATES = 7;
const VISITOR = 3;

/** What the host says about a guest, in whole Unix seconds and plain values. */
export interface GuestClaims {
  /** First invalid second. */
  readonly expiresAt: number;
  readonly issuedAt: number;
  /** cti as the host's phone has drawn it, 16 hex characters. The gate knows the guest by another id: guestIdBytes(). */
  readonly cti: string;
  /** At most 24 bytes of UTF-8, by the host's choice. */
  readonly label?: string;
  /** 1 or 2 in each direction. */
  readonly uses: number;
  /** Absent: all gates of the host's pass. */
  readonly gates?: readonly string[];
}

/** A well-formed guest part whose signature has not been checked. */
export interface GuestPart {
  readonly claims: GuestClaims;
  readonly toBeSigned: Uint8Array;
  readonly signature: Uint8Array;
}

/** A pass that is bound to a phone, which may sign for guests. */
export type BoundClaims = PassClaims & { readonly holderKey: HolderKey };

/** The two parts of a guest code: the host's pass without tag 18, and the guest part. @throws GatepostError `pass.invalid` */
export function readGuestCode(bytes: Uint8Array): { readonly pass: Uint8Array; readonly part: Uint8Array } {
  const parts = decodeCanonical(bytes, 'The guest code');
  if (!Array.isArray(parts) || parts.length !== 2) throw wrong('A guest code has two parts');
  const [pass, part] = parts as CborValue[];
  if (!(pass instanceof Uint8Array) || !(part instanceof Uint8Array))
    throw wrong('Both parts of a guest code must be byte strings');
  // One form for one guest pass: a tag is not signed, so anybody could add it.
  if (pass[0] === TAG_COSE_SIGN1) throw wrong("The host's pass in a guest code must have no tag");
  return { pass, part };
}

/**
 * Reads what the phone of `host` has signed. A guest part holds the claims of its table and nothing else, so that what
 * only the office may say cannot be said by a phone.
 * @throws GatepostError `pass.invalid`
 */
export function readGuestPart(bytes: Uint8Array, host: BoundClaims): GuestPart {
  const { name, maxBytes } = GUEST_USE;
  if (bytes.length > maxBytes) throw wrong(`${name} has more than ${maxBytes} bytes`);
  const { header, payload, signature } = readCoseMembers(decodeCanonical(bytes, name), GUEST_USE);
  checkHeader(header, host.holderKey);
  const claims = readGuestClaims(decodeCanonical(payload, 'The payload of the guest part'), host);
  return { claims, toBeSigned: sigStructure(GUEST_USE, header, payload), signature };
}

function checkHeader(header: Uint8Array, { algorithm }: HolderKey): void {
  const labels = decodeCanonical(header, 'The protected header of the guest part');
  if (!(labels instanceof Map) || labels.size !== 1)
    throw wrong('The protected header of the guest part must hold alg and nothing else');
  // The key decides the algorithm, and the header must agree.
  if (!ALGORITHMS[algorithm].includes(labels.get(ALG) as number))
    throw wrong(`alg of the guest part must be that of the host's key, ${algorithm}`);
}

function readGuestClaims(payload: CborValue, host: BoundClaims): GuestClaims {
  const claims = only(map(payload, 'The payload of the guest part'), [EXP, IAT, CTI, GATEPASS]);
  const own = only(map(field(claims, GATEPASS, 'claim -65537'), 'Claim -65537'), [KIND, LABEL, USES, GATES]);
  if (field(own, KIND, 'kind') !== VISITOR) throw wrong('A guest is a visitor');
  const expiresAt = integer(field(claims, EXP, 'exp'), host.issuedAt + 1, host.expiresAt, 'exp of the guest');
  // A part from before the host's pass was made for an earlier pass of the same phone, which may be revoked.
  const issuedAt = integer(field(claims, IAT, 'iat'), host.issuedAt, expiresAt - 1, 'iat of the guest');
  if (expiresAt - issuedAt > LONGEST_GUEST_LIFE_S)
    throw wrong(`A guest pass is valid for ${LONGEST_GUEST_LIFE_S} seconds at most`);
  return {
    expiresAt,
    issuedAt,
    cti: toHex(byteString(field(claims, CTI, 'cti'), CTI_BYTES, 'cti')),
    ...optional('label', own.get(LABEL), labelText),
    uses: integer(field(own, USES, 'uses'), 1, MOST_GUEST_USES, 'uses of the guest'),
    ...optional('gates', own.get(GATES), (value) =>
      array(value, 'gates').map((gate) => gateOrSiteId(gate, 'a gate')),
    ),
  };
}

function only(entries: CborMap, keys: readonly number[]): CborMap {
  if ([...entries.keys()].every((key) => keys.includes(key as number))) return entries;
  throw wrong('The guest part holds something that only the office may say');
}

/**
 * The bytes whose SHA-256 begins with the 8 bytes by which the gate knows the guest. The key is in it, so that no host
 * can choose the id of somebody else's pass, and the same guest is the same with a renewed pass of the same phone.
 */
export function guestIdBytes({ publicKey }: HolderKey, cti: string): Uint8Array {
  return encodeStrings(['gatepost-guest-id/1', publicKey, fromHex(cti)]);
}

/** The bytes that the host's phone signs for these claims. Values are checked when the code is read, not here. */
export function guestMessage(claims: GuestClaims, algorithm: HolderKey['algorithm']): Uint8Array {
  return sigStructure(GUEST_USE, headerOf(algorithm), payloadOf(claims));
}

/** The text for the guest. @param signature of the host's phone over guestMessage(), 64 bytes */
export function guestPassText(
  hostPass: Uint8Array,
  claims: GuestClaims,
  { algorithm, signature }: { readonly algorithm: HolderKey['algorithm']; readonly signature: Uint8Array },
): string {
  const pass = hostPass[0] === TAG_COSE_SIGN1 ? hostPass.slice(1) : hostPass;
  const part = encodeCanonical([headerOf(algorithm), new Map(), payloadOf(claims), signature]);
  return `GG1:${encodeBase45(encodeCanonical([pass, part]))}`;
}

function headerOf(algorithm: HolderKey['algorithm']): Uint8Array {
  return encodeCanonical(new Map([[ALG, ALGORITHMS[algorithm][0]]]));
}

function payloadOf({ expiresAt, issuedAt, cti, label, uses, gates }: GuestClaims): Uint8Array {
  const own = new Map<number, CborValue>([
    [KIND, VISITOR],
    [USES, uses],
  ]);
  if (label !== undefined) own.set(LABEL, label);
  if (gates !== undefined) own.set(GATES, gates);
  return encodeCanonical(
    new Map<number, CborValue>([
      [EXP, expiresAt],
      [IAT, issuedAt],
      [CTI, fromHex(cti)],
      [GATEPASS, own],
    ]),
  );
}

function wrong(message: string): GatepostError {
  return new GatepostError('pass.invalid', message);
}
