import { createHash, createPublicKey, verify } from 'node:crypto';
import { isLabel } from './second-label.ts';

/**
 * A verifier of passes that shares no line with the one under test: it was written from config/contract/README.md#passes
 * alone. It judges one pass at one site with one key, and tells what the pass says of its holder's needs.
 */
export interface SecondOpinion {
  /** `VALID`, or the reason of the refusal. */
  readonly verdict: string;
  readonly needs: Readonly<Record<string, unknown>>;
}

interface Shown {
  readonly text: string;
  /** Unix seconds. */
  readonly now: number;
  readonly site: string;
  /** Raw Ed25519 key of the issuer. */
  readonly issuer: Uint8Array;
  /** What the issuer may sign, where that is not everything: kinds by their number, sites, seconds from iat to exp. */
  readonly bounds?: {
    readonly kinds: readonly number[];
    readonly sites: readonly string[];
    readonly longestS: number;
  };
  /** Minutes the site's time is ahead of UTC. */
  readonly zoneMinutes: number;
}

type Item = number | bigint | string | boolean | null | Uint8Array | readonly Item[] | Map<Item, Item>;

class Refusal extends Error {}
const malformed = (): never => {
  throw new Refusal('gp:MalformedPass');
};
function must(holds: boolean): asserts holds {
  if (!holds) malformed();
}

export function secondOpinion(shown: Shown): SecondOpinion {
  const needs: Record<string, unknown> = {};
  try {
    judge(shown, needs);
    return { verdict: 'VALID', needs };
  } catch (error) {
    if (error instanceof Refusal) return { verdict: error.message, needs };
    throw error;
  }
}

function judge(
  { text, now, site, issuer, bounds, zoneMinutes }: Shown,
  needs: Record<string, unknown>,
): void {
  must(text.length <= 1024);
  const prefix = /^[A-Z]{2}[0-9]:/.exec(text)?.[0];
  must(prefix !== undefined);
  if (prefix !== 'GP1:' && prefix !== 'GR1:') throw new Refusal('gp:UnsupportedVersion');
  const bytes = base45(text.slice(4));
  const [pass, step, proof] = prefix === 'GP1:' ? [bytes] : list(one(bytes), 3);
  must(pass instanceof Uint8Array && pass.length <= 512);

  const [header, open, payload, signature] = list(one(pass[0] === 0xd2 ? pass.subarray(1) : pass), 4);
  must(header instanceof Uint8Array && payload instanceof Uint8Array && signature instanceof Uint8Array);
  const fields = mapOf(one(header));
  const kid = fields.get(4);
  must(fields.size === 2 && (fields.get(1) === -19 || fields.get(1) === -8));
  must(kid instanceof Uint8Array && kid.length === 4 && mapOf(open).size === 0 && signature.length === 64);

  const claims = mapOf(one(payload));
  const own = mapOf(claims.get(-65537));
  const [aud, exp, nbf, iat, cti] = [3, 4, 5, 6, 7].map((key) => claims.get(key));
  must(typeof aud === 'string' && /^[a-z0-9-]{1,32}$/.test(aud));
  must(isWhole(exp, 0, 253_402_300_799) && isWhole(iat, 0, 253_402_300_799));
  must(nbf === undefined || isWhole(nbf, 0, 253_402_300_799));
  must(cti instanceof Uint8Array && cti.length === 8);
  const cnf = claims.get(8);
  const key = cnf === undefined ? undefined : ed25519Of(mapOf(mapOf(cnf).get(1)));
  const windows = checkOwn(own);
  must(
    prefix === 'GP1:' || (isWhole(step, 0, 2 ** 53) && proof instanceof Uint8Array && proof.length === 64),
  );
  must(prefix === 'GP1:' || key !== undefined);

  if (!same(kid, sha256(issuer).subarray(0, 4))) throw new Refusal('gp:UnknownIssuer');
  const signed = encode(['Signature1', header, Buffer.from('gatepass/1'), payload]);
  if (!isSigned(issuer, signed, signature)) throw new Refusal('gp:SignatureInvalid');
  if (key !== undefined && proof instanceof Uint8Array && typeof step === 'number') {
    const proven = encode(['gatepass-pop/1', sha256(pass), step]);
    if (!isSigned(key, proven, proof)) throw new Refusal('gp:SignatureInvalid');
  }

  // From here on the pass is genuine, and its needs count whatever is decided.
  const flags = own.get(8) ?? 0;
  const bits = { slow: 1, largeType: 4, speechAtOnce: 8, stepFree: 16 };
  for (const [name, bit] of Object.entries(bits))
    if (Math.floor(Number(flags) / bit) % 2 === 1) needs[name] = true;
  if (own.has(9)) needs.language = own.get(9);

  if (prefix === 'GP1:' && key !== undefined) throw new Refusal('gp:DynamicCodeRequired');
  must(Number(exp) - Number(iat) <= Math.min(400 * 86_400, bounds?.longestS ?? Number.POSITIVE_INFINITY));
  if (bounds !== undefined && !bounds.sites.includes(site)) throw new Refusal('gp:UnknownIssuer');
  if (aud !== site) throw new Refusal('gp:WrongSite');
  if (now >= Number(exp)) throw new Refusal('CredentialExpired');
  if (now < Number(nbf ?? 0) || now + 300 < Number(iat)) throw new Refusal('CredentialNotActive');
  if (typeof step === 'number' && Math.abs(step - Math.floor(now / 15)) > 1)
    throw new Refusal('gp:DynamicCodeStale');
  if (bounds !== undefined && !bounds.kinds.includes(Number(own.get(1)))) throw new Refusal('Unauthorized');
  if (!isInHours(windows, now + zoneMinutes * 60)) throw new Refusal('NotPermittedAtThisTime');
}

