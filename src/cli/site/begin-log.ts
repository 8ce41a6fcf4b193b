import { SystemClock } from '../../adapters/clock/system-clock.ts';
import { findDamage, putAside } from '../../adapters/sqlite/put-aside.ts';
import { Store } from '../../adapters/sqlite/store.ts';
import type { Config } from '../../config/schema.ts';
import { GatepostError } from '../../core/errors.ts';
import type { Logger } from '../../ports/logger.ts';

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
  const kept = putAside(folder, `damaged-${time}`);
  const place = { folder, site: site.id, gate: gate.id };
  const store = new Store({ ...place, clock, logger, visiting: true, cause: 'damaged' });
  try {
    await store.start(new AbortController().signal);
  } finally {
    await store.stop();
  }
  return kept;
}
