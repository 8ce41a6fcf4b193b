import { SystemClock } from '../../../src/adapters/clock/system-clock.ts';
import { ThreadVerifier } from '../../../src/adapters/crypto/thread-verifier.ts';
import type { Store } from '../../../src/adapters/sqlite/store.ts';
import { BundlesInForce } from '../../../src/app/lists/bundles-in-force.ts';
import { Distribution } from '../../../src/app/lists/distribution.ts';
import type { VirtualClock } from '../clock/virtual-clock.ts';
import { SilentLogger } from '../silent-logger.ts';
import { ROOT } from './bundle-samples.ts';
import { trustedKey } from './pass-samples.ts';

/** The signed lists of a played gate. Checking a list takes real turns of the loop at a time that stands still. */
export function gateLists(store: Store, clock: VirtualClock, site: string) {
  const system = new SystemClock();
  const inForce = new BundlesInForce({ configured: [trustedKey()], graceSeconds: 3600, required: [] });
  const distribution = new Distribution({
    gate: 'north',
    tools: {
      site,
      rootKey: ROOT.publicKey,
      verifier: new ThreadVerifier(),
      judgePolicy: () => undefined,
      clock: { read: () => clock.read(), schedule: (delayMs, run) => system.schedule(delayMs, run) },
    },
    inForce,
    shelf: store.bundles,
    log: store.log,
    logger: new SilentLogger(),
    onChanged: () => undefined,
  });
  return { inForce, distribution };
}