/** Checks the fields of claim -65537 and returns its windows. */
function checkOwn(own: Map<Item, Item>): readonly (readonly number[])[] | undefined {
  const [kind, holder, windows, quota, label, uses, gates, flags, language] = Array.from(
    { length: 9 },
    (_, at) => own.get(at + 1),
  );
  must(isWhole(kind, 0, 6) && kind !== 1);
  must(holder === undefined || (holder instanceof Uint8Array && holder.length === 6));
  must(uses === undefined || isWhole(uses, 1, 65_535));
  must(flags === undefined || isWhole(flags, 0, 2 ** 32 - 1));
  if (quota !== undefined) {
    const [count, days] = list(quota, 2);
    must(isWhole(count, 1, 65_535) && isWhole(days, 1, 400));
  }
  must(label === undefined || isLabel(label));
  if (gates !== undefined) {
    must(Array.isArray(gates) && gates.length > 0);
    must(gates.every((gate: Item) => typeof gate === 'string' && /^[a-z0-9-]{1,32}$/.test(gate)));
  }
  if (language !== undefined) {
    must(typeof language === 'string' && language.length <= 12);
    const [first = '', ...others] = language.split('-');
    must(/^[A-Za-z]{2,8}$/.test(first) && others.every((subtag) => /^[A-Za-z0-9]{1,8}$/.test(subtag)));
  }
  if (windows === undefined) return undefined;
  must(Array.isArray(windows) && windows.length > 0);
  return windows.map((window: Item) => {
    const [days, start, end] = list(window, 3);
    must(isWhole(days, 1, 127) && isWhole(start, 0, 1439) && isWhole(end, 0, 1440) && start !== end);
    return [Number(days), Number(start), Number(end)];
  });
}

function isInHours(windows: readonly (readonly number[])[] | undefined, localSeconds: number): boolean {
  if (windows === undefined) return true;
  const minute = Math.floor(localSeconds / 60) % 1440;
  // 1970-01-01 was a Thursday; bit 0 is Sunday.
  const day = (Math.floor(localSeconds / 86_400) + 4) % 7;
  const isOn = (days: number, which: number): boolean => Math.floor(days / 2 ** ((which + 7) % 7)) % 2 === 1;
  return windows.some(([days = 0, start = 0, end = 0]) =>
    start < end
      ? isOn(days, day) && minute >= start && minute < end
      : (isOn(days, day) && minute >= start) || (isOn(days, day - 1) && minute < end),
  );
}

function ed25519Of(key: Map<Item, Item>): Uint8Array {
  const x = key.get(-2);
  must(key.size === 3 && key.get(1) === 1 && key.get(-1) === 6 && x instanceof Uint8Array && x.length === 32);
  return x;
}

