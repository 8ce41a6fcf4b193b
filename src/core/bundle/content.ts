import type { CborValue } from '../pass/canonical-cbor.ts';
import type { BundleHeader } from './bundle.ts';
import { Directory } from './directory.ts';
import { Fields, wrong } from './fields.ts';
import { OrderList } from './orders.ts';
import { RevokedPasses } from './revocations.ts';
import { type ListedKey, readTrustContent } from './trust-content.ts';

const MOST_POLICY_CHARACTERS = 64 * 1024;

/** The content of a bundle, by its type. */
export type BundleContent =
  | { readonly type: 'trust'; readonly keys: readonly ListedKey[] }
  | { readonly type: 'revocations'; readonly revoked: RevokedPasses }
  /** JSON of the config's section `policy`; src/config, which knows that section, checks it. */
  | { readonly type: 'policy'; readonly json: string }
  | { readonly type: 'orders'; readonly orders: OrderList }
  | { readonly type: 'directory'; readonly directory: Directory };

export type ContentOf<T extends BundleContent['type']> = Extract<BundleContent, { type: T }>;

/**
 * Checks the content of a bundle against its type. Yields again and again during long lists, so that the caller can
 * do other work in between.
 * @throws GatepostError `bundle.refused` or `pass.invalid` naming the field
 */
export function* readContent(header: BundleHeader, content: CborValue): Generator<void, BundleContent> {
  switch (header.type) {
    case 'trust':
      return { type: 'trust', keys: readTrustContent(content) };
    case 'revocations':
      return { type: 'revocations', revoked: yield* RevokedPasses.read(content) };
    case 'policy':
      return { type: 'policy', json: readPolicyText(content) };
    case 'orders':
      return { type: 'orders', orders: yield* OrderList.read(content, header.number) };
    case 'directory':
      return { type: 'directory', directory: yield* Directory.read(content) };
  }
}

export function policyContent(json: string): CborValue {
  return new Map([['json', json]]);
}

function readPolicyText(content: CborValue): string {
  const text = new Fields(content, 'policy', ['json']).any('json');
  if (typeof text !== 'string' || text.length > MOST_POLICY_CHARACTERS)
    throw wrong(`json must be a text of at most ${MOST_POLICY_CHARACTERS} characters`);
  return text;
}
