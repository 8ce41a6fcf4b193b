import { existsSync, statSync } from 'node:fs';
import { SystemClock } from '../../adapters/clock/system-clock.ts';
import { handOver, inboxFolder } from '../../adapters/inbox/hand-over.ts';
import { isInUse } from '../../adapters/sqlite/folder-lock.ts';
import { Store } from '../../adapters/sqlite/store.ts';
import { BundlesInForce } from '../../app/lists/bundles-in-force.ts';
import { Distribution } from '../../app/lists/distribution.ts';
import type { Config } from '../../config/schema.ts';
import { GatepostError } from '../../core/errors.ts';
import { bundleTools, listSettings } from '../../daemon/bundle-tools.ts';
import type { BundleAnswer } from '../../ports/bundles.ts';
import type { Logger } from '../../ports/logger.ts';

/** A gate on a small computer needs a few seconds for the largest list. */
const ANSWER_LIMIT_MS = 60_000;

/**
 * Puts one list after another in force: through the running daemon of this config, or directly if none runs.
 * @throws GatepostError `usage` if the store belongs to another user, `bundle.refused` if the daemon does not answer,
 * `log.*`
 */
export async function* applyLists(
  config: Config,
  lists: readonly Uint8Array[],
  logger: Logger,
): AsyncGenerator<BundleAnswer> {
  const { folder } = config.store;
  if (isInUse(folder)) {
    for (const bytes of lists) yield await handOver(inboxFolder(folder), bytes, ANSWER_LIMIT_MS);
    return;
  }
  refuseForeignStore(folder);
  const clock = new SystemClock();
  const place = { folder, site: config.site.id, gate: config.gate.id };
  const store = new Store({ ...place, clock, logger, visiting: true });
  const distribution = new Distribution({
    gate: config.gate.id,
    tools: bundleTools(config, clock),
    inForce: new BundlesInForce(listSettings(config, [])),
    shelf: store.bundles,
    log: store.log,
    logger,
  });
  const { signal } = new AbortController();
  try {
    await store.start(signal);
    await distribution.start(signal);
    for (const bytes of lists) yield await distribution.receive({ bytes, source: 'apply' });
  } finally {
    await distribution.stop();
    await store.stop();
  }
}

/** New files would belong to the user who runs the command, and the daemon could not read them. */
export function refuseForeignStore(folder: string): void {
  const owner = existsSync(folder) ? statSync(folder).uid : undefined;
  if (owner === undefined || owner === process.getuid?.()) return;
  throw new GatepostError(
    'usage',
    `No gate runs with the store ${folder}, which belongs to another user. Start it, or run this as root or as that user: sudo -u '#${owner}' gatepost apply …`,
  );
}
