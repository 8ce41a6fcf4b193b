import { ThreadVerifier } from '../adapters/crypto/thread-verifier.ts';
import type { BundleCheckTools } from '../app/lists/bundle-check.ts';
import type { BundlesInForceSettings } from '../app/lists/bundles-in-force.ts';
import { policyOfBundle } from '../config/policy-bundle.ts';
import type { Config } from '../config/schema.ts';
import type { TrustedKey } from '../core/pass/pass.ts';
import { parsePublicKey } from '../core/pass/public-key.ts';
import { keyIdOf } from '../core/pass/read-pass.ts';
import type { Clock } from '../ports/clock.ts';

const HOUR_S = 3600;

/** What a gate with this config needs to check signed lists. */
export function bundleTools(config: Config, clock: Clock): BundleCheckTools {
  const { rootKey } = config.trust;
  return {
    site: config.site.id,
    rootKey: rootKey === undefined ? undefined : parsePublicKey(rootKey),
    verifier: new ThreadVerifier(),
    judgePolicy: (json) => void policyOfBundle(json, config),
    clock,
  };
}

/** @param configured keys that count beside those of the signed list */
export function listSettings({ trust }: Config, configured: readonly TrustedKey[]): BundlesInForceSettings {
  const { graceHours, required, rootKey } = trust;
  return {
    configured,
    graceSeconds: graceHours * HOUR_S,
    required,
    ...(rootKey === undefined ? {} : { rootKeyId: keyIdOf(parsePublicKey(rootKey)) }),
  };
}
