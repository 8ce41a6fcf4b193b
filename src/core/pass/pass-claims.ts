import { LAST_MOMENT_MS } from '../access/bounds.ts';
import { PASS_KINDS, type PassKind } from '../access/vocabulary.ts';
import { fromHex, toHex } from '../encoding/hex.ts';
import { GatepostError } from '../errors.ts';
import type { TimeWindow } from '../time/site-time.ts';
import { type CborValue, encodeCanonical } from './canonical-cbor.ts';
import {
  array,
  byteString,
  type CborMap,
  field,
  gateOrSiteId,
  integer,
  labelText,
  languageTag,
  map,
  optional,
} from './claim-fields.ts';
import { isEd25519Point, isP256Point } from './curve-points.ts';
import type { HolderKey, PassClaims } from './pass.ts';

/** CWT claim keys (RFC 8392 section 4, RFC 8747 section 3.1) and our private claim. */
const AUD = 3;
const EXP = 4;
const NBF = 5;
const IAT = 6;
const CTI = 7;
const CNF = 8;
const GATEPASS = -65537;

/** Numbers of the kinds (config/contract/README.md#passes). 1 is not used. */
const KIND_NUMBERS = { resident: 0, worker: 2, visitor: 3, vehicle: 4, delivery: 5, emergency: 6 } as const;
const KIND_BY_NUMBER: ReadonlyMap<number, PassKind> = new Map(
  PASS_KINDS.map((kind) => [KIND_NUMBERS[kind], kind]),
);

/** 9999-12-31T23:59:59Z: later seconds cannot be written as a date. */
const LAST_SECOND = Math.floor(LAST_MOMENT_MS / 1000);
const LAST_MINUTE = 1439;
/** Longest validity of a pass (config/contract/README.md#limits), so no quota can span more days. */
const MAX_QUOTA_DAYS = 400;
const MAX_COUNT = 65_535;
const MAX_FLAGS = 0xffff_ffff;

/**
 * Reads the claims of a pass. Type and range of every known field are checked. Unknown top-level claims (iss and sub,
 * say) are ignored as RFC 8392 section 3 requires, and so are unknown keys in our own claim, so that an issuer may
 * add fields before every kiosk knows them.
 * @throws GatepostError `pass.invalid` with the first field that is wrong
 */
export function readClaims(payload: CborValue): PassClaims {
  const claims = map(payload, 'The payload');
  const own = map(field(claims, GATEPASS, 'claim -65537'), 'Claim -65537');
  return {
    site: gateOrSiteId(field(claims, AUD, 'aud'), 'aud'),
    expiresAt: second(field(claims, EXP, 'exp'), 'exp'),
    ...optional('notBefore', claims.get(NBF), (value) => second(value, 'nbf')),
    issuedAt: second(field(claims, IAT, 'iat'), 'iat'),
    passId: toHex(byteString(field(claims, CTI, 'cti'), 8, 'cti')),
    ...optional('holderKey', claims.get(CNF), readConfirmation),
    kind: kindOf(field(own, 1, 'kind')),
    ...optional('holderRef', own.get(2), (value) => toHex(byteString(value, 6, 'holderRef'))),
    ...optional('windows', own.get(3), (value) => array(value, 'windows').map(readWindow)),
    ...optional('quota', own.get(4), readQuota),
    ...optional('label', own.get(5), labelText),
    ...optional('uses', own.get(6), (value) => integer(value, 1, MAX_COUNT, 'uses')),
    ...optional('gates', own.get(7), (value) =>
      array(value, 'gates').map((gate) => gateOrSiteId(gate, 'a gate')),
    ),
    ...optional('flags', own.get(8), (value) => integer(value, 0, MAX_FLAGS, 'flags')),
    ...optional('language', own.get(9), languageTag),
  };
}

/** The claims as canonical CBOR, the payload of a pass. Values are not checked here: readClaims() does that. */
export function encodeClaims(claims: PassClaims): Uint8Array {
  const own = new Map<number, CborValue>([[1, KIND_NUMBERS[claims.kind]]]);
  if (claims.holderRef !== undefined) own.set(2, fromHex(claims.holderRef));
  if (claims.windows !== undefined) {
    own.set(
      3,
      claims.windows.map(({ dayMask, startMinute, endMinute }) => [dayMask, startMinute, endMinute]),
    );
  }
  if (claims.quota !== undefined) own.set(4, [claims.quota.count, claims.quota.days]);
  if (claims.label !== undefined) own.set(5, claims.label);
  if (claims.uses !== undefined) own.set(6, claims.uses);
  if (claims.gates !== undefined) own.set(7, claims.gates);
  if (claims.flags !== undefined) own.set(8, claims.flags);
  if (claims.language !== undefined) own.set(9, claims.language);

  const payload = new Map<number, CborValue>([
    [AUD, claims.site],
    [EXP, claims.expiresAt],
    [IAT, claims.issuedAt],
    [CTI, fromHex(claims.passId)],
    [GATEPASS, own],
  ]);
  if (claims.notBefore !== undefined) payload.set(NBF, claims.notBefore);
  if (claims.holderKey !== undefined) payload.set(CNF, new Map([[1, coseKey(claims.holderKey)]]));
  return encodeCanonical(payload);
}

