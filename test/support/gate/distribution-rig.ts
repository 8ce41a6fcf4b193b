import { onTestFinished } from 'vitest';
import { SystemClock } from '../../../src/adapters/clock/system-clock.ts';
import { ThreadVerifier } from '../../../src/adapters/crypto/thread-verifier.ts';
import type { Store } from '../../../src/adapters/sqlite/store.ts';
import { BundlesInForce, type BundlesInForceSettings } from '../../../src/app/lists/bundles-in-force.ts';
import { Distribution, type DistributionDeps } from '../../../src/app/lists/distribution.ts';
import { LimitedLog } from '../../../src/app/log/limited-log.ts';
import type { BundleType } from '../../../src/core/bundle/bundle.ts';
import type { Cancel, Clock } from '../../../src/ports/clock.ts';
import { SilentLogger } from '../silent-logger.ts';
import { ROOT } from './bundle-samples.ts';
import { NOW_S } from './pass-samples.ts';

/** Real timers, and a wall clock that a test sets. */
export class SetClock implements Clock {
  readonly #system = new SystemClock();
  wallMs = NOW_S * 1000;

  read() {
    return { ...this.#system.read(), wallMs: this.wallMs, quality: 'synced' } as const;
  }

  schedule(delayMs: number, run: () => void): Cancel {
    return this.#system.schedule(delayMs, run);
  }
}

export interface DistributionRig {
  readonly clock: SetClock;
  readonly inForce: BundlesInForce;
  readonly distribution: Distribution;
  readonly logger: SilentLogger;
  readonly changes: (BundleType | undefined)[];
  /** Names and data of the events about lists, oldest first. */
  events(): { readonly name: string; readonly data: Record<string, unknown> }[];
}

/** A started distribution on a real store, stopped when the test is over. */
export async function startDistribution(
  store: Store,
  options: Partial<BundlesInForceSettings> & {
    readonly rootKey?: Uint8Array | undefined;
    readonly clock?: SetClock;
    readonly shelf?: DistributionDeps['shelf'];
    readonly judgePolicy?: (json: string) => void;
  } = {},
): Promise<DistributionRig> {
  const { clock = new SetClock(), configured = [], graceSeconds = 3600, required = [] } = options;
  const logger = new SilentLogger();
  const inForce = new BundlesInForce({ configured, graceSeconds, required });
  const changes: (BundleType | undefined)[] = [];
  const distribution = new Distribution({
    gate: 'north',
    tools: {
      site: 'willow-court',
      rootKey: 'rootKey' in options ? options.rootKey : ROOT.publicKey,
      verifier: new ThreadVerifier(),
      judgePolicy: options.judgePolicy ?? (() => undefined),
      clock,
    },
    inForce,
    shelf: options.shelf ?? store.bundles,
    log: new LimitedLog({ log: store.log, clock, logger }),
    logger,
  });
  distribution.onChanged((type) => changes.push(type));
  await distribution.start(new AbortController().signal);
  onTestFinished(() => distribution.stop());
  const names = ['policy.applied', 'policy.rejected', 'directory.applied'];
  const events = () =>
    store.log
      .recent(names, 100)
      .map(({ name, body }) => ({ name, data: JSON.parse(new TextDecoder().decode(body)).data }))
      .reverse();
  return { clock, inForce, distribution, logger, changes, events };
}
