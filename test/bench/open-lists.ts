import { SystemClock } from '../../src/adapters/clock/system-clock.ts';
import { ThreadVerifier } from '../../src/adapters/crypto/thread-verifier.ts';
import { Store } from '../../src/adapters/sqlite/store.ts';
import { BundlesInForce } from '../../src/app/lists/bundles-in-force.ts';
import { Distribution } from '../../src/app/lists/distribution.ts';
import { revocationsContent } from '../../src/core/bundle/revocations.ts';
import type { CborValue } from '../../src/core/pass/canonical-cbor.ts';
import { ROOT, sampleBundle } from '../support/gate/bundle-samples.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { GATE, SITE } from './pass-supply.ts';

/** The last second a bundle can name: what is measured must not grow too old to decide by. */
const NEVER_OLD = 0xffff_ffff;

interface OpenLists {
  /** Puts one signed list in force. */
  receive(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** A store whose signed lists can be replaced, as the daemon does it. Its trust list is in force. */
export async function openLists(folder: string): Promise<OpenLists> {
  const clock = new SystemClock();
  const logger = new SilentLogger();
  const store = new Store({ folder, site: SITE, gate: GATE, clock, logger });
  const distribution = new Distribution({
    gate: GATE,
    tools: {
      site: SITE,
      rootKey: ROOT.publicKey,
      verifier: new ThreadVerifier(),
      judgePolicy: () => undefined,
      clock,
    },
    inForce: new BundlesInForce({ configured: [], graceSeconds: 0, required: [] }),
    shelf: store.bundles,
    log: store.log,
    logger,
  });
  const { signal } = new AbortController();
  await store.start(signal);
  await distribution.start(signal);
  const lists: OpenLists = {
    async receive(bytes) {
      const answer = await distribution.receive({ bytes, source: 'apply' });
      if (answer.status !== 'applied') throw new Error(`not applied: ${JSON.stringify(answer)}`);
    },
    async close() {
      await distribution.stop();
      await store.stop();
    },
  };
  await lists.receive(sampleBundle('trust', { nextUpdate: NEVER_OLD }));
  return lists;
}

/** A list of `count` revoked passes, none of which the bench shows. */
export function revocations(count: number, number = 1): Uint8Array {
  return sampleBundle('revocations', { number, content: passesContent(count), nextUpdate: NEVER_OLD });
}

function passesContent(count: number): ReadonlyMap<string, CborValue> {
  const passes = new Uint8Array(8 * count);
  const view = new DataView(passes.buffer);
  for (let index = 0; index < count; index++) {
    // Ids of the bench's own passes begin with zeros.
    view.setUint32(index * 8, 0xff00_0000);
    view.setUint32(index * 8 + 4, index);
  }
  return new Map([...revocationsContent([], []), ['passes', passes]]);
}
