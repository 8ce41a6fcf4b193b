import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SAMPLE_HOLDERS } from '../../../hardware/simulators/sample-passes.ts';
import { SystemClock } from '../../adapters/clock/system-clock.ts';
import { writeNewFile } from '../../adapters/files/new-files.ts';
import { readDirectory, replaceDirectory } from '../../adapters/sqlite/directory-file.ts';
import type { LoadedConfig } from '../../config/load-config.ts';
import { GatepostError } from '../../core/errors.ts';
import type { DemoGuard } from '../../ports/demo-panel.ts';
import type { Logger } from '../../ports/logger.ts';

const OPERATOR = 'Demo guard';

/** The guard's account of the demo: its password is drawn at the first start and kept in the store folder. */
export function keptDemoGuard(folder: string): DemoGuard {
  const path = join(folder, 'demo-guard');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    return { operator: OPERATOR, password: readFileSync(path, 'utf8').trim() };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const password = randomBytes(9).toString('base64url');
  writeNewFile(path, `${password}\n`, 0o600);
  return { operator: OPERATOR, password };
}

/**
 * Gives a new demo its guard and the names of its residents, through the same interfaces as at a site: the first
 * account with the set-up code, the names by an import into the directory. Existing data is kept.
 */
export async function setUpDemo(demo: {
  loaded: LoadedConfig;
  logger: Logger;
  guard: DemoGuard;
  /** Address of the screens. */
  url: string;
  /** Shown while there is no account. */
  setUpCode: string | undefined;
}): Promise<void> {
  const { loaded, logger, guard, url, setUpCode } = demo;
  if (setUpCode !== undefined) await setUp(url, { code: setUpCode, ...guard });
  const { store, site, gate } = loaded.config;
  if (isEmpty(store.folder)) {
    const place = { folder: store.folder, site: site.id, gate: gate.id, clock: new SystemClock(), logger };
    await replaceDirectory(place, SAMPLE_HOLDERS, () => undefined);
  }
}

async function setUp(url: string, order: object): Promise<void> {
  const response = await fetch(new URL('/api/setup', url), {
    method: 'POST',
    headers: { origin: new URL(url).origin, 'content-type': 'application/json' },
    body: JSON.stringify(order),
  });
  if (!response.ok) {
    throw new GatepostError('usage', `The first account was refused with status ${response.status}.`);
  }
}

function isEmpty(folder: string): boolean {
  return readDirectory(folder, (register) => {
    for (const _holder of register.all()) return false;
    return true;
  });
}
