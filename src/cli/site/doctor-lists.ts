import { hash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { readBundleFile } from '../../adapters/inbox/bundle-file.ts';
import { bundleFileName, keptBundles } from '../../adapters/sqlite/bundle-shelf.ts';
import { databasePath, openForReading } from '../../adapters/sqlite/database.ts';
import { ReadConnection } from '../../adapters/sqlite/read-connection.ts';
import { BundlesInForce } from '../../app/lists/bundles-in-force.ts';
import type { Config } from '../../config/schema.ts';
import type { BundleContent } from '../../core/bundle/content.ts';
import { readWhole } from '../../core/bundle/open-bundle.ts';
import { isGatepostError } from '../../core/errors.ts';
import { listSettings } from '../../daemon/bundle-tools.ts';
import type { KeptBundle } from '../../ports/bundles.ts';
import type { ListView } from '../../ports/gate-state.ts';

/** The lists in force with their age, read as the daemon reads them at its start; none if there is no log yet. */
export async function readLists(config: Config): Promise<readonly ListView[]> {
  const { folder } = config.store;
  const path = databasePath(folder);
  if (config.trust.rootKey === undefined || statSync(path, { throwIfNoEntry: false }) === undefined)
    return [];
  const inForce = new BundlesInForce(listSettings(config, []));
  const connection = new ReadConnection(path);
  connection.attach(openForReading(path));
  try {
    for (const kept of keptBundles(connection))
      inForce.put(kept, await contentOf(kept, join(folder, 'bundles')));
  } finally {
    connection.close();
  }
  return inForce.views(Date.now());
}

async function contentOf(kept: KeptBundle, folder: string): Promise<BundleContent | undefined> {
  try {
    const bytes = await readBundleFile(join(folder, bundleFileName(kept)));
    return hash('sha256', bytes, 'hex') === kept.digest ? readWhole(bytes).content : undefined;
  } catch (error) {
    if (isGatepostError(error, 'bundle.refused')) return undefined;
    throw error;
  }
}