function second(value: CborValue, what: string): number {
  return integer(value, 0, LAST_SECOND, what);
}

function kindOf(value: CborValue): PassKind {
  const kind = typeof value === 'number' ? KIND_BY_NUMBER.get(value) : undefined;
  if (kind === undefined) throw new GatepostError('pass.invalid', 'kind is none of the known kinds');
  return kind;
}

function readWindow(value: CborValue): TimeWindow {
  const [dayMask, start, end, ...rest] = array(value, 'A window');
  if (dayMask === undefined || start === undefined || end === undefined || rest.length > 0) {
    throw new GatepostError('pass.invalid', 'A window must have a day mask, a start and an end');
  }
  const window = {
    dayMask: integer(dayMask, 1, 0x7f, 'The day mask of a window'),
    startMinute: integer(start, 0, LAST_MINUTE, 'The start of a window'),
    endMinute: integer(end, 0, LAST_MINUTE + 1, 'The end of a window'),
  };
  // Ambiguous: it could mean nothing or a whole day. An issuer that means the day writes 0 to 1440.
  if (window.startMinute === window.endMinute) {
    throw new GatepostError('pass.invalid', 'A window must not end when it starts');
  }
  return window;
}

function readQuota(value: CborValue): { count: number; days: number } {
  const [count, days, ...rest] = array(value, 'quota');
  if (count === undefined || days === undefined || rest.length > 0) {
    throw new GatepostError('pass.invalid', 'quota must be a count and a number of days');
  }
  return {
    count: integer(count, 1, MAX_COUNT, 'The count of the quota'),
    days: integer(days, 1, MAX_QUOTA_DAYS, 'The days of the quota'),
  };
}

/** COSE_Key labels and values: RFC 9053 sections 7.1 and 7.2. */
const KTY = 1;
const KTY_OKP = 1;
const KTY_EC2 = 2;
const CRV = -1;
const CRV_P256 = 1;
const CRV_ED25519 = 6;
const X = -2;
const Y = -3;

/** cnf (RFC 8747): {1: COSE_Key} with only the members that the key needs, so that one key has one form. */
function readConfirmation(value: CborValue): HolderKey {
  const confirmation = map(value, 'cnf');
  const key = map(field(confirmation, 1, 'the key of cnf'), 'The key of cnf');
  const type = key.get(KTY);
  const curve = key.get(CRV);
  const isEd25519 = type === KTY_OKP && curve === CRV_ED25519;
  const isP256 = type === KTY_EC2 && curve === CRV_P256;
  if (confirmation.size !== 1 || !(isEd25519 || isP256) || key.size !== (isEd25519 ? 3 : 4)) {
    throw new GatepostError('pass.invalid', 'cnf must hold one Ed25519 or P-256 key and nothing else');
  }
  const x = byteString(field(key, X, 'x of cnf'), 32, 'x of cnf');
  if (isEd25519) return ed25519Key(x);
  return p256Key(x, byteString(field(key, Y, 'y of cnf'), 32, 'y of cnf'));
}

function ed25519Key(x: Uint8Array): HolderKey {
  if (!isEd25519Point(x)) throw new GatepostError('pass.invalid', 'x of cnf is no Ed25519 key');
  return { algorithm: 'Ed25519', publicKey: x };
}

function p256Key(x: Uint8Array, y: Uint8Array): HolderKey {
  if (!isP256Point(x, y)) throw new GatepostError('pass.invalid', 'The point of cnf is not on P-256');
  return { algorithm: 'P-256', publicKey: Uint8Array.of(4, ...x, ...y) };
}

function coseKey({ algorithm, publicKey }: HolderKey): CborMap {
  if (algorithm === 'Ed25519') {
    return new Map<number, CborValue>([
      [KTY, KTY_OKP],
      [CRV, CRV_ED25519],
      [X, publicKey],
    ]);
  }
  return new Map<number, CborValue>([
    [KTY, KTY_EC2],
    [CRV, CRV_P256],
    [X, publicKey.slice(1, 33)],
    [Y, publicKey.slice(33, 65)],
  ]);
}
