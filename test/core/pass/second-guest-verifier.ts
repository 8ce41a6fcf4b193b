import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { isLabel } from './second-label.ts';

/**
 * Judges guest passes by config/contract/README.md#guest-passes alone: it shares no code with the gate, reads CBOR by
 * writing it again, and keeps to the order of the contract's reasons.
 */

type Item = number | string | boolean | null | Uint8Array | Item[] | Map<Item, Item>;

export interface Judged {
  readonly verdict: string;
  readonly passId?: string;
  readonly uses?: number;
  readonly label?: string;
}

interface Place {
  readonly issuer: Uint8Array;
  readonly site: string;
  readonly gate: string;
  readonly nowS: number;
  /** Minutes by which the site is ahead of UTC. */
  readonly zoneMinutes: number;
}

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const OWN = -65537;

class Malformed extends Error {}

function need(holds: boolean): asserts holds {
  if (!holds) throw new Malformed();
}

export function judgeGuest(text: string, place: Place): Judged {
  try {
    return judge(text, place);
  } catch (error) {
    if (error instanceof Malformed) return { verdict: 'gp:MalformedPass' };
    throw error;
  }
}

function judge(text: string, { issuer, site, gate, nowS, zoneMinutes }: Place): Judged {
  need(text.length <= 1024 && /^[A-Z]{2}\d:/.test(text));
  if (!/^G[PRG]1:/.test(text)) return { verdict: 'gp:UnsupportedVersion' };
  need(text.startsWith('GG1:'));
  const outer = read(base45(text.slice(4)));
  need(Array.isArray(outer) && outer.length === 2 && outer.every((part) => part instanceof Uint8Array));
  const [pass, part] = outer as [Uint8Array, Uint8Array];
  need(pass.length <= 512 && part.length <= 256);

  const host = sign1(pass, 'gatepass/1');
  need(host.header.size === 2 && [-19, -8].includes(host.header.get(1) as number));
  const kid = bytes(host.header.get(4), 4);
  const claims = host.payload;
  const own = mapOf(claims.get(OWN));
  const aud = String(claims.get(3));
  const [exp, iat] = [whole(claims.get(4)), whole(claims.get(6))];
  const nbf = claims.has(5) ? whole(claims.get(5)) : 0;
  bytes(claims.get(7), 8);
  const cnf = phoneKey(claims.get(8));
  const household = own.has(2) ? bytes(own.get(2), 6) : undefined;

  const guest = sign1(part, 'gatepost-guest/1');
  need(guest.header.size === 1 && cnf.algorithms.includes(guest.header.get(1) as number));
  need([...guest.payload.keys()].every((key) => [4, 6, 7, OWN].includes(key as number)));
  const said = mapOf(guest.payload.get(OWN));
  need([...said.keys()].every((key) => [1, 5, 6, 7].includes(key as number)));
  const [ends, begins] = [whole(guest.payload.get(4)), whole(guest.payload.get(6))];
  const cti = bytes(guest.payload.get(7), 8);
  need(said.get(1) === 3 && [1, 2].includes(said.get(6) as number));
  need(begins >= iat && ends > begins && ends <= exp && ends - begins <= 86_400);
  const label = said.get(5);
  need(label === undefined || isLabel(label));
  const lists = [own.get(7), said.get(7)].filter((list) => list !== undefined);
  need(lists.every((list) => Array.isArray(list) && list.length > 0 && list.every(isId)));

  const issuerId = createHash('sha256').update(issuer).digest().subarray(0, 4);
  if (!issuerId.equals(kid)) return { verdict: 'gp:UnknownIssuer' };
  const office = ed25519(issuer);
  if (!verify(null, host.signed, office, host.signature)) return { verdict: 'gp:SignatureInvalid' };
  if (!cnf.verifies(guest.signed, guest.signature)) return { verdict: 'gp:SignatureInvalid' };

  const passId = createHash('sha256')
    .update(write(['gatepost-guest-id/1', cnf.raw, cti]))
    .digest('hex')
    .slice(0, 16);
  const windows = own.get(3) as number[][] | undefined;
  const failed: readonly (readonly [boolean, string])[] = [
    [exp - iat > 400 * 86_400, 'gp:MalformedPass'],
    [aud !== site, 'gp:WrongSite'],
    [nowS >= ends, 'CredentialExpired'],
    [nowS < nbf || begins > nowS + 300, 'CredentialNotActive'],
    [lists.some((list) => !(list as Item[]).includes(gate)), 'Unauthorized'],
    [
      windows !== undefined && !windows.some((window) => isIn(window, nowS + zoneMinutes * 60)),
      'NotPermittedAtThisTime',
    ],
    [own.get(1) !== 0 || household === undefined, 'gp:GuestNotAllowed'],
  ];
  const verdict = failed.find(([fails]) => fails)?.[1] ?? 'VALID';
  return { verdict, passId, uses: said.get(6) as number, ...(label === undefined ? {} : { label }) };
}

function isIn([days = 0, start = 0, end = 0]: number[], localS: number): boolean {
  const [day, minute] = [Math.floor(localS / 86_400), Math.floor((localS % 86_400) / 60)];
  // 1970-01-01 was a Thursday.
  const on = (which: number) => ((days >> ((which + 4) % 7)) & 1) === 1;
  if (end > start) return on(day) && minute >= start && minute < end;
  return (on(day) && minute >= start) || (on(day - 1) && minute < end);
}

