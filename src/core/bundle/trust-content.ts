import { PASS_KINDS } from '../access/vocabulary.ts';
import { toHex } from '../encoding/hex.ts';
import { isGatepostError } from '../errors.ts';
import type { CborValue } from '../pass/canonical-cbor.ts';
import { speaksHere, speaksNow } from '../pass/check-pass.ts';
import { gateOrSiteId } from '../pass/claim-fields.ts';
import type { TrustedKey } from '../pass/pass.ts';
import { checkEd25519, refusePublished } from '../pass/public-key.ts';
import { keyIdOf } from '../pass/read-pass.ts';
import { Fields, word, wrong } from './fields.ts';

export const KEY_USES = ['pass', 'command', 'visitor', 'bundle', 'witness'] as const;
/**
 * What a key may sign: passes, commands, visitors' passes of its own site, other bundles, or checkpoints of the log that
 * it has seen.
 */
type KeyUse = (typeof KEY_USES)[number];

const MOST_KEYS = 64;
const MOST_SITES = 64;
/** More verbs than any gate knows. */
const MOST_VERBS = 64;
const VERB = /^[a-z0-9-]{1,32}$/;
const FIELDS = ['kid', 'publicKey', 'name', 'use', 'status', 'sites', 'kinds', 'verbs', 'from', 'until'];

/** A key of the trust bundle. */
export interface ListedKey extends TrustedKey {
  readonly use: KeyUse;
  /** What a key with use `command` may order; absent: nothing. Verbs that this gate does not know are kept too. */
  readonly verbs?: readonly string[];
}

/** @throws GatepostError `bundle.refused` or `pass.invalid` naming the field */
export function readTrustContent(content: CborValue): readonly ListedKey[] {
  const keys = new Fields(content, 'trust', ['keys']).list('keys', MOST_KEYS, readKey);
  const known = new Set(keys.map(({ publicKey, use }) => `${use} ${toHex(publicKey)}`));
  if (known.size !== keys.length) throw wrong('A key must be named once for each use');
  return keys;
}

export function trustContent(keys: readonly ListedKey[]): CborValue {
  return new Map([['keys', keys.map(writeKey)]]);
}

/**
 * The keys with this kid that may sign bundles for a site at a moment. A withdrawn key may not sign anything.
 * @param nowS whole Unix seconds
 */
export function bundleSigners(
  keys: readonly ListedKey[],
  { keyId, site, nowS }: { readonly keyId: string; readonly site: string; readonly nowS: number },
): readonly ListedKey[] {
  return keys.filter(
    (key) =>
      key.use === 'bundle' &&
      key.status === 'active' &&
      speaksHere(key, site) &&
      speaksNow(key, nowS) &&
      keyIdOf(key.publicKey) === keyId,
  );
}

/**
 * The keys that may co-sign checkpoints of a site's gates at a moment.
 * @param nowS whole Unix seconds
 */
export function witnessKeys(
  keys: readonly ListedKey[],
  { site, nowS }: { readonly site: string; readonly nowS: number },
): readonly ListedKey[] {
  return keys.filter(
    (key) =>
      key.use === 'witness' && key.status === 'active' && speaksHere(key, site) && speaksNow(key, nowS),
  );
}

function readKey(value: CborValue): ListedKey {
  const fields = new Fields(value, 'A key', FIELDS);
  // A copy, because the key is kept longer than the bundle.
  const publicKey = fields.bytes('publicKey').slice();
  const status = fields.oneOf('status', ['active', 'withdrawn']);
  // A published key may be listed in order to withdraw it.
  checked(() => (status === 'active' ? trusted(publicKey) : checkEd25519(publicKey)));
  if (fields.has('kid') && toHex(fields.bytes('kid')) !== keyIdOf(publicKey))
    throw wrong(`kid must be the first 4 bytes of SHA-256 of publicKey, here ${keyIdOf(publicKey)}`);
  const use = fields.oneOf('use', KEY_USES);
  const kinds = fields.has('kinds')
    ? fields.list('kinds', PASS_KINDS.length, (kind) => word(kind, PASS_KINDS, 'kinds'))
    : undefined;
  return {
    publicKey,
    name: fields.text('name', 60),
    use,
    status,
    ...(fields.has('sites')
      ? { sites: fields.list('sites', MOST_SITES, (site) => gateOrSiteId(site, 'sites')) }
      : {}),
    ...(kinds === undefined ? {} : { kinds }),
    ...(fields.has('verbs') ? { verbs: fields.list('verbs', MOST_VERBS, verbName) } : {}),
    ...(fields.has('from') ? { from: fields.number('from') } : {}),
    ...(fields.has('until') ? { until: fields.number('until', 1) } : {}),
  };
}

/** A newer centre may list verbs that this gate does not know yet: the list counts all the same. */
function verbName(value: CborValue): string {
  if (typeof value === 'string' && VERB.test(value)) return value;
  throw wrong('verbs must be 1 to 32 of the characters a-z, 0-9 and - each');
}

function trusted(publicKey: Uint8Array): void {
  checkEd25519(publicKey);
  refusePublished(publicKey);
}

/** An invalid key makes the list invalid. */
function checked(check: () => void): void {
  try {
    check();
  } catch (error) {
    if (isGatepostError(error, 'key.invalid')) throw wrong(`publicKey is refused. ${error.message}`);
    throw error;
  }
}

function writeKey(key: ListedKey): CborValue {
  const { publicKey, name, use, status, sites, kinds, verbs, from, until } = key;
  const fields: Record<string, CborValue | undefined> = {
    publicKey: new Uint8Array(publicKey),
    name,
    use,
    status,
    sites,
    kinds,
    verbs,
    from,
    until,
  };
  const present = Object.entries(fields).flatMap(([key, value]): [string, CborValue][] =>
    value === undefined ? [] : [[key, value]],
  );
  return new Map(present);
}

/**
 * The keys whose passes are trusted: those of the list, and those of the config that the list does not name. So the
 * list can withdraw a key that the config trusts.
 */
export function passKeys(
  listed: readonly ListedKey[],
  configured: readonly TrustedKey[],
): readonly TrustedKey[] {
  const byKey = new Map<string, TrustedKey>(configured.map((key) => [toHex(key.publicKey), key]));
  const own = new Map(byKey);
  for (const { use, verbs, ...key } of listed.filter(({ use }) => use === 'visitor'))
    byKey.set(toHex(key.publicKey), { ...key, kinds: ['visitor'] });
  for (const { use, verbs, ...key } of listed.filter(({ use }) => use === 'pass'))
    byKey.set(toHex(key.publicKey), key);
  // Whatever a list says of the kiosk's own key: it is for visitors, and for no longer than the kiosk says.
  for (const [id, { kinds = [], longestLifeS }] of own) {
    const listed = byKey.get(id);
    if (longestLifeS !== undefined && listed !== undefined) byKey.set(id, { ...listed, kinds, longestLifeS });
  }
  return [...byKey.values()];
}
