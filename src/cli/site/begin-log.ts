import { SystemClock } from '../../adapters/clock/system-clock.ts';
import { findDamage, putAside } from '../../adapters/sqlite/put-aside.ts';
import { Store } from '../../adapters/sqlite/store.ts';
import type { Config } from '../../config/schema.ts';
import { GatepostError, isGatepostError } from '../../core/errors.ts';
import type { Logger } from '../../ports/logger.ts';

/** A gate that waits for its log looks at it each second, and holds the lock for as long as that takes. */
const WAIT_MS = 10_000;
const PAUSE_MS = 50;

/**
 * Begins a new log to replace one that is damaged or empty, whose files are kept under other names.
 * @param confirmed whether the person has confirmed it
 * @returns the names under which the files are kept
 * @throws GatepostError `usage` if nothing is wrong, or if it was not confirmed
 */
export async function beginLog(
  { site, gate, store: { folder } }: Pick<Config, 'site' | 'gate' | 'store'>,
  confirmed: boolean,
  logger: Logger,
): Promise<readonly string[]> {
  const damage = findDamage(folder);
  if (damage === undefined) {
    throw new GatepostError(
      'usage',
      `Nothing was changed: the log in ${folder} is sound. Every page of it was read.`,
    );
  }
  if (!confirmed) {
    throw new GatepostError(
      'usage',
      `Nothing was changed. ${damage.message}\nA new log knows nothing of the old one: what passes have used up, accounts, visitors, standing orders and the register are gone. Where a backup is at hand, put it back instead. To begin a new log all the same, say so with --confirm ${site.id}.`,
    );
  }
  const clock = new SystemClock();
  const time = new Date(clock.read().wallMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const kept = await whenFree(() => putAside(folder, `damaged-${time}`));
  const place = { folder, site: site.id, gate: gate.id };
  const store = new Store({ ...place, clock, logger, visiting: true, cause: 'damaged' });
  try {
    await whenFree(() => store.start(new AbortController().signal));
  } finally {
    await store.stop();
  }
  return kept;
}

/** @throws GatepostError `log.busy` if a gate uses the log all the time, and what `work` throws */
async function whenFree<T>(work: () => T | Promise<T>): Promise<T> {
  const endMs = performance.now() + WAIT_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isGatepostError(error, 'log.busy') || performance.now() >= endMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
