import type { TrustedKey } from '../core/pass/pass.ts';
import { parsePublicKey } from '../core/pass/public-key.ts';
import type { Config } from './schema.ts';

/** The keys whose passes the config trusts, for createTrust(). */
export function trustedKeysOf({ passes }: Config): TrustedKey[] {
  return passes.issuers.map(({ name, publicKey, sites, kinds }) => ({
    name,
    publicKey: parsePublicKey(publicKey),
    status: 'active',
    ...(sites === undefined ? {} : { sites }),
    ...(kinds === undefined ? {} : { kinds }),
  }));
}
