// A gate that takes one list after another, for a test that kills it: prints each number once it is in force.
//   bundle-writer.child.ts FOLDER
import { SystemClock } from '../../src/adapters/clock/system-clock.ts';
import { ThreadVerifier } from '../../src/adapters/crypto/thread-verifier.ts';
import { Store } from '../../src/adapters/sqlite/store.ts';
import { BundlesInForce } from '../../src/app/lists/bundles-in-force.ts';
import { Distribution } from '../../src/app/lists/distribution.ts';
import { ROOT, sampleBundle } from '../support/gate/bundle-samples.ts';
import { SilentLogger } from '../support/silent-logger.ts';

const [, , folder = ''] = process.argv;
const clock = new SystemClock();
const logger = new SilentLogger();
const store = new Store({ folder, site: 'willow-court', gate: 'north', clock, logger });
const { signal } = new AbortController();
await store.start(signal);
const inForce = new BundlesInForce({ configured: [], graceSeconds: 0, required: [] });
const distribution = new Distribution({
  gate: 'north',
  tools: {
    site: 'willow-court',
    rootKey: ROOT.publicKey,
    verifier: new ThreadVerifier(),
    judgePolicy: () => undefined,
    clock,
  },
  inForce,
  shelf: store.bundles,
  log: store.log,
  logger,
});
await distribution.start(signal);
await distribution.receive({ bytes: sampleBundle('trust'), source: 'apply' });
for (let number = (inForce.kept('orders')?.number ?? 0) + 1; ; number++) {
  const answer = await distribution.receive({ bytes: sampleBundle('orders', { number }), source: 'apply' });
  process.stdout.write(`${answer.status === 'applied' ? number : Number.NaN}\n`);
}