function isWhole(value: Item | undefined, least: number, most: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

function list(value: Item, length: number): readonly Item[] {
  must(Array.isArray(value) && value.length === length);
  return value as readonly Item[];
}

function mapOf(value: Item | undefined): Map<Item, Item> {
  must(value instanceof Map);
  return value;
}

function base45(text: string): Uint8Array {
  const digits = [...text].map((each) => '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'.indexOf(each));
  must(digits.every((digit) => digit >= 0) && digits.length % 3 !== 1);
  const bytes: number[] = [];
  for (let at = 0; at < digits.length; at += 3) {
    const group = digits.slice(at, at + 3);
    const value = group.reduce((sum, digit, place) => sum + digit * 45 ** place, 0);
    must(value < (group.length === 3 ? 65_536 : 256));
    bytes.push(...(group.length === 3 ? [value >> 8, value & 255] : [value]));
  }
  return Uint8Array.from(bytes);
}

/** The one item that the bytes are, in canonical CBOR. */
function one(bytes: Uint8Array): Item {
  const [item, end] = decode(bytes, 0, 1);
  must(end === bytes.length);
  return item;
}

function decode(bytes: Uint8Array, at: number, level: number): [Item, number] {
  must(at < bytes.length);
  const first = bytes[at] ?? 0;
  const [major, short] = [first >> 5, first & 31];
  if (major === 7) {
    must(short >= 20 && short <= 22);
    return [[false, true, null][short - 20] ?? null, at + 1];
  }
  must(short <= 27 && major !== 6);
  const width = short < 24 ? 0 : 2 ** (short - 24);
  must(at + 1 + width <= bytes.length);
  let value = BigInt(short);
  if (width > 0) value = BigInt(`0x${Buffer.from(bytes.subarray(at + 1, at + 1 + width)).toString('hex')}`);
  must(width === 0 || value >= ([24n, 2n ** 8n, 2n ** 16n, 2n ** 32n][short - 24] ?? 0n));
  const start = at + 1 + width;
  if (major < 2) return [narrow(major === 0 ? value : -1n - value), start];
  const count = Number(value);
  must(count <= bytes.length);
  if (major < 4) {
    must(start + count <= bytes.length);
    const content = bytes.slice(start, start + count);
    return [major === 2 ? content : textOf(content), start + count];
  }
  must(level <= 6);
  const items: Item[] = [];
  let next = start;
  let before: Buffer | undefined;
  for (let index = 0; index < count * (major === 5 ? 2 : 1); index += 1) {
    const [item, end] = decode(bytes, next, level + 1);
    if (major === 5 && index % 2 === 0) {
      const key = Buffer.from(bytes.subarray(next, end));
      must(before === undefined || Buffer.compare(before, key) < 0);
      before = key;
    }
    items.push(item);
    next = end;
  }
  if (major === 4) return [items, next];
  const pairs = items.flatMap((key, index) =>
    index % 2 === 0 ? [[key, items[index + 1] as Item] as const] : [],
  );
  return [new Map(pairs), next];
}

const narrow = (value: bigint): Item =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : value;

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return malformed();
  }
}

/** The few forms that are signed: short lists of texts, byte strings and numbers. */
function encode(items: readonly (string | Uint8Array | number)[]): Uint8Array {
  const head = (major: number, value: number): number[] => {
    if (value < 24) return [major * 32 + value];
    if (value < 256) return [major * 32 + 24, value];
    if (value < 65_536) return [major * 32 + 25, value >> 8, value & 255];
    return [major * 32 + 26, ...[24, 16, 8, 0].map((bits) => (value >>> bits) & 255)];
  };
  const parts = items.flatMap((item) => {
    if (typeof item === 'number') return head(0, item);
    const bytes = typeof item === 'string' ? Buffer.from(item) : item;
    return [...head(typeof item === 'string' ? 3 : 2, bytes.length), ...bytes];
  });
  return Uint8Array.from([...head(4, items.length), ...parts]);
}

function isSigned(key: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  const x = Buffer.from(key).toString('base64url');
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, bytes, publicKey, signature);
}

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const same = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;
