import { FolderLock, isInUse, lockPath } from '../../src/adapters/sqlite/folder-lock.ts';
import { findDamage, putAside } from '../../src/adapters/sqlite/put-aside.ts';
import { Store } from '../../src/adapters/sqlite/store.ts';
import { GatepostError } from '../../src/core/errors.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { SilentLogger } from '../support/silent-logger.ts';

// Makes a store, or says what each way to use it meets.

const [folder = '', step] = process.argv.slice(2);
const names = { site: 'willow-court', gate: 'north' };
const store = new Store({ folder, ...names, clock: new VirtualClock(), logger: new SilentLogger() });

async function metBy(use: () => unknown): Promise<unknown> {
  try {
    return await use();
  } catch (error) {
    const code = error instanceof GatepostError ? error.code : 'raw';
    return { code, message: error instanceof Error ? error.message : String(error) };
  }
}

if (step === 'make') {
  await store.start(new AbortController().signal);
  await store.stop();
} else {
  const met = {
    inUse: await metBy(() => isInUse(folder)),
    lock: await metBy(() => new FolderLock(lockPath(folder)).acquire()),
    open: await metBy(() => store.start(new AbortController().signal)),
    damage: await metBy(() => findDamage(folder)),
    putAside: await metBy(() => putAside(folder, 'mark')),
  };
  process.stdout.write(JSON.stringify(met));
}
