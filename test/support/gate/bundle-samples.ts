import type { BundleHeader, BundleType } from '../../../src/core/bundle/bundle.ts';
import { policyContent } from '../../../src/core/bundle/content.ts';
import { directoryContent } from '../../../src/core/bundle/directory.ts';
import { signBundle } from '../../../src/core/bundle/open-bundle.ts';
import { ordersContent } from '../../../src/core/bundle/orders.ts';
import { revocationsContent } from '../../../src/core/bundle/revocations.ts';
import { type ListedKey, trustContent } from '../../../src/core/bundle/trust-content.ts';
import type { CborValue } from '../../../src/core/pass/canonical-cbor.ts';
import type { Signer } from '../../../src/core/pass/issue-pass.ts';
import { NOW_S, testSigner } from './pass-samples.ts';

export const DAY_S = 86_400;
/** Signs trust bundles. */
export const ROOT = testSigner('stranger');
/** Signs every other bundle. */
export const CENTRE = testSigner('phone');
/** Signs passes. */
export const OFFICE = testSigner('issuer');

export const CENTRE_KEY: ListedKey = {
  publicKey: CENTRE.publicKey,
  name: 'District centre',
  use: 'bundle',
  status: 'active',
};
export const OFFICE_KEY: ListedKey = {
  publicKey: OFFICE.publicKey,
  name: 'Property office',
  use: 'pass',
  status: 'active',
  sites: ['willow-court'],
  kinds: ['resident', 'visitor'],
  from: NOW_S - DAY_S,
  until: NOW_S + 400 * DAY_S,
};

export function sampleContents(): Record<BundleType, CborValue> {
  return {
    trust: trustContent([CENTRE_KEY, OFFICE_KEY]),
    revocations: revocationsContent(
      ['0102030405060708', 'ffeeddccbbaa9988'],
      [{ holderRef: '0a0b0c0d0e0f', issuedBefore: NOW_S }],
    ),
    policy: policyContent('{"version":2}'),
    orders: ordersContent([
      { kind: 'quarantine', subject: { holderRef: '0a0b0c0d0e0f' }, from: NOW_S, until: NOW_S + 14 * DAY_S },
      { kind: 'suspension', subject: { passId: '0102030405060708' }, from: NOW_S },
    ]),
    directory: directoryContent(
      new Map([
        ['0a0b0c0d0e0f', { label: '王秀英', unit: '3-2-501' }],
        ['000000000001', { label: 'Sweepers', unit: '' }],
      ]),
    ),
  };
}

/** A signed bundle for willow-court; by default with number 1 and valid for a week. */
export function sampleBundle(
  type: BundleType,
  changes: Partial<BundleHeader> & { readonly content?: CborValue; readonly signer?: Signer } = {},
): Uint8Array {
  const { content = sampleContents()[type], signer = type === 'trust' ? ROOT : CENTRE, ...header } = changes;
  return signBundle(
    {
      type,
      site: 'willow-court',
      number: 1,
      issuedAt: NOW_S - 60,
      nextUpdate: NOW_S + 7 * DAY_S,
      ...header,
    },
    content,
    signer,
  );
}
