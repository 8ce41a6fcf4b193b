import { toHex } from '../encoding/hex.ts';
import { GatepostError, messageOf } from '../errors.ts';
import { type CborValue, decodeCanonical, encodeCanonical } from '../pass/canonical-cbor.ts';
import { type CoseUse, readCoseSign1, writeCoseSign1 } from '../pass/cose-sign1.ts';
import type { Signer } from '../pass/issue-pass.ts';
import { keyIdBytes } from '../pass/public-key.ts';
import {
  BUNDLE_TYPES,
  type BundleHeader,
  type BundleRefusal,
  MAX_BUNDLE_BYTES,
  type OpenedBundle,
} from './bundle.ts';
import { type BundleContent, readContent } from './content.ts';
import { Fields } from './fields.ts';

const BUNDLE_USE: CoseUse = {
  name: 'The bundle',
  maxBytes: MAX_BUNDLE_BYTES,
  externalAad: 'gatepost-bundle/1',
};
/** A COSE_Sign1 has five items, or six with its tag. */
const MOST_OUTER_ITEMS = 6;
/** Enough for 64 keys with all their fields; long lists are single byte strings. */
const MOST_PAYLOAD_ITEMS = 10_000;
const FIELDS = ['type', 'site', 'number', 'issuedAt', 'nextUpdate', 'content'];

type BundleOpening =
  | { readonly status: 'opened'; readonly bundle: OpenedBundle }
  | { readonly status: 'refused'; readonly refusal: BundleRefusal; readonly detail: string };

/** Parses a bundle without trusting it. Never throws, whatever the bytes; `detail` never repeats them. */
export function openBundle(bytes: Uint8Array): BundleOpening {
  if (bytes.length > MAX_BUNDLE_BYTES)
    return refused('too_large', `A bundle has at most ${MAX_BUNDLE_BYTES} bytes`);
  if (!hasAtMostItems(bytes, MOST_OUTER_ITEMS)) return refused('malformed', 'It has too many parts');
  try {
    const { keyId, payload, toBeSigned, signature } = readCoseSign1(bytes, BUNDLE_USE);
    if (!hasAtMostItems(payload, MOST_PAYLOAD_ITEMS)) return refused('malformed', 'It has too many parts');
    const fields = new Fields(decodeCanonical(payload, 'The payload'), 'The payload', FIELDS);
    const name = fields.any('type');
    const type = BUNDLE_TYPES.find((one) => one === name);
    if (type === undefined) return refused('unknown_type', 'It is none of the lists this gate knows');
    const issuedAt = fields.number('issuedAt');
    const header: BundleHeader = {
      type,
      site: fields.id('site'),
      number: fields.number('number', 1),
      issuedAt,
      nextUpdate: fields.number('nextUpdate', issuedAt + 1),
    };
    const content = fields.any('content');
    return { status: 'opened', bundle: { header, keyId: toHex(keyId), toBeSigned, signature, content } };
  } catch (error) {
    return refused('malformed', detailOf(error));
  }
}

/** Checks the header of a bundle against the state of this gate. Undefined: no objection so far. */
export function judgeHeader(
  { type, site, number }: BundleHeader,
  here: { readonly site: string; readonly presentNumber: number },
): { readonly refusal: BundleRefusal; readonly detail: string } | undefined {
  if (site !== here.site)
    return { refusal: 'wrong_site', detail: `It is for the site ${site}, this is ${here.site}` };
  if (number <= here.presentNumber) {
    const detail = `Its number is ${number}, but ${type} ${here.presentNumber} is here already`;
    return { refusal: 'old_number', detail };
  }
  return undefined;
}

/**
 * Signs a list. The result is read back by the kiosk's own rules, so that no list is published that a gate would call
 * malformed.
 * @throws GatepostError `bundle.refused` naming what is out of range; `key.invalid` for a key that is not Ed25519
 */
export function signBundle(header: BundleHeader, content: CborValue, signer: Signer): Uint8Array {
  if (signer.algorithm !== 'Ed25519') {
    throw new GatepostError(
      'key.invalid',
      'Bundles are signed with Ed25519; make a key with gatepost keygen.',
    );
  }
  const payload = encodeCanonical(
    new Map<string, CborValue>([...Object.entries(header), ['content', content]]),
  );
  const keyId = keyIdBytes(signer.publicKey);
  const bytes = writeCoseSign1(payload, keyId, (message) => signer.sign(message), BUNDLE_USE);
  readWhole(bytes);
  return bytes;
}

/**
 * Reads form and content of a bundle at once, for tools; does not check its signature.
 * @throws GatepostError `bundle.refused`
 */
export function readWhole(bytes: Uint8Array): {
  readonly bundle: OpenedBundle;
  readonly content: BundleContent;
} {
  const opening = openBundle(bytes);
  if (opening.status === 'refused') throw new GatepostError('bundle.refused', `${opening.detail}.`);
  const { bundle } = opening;
  const steps = readContent(bundle.header, bundle.content);
  try {
    for (;;) {
      const step = steps.next();
      if (step.done === true) return { bundle, content: step.value };
    }
  } catch (error) {
    throw new GatepostError('bundle.refused', `${detailOf(error)}.`, { cause: error });
  }
}

/** The message of a failed check. @throws any other error */
export function detailOf(error: unknown): string {
  if (error instanceof GatepostError && ['pass.invalid', 'bundle.refused'].includes(error.code))
    return messageOf(error);
  throw error;
}

function refused(refusal: BundleRefusal, detail: string): BundleOpening {
  return { status: 'refused', refusal, detail };
}

const EIGHT_BYTE_LENGTH = 27;
const BYTE_STRING = 2;
const TEXT_STRING = 3;

/**
 * Whether `bytes` contain at most `limit` CBOR items (RFC 8949 3), counted from their heads and no further than the
 * limit. Nothing is built, so the cost of hostile input is bounded before it is parsed. Says nothing about
 * well-formedness.
 */
function hasAtMostItems(bytes: Uint8Array, limit: number): boolean {
  let at = 0;
  let items = 0;
  while (at < bytes.length) {
    items += 1;
    if (items > limit) return false;
    const first = bytes[at] ?? 0;
    const major = first >> 5;
    const short = first & 0x1f;
    const lengthBytes = short < 24 || short > EIGHT_BYTE_LENGTH ? 0 : 2 ** (short - 24);
    let value = lengthBytes === 0 ? short : 0;
    for (let index = 1; index <= lengthBytes; index++) value = value * 256 + (bytes[at + index] ?? 0);
    at += 1 + lengthBytes + (major === BYTE_STRING || major === TEXT_STRING ? value : 0);
  }
  return true;
}