function sign1(whole: Uint8Array, aad: string) {
  const parts = read(whole);
  need(Array.isArray(parts) && parts.length === 4);
  const [header, open, payload, signature] = parts;
  need(header instanceof Uint8Array && payload instanceof Uint8Array && mapOf(open).size === 0);
  return {
    header: mapOf(read(header)),
    payload: mapOf(read(payload)),
    signed: write(['Signature1', header, new Uint8Array(Buffer.from(aad)), payload]),
    signature: bytes(signature, 64),
  };
}

function phoneKey(value: Item | undefined) {
  const cnf = mapOf(value);
  const key = mapOf(cnf.get(1));
  const x = bytes(key.get(-2), 32);
  if (key.get(1) === 1) {
    need(cnf.size === 1 && key.size === 3 && key.get(-1) === 6);
    const object = pointOr(() => ed25519(x));
    return {
      raw: x,
      algorithms: [-19, -8],
      verifies: (message: Uint8Array, signature: Uint8Array) => verify(null, message, object, signature),
    };
  }
  need(cnf.size === 1 && key.size === 4 && key.get(1) === 2 && key.get(-1) === 1);
  const y = bytes(key.get(-3), 32);
  const url = (part: Uint8Array) => Buffer.from(part).toString('base64url');
  const object = pointOr(() =>
    createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: url(x), y: url(y) }, format: 'jwk' }),
  );
  return {
    raw: Uint8Array.of(4, ...x, ...y),
    algorithms: [-9, -7],
    verifies: (message: Uint8Array, signature: Uint8Array) =>
      verify('sha256', message, { key: object, dsaEncoding: 'ieee-p1363' }, signature),
  };
}

function pointOr(make: () => KeyObject): KeyObject {
  try {
    return make();
  } catch {
    throw new Malformed();
  }
}

function ed25519(raw: Uint8Array): KeyObject {
  const x = Buffer.from(raw).toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

function isId(value: Item): boolean {
  return typeof value === 'string' && /^[a-z0-9-]{1,32}$/.test(value);
}

function mapOf(value: Item | undefined): Map<Item, Item> {
  need(value instanceof Map);
  return value;
}

function whole(value: Item | undefined): number {
  need(typeof value === 'number' && value >= 0 && value <= 253_402_300_799);
  return value;
}

function bytes(value: Item | undefined, length: number): Uint8Array {
  need(value instanceof Uint8Array && value.length === length);
  return value;
}

function base45(text: string): Uint8Array {
  need(text.length % 3 !== 1);
  const out: number[] = [];
  for (let at = 0; at < text.length; at += 3) {
    const group = [...text.slice(at, at + 3)].map((character) => ALPHABET.indexOf(character));
    need(group.length > 1 && !group.includes(-1));
    const value = group.reduceRight((sum, digit) => sum * 45 + digit, 0);
    need(value <= (group.length === 3 ? 0xffff : 0xff));
    if (group.length === 3) out.push(value >> 8);
    out.push(value & 0xff);
  }
  return Uint8Array.from(out);
}

/** Canonical is what comes out the same when it is written again. */
function read(input: Uint8Array): Item {
  let at = 0;
  const take = (length: number): Uint8Array => {
    need(at + length <= input.length);
    at += length;
    return input.slice(at - length, at);
  };
  const item = (depth: number): Item => {
    const [first = 0] = take(1);
    const [major, info] = [first >> 5, first & 31];
    if (major === 7) {
      need([20, 21, 22].includes(info));
      return info === 22 ? null : info === 21;
    }
    need(info < 28 && major !== 6);
    const n = info < 24 ? info : Number(BigInt(`0x${Buffer.from(take(1 << (info - 24))).toString('hex')}`));
    need(Number.isSafeInteger(n));
    if (major < 2) return major === 0 ? n : -1 - n;
    if (major === 2) return take(n);
    if (major === 3) {
      const text = Buffer.from(take(n));
      need(Buffer.from(text.toString('utf8')).equals(text));
      return text.toString('utf8');
    }
    need(depth < 6 && n <= input.length);
    if (major === 4) return Array.from({ length: n }, () => item(depth + 1));
    const entries = new Map<Item, Item>();
    for (let i = 0; i < n; i++) {
      const key = item(depth + 1);
      entries.set(key, item(depth + 1));
    }
    need(entries.size === n);
    return entries;
  };
  const value = item(0);
  need(at === input.length && Buffer.from(write(value)).equals(input));
  return value;
}

function write(value: Item): Uint8Array {
  const head = (major: number, n: number): Buffer => {
    if (n < 24) return Buffer.of((major << 5) | n);
    const size = n < 0x100 ? 0 : n < 0x10000 ? 1 : n < 0x1_0000_0000 ? 2 : 3;
    const digits = n.toString(16).padStart(2 << size, '0');
    return Buffer.concat([Buffer.of((major << 5) | (24 + size)), Buffer.from(digits, 'hex')]);
  };
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  if (typeof value === 'string')
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(write)]);
  if (!(value instanceof Map)) return Buffer.of(value === null ? 0xf6 : value ? 0xf5 : 0xf4);
  const entries = [...value].map(([key, one]) => [write(key), write(one)] as const);
  entries.sort(([a], [b]) => Buffer.compare(a, b));
  return Buffer.concat([head(5, value.size), ...entries.flat()]);
}
