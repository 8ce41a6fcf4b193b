import { constants, existsSync, fstatSync, openSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { Command } from 'commander';
import { readIdentities, readLabel, recipientOf, unseal } from '../../adapters/age/sealed-backup.ts';
import { SystemClock } from '../../adapters/clock/system-clock.ts';
import { demandFree, notWritten, writeOut } from '../../adapters/files/growing-file.ts';
import { readSmallFile } from '../../adapters/files/private-key.ts';
import { asOwner } from '../../adapters/files/store-owner.ts';
import { createLogger } from '../../adapters/logging/pino-logger.ts';
import { databasePath } from '../../adapters/sqlite/database.ts';
import { FolderLock, isInUse, lockPath } from '../../adapters/sqlite/folder-lock.ts';
import { refuseForeignFolder } from '../../adapters/sqlite/operator-file.ts';
import { discardUnpacked, isBegun, putInPlace, unpackingFolder } from '../../adapters/sqlite/restore-swap.ts';
import { acceptCopy, type RestoredCopy } from '../../adapters/sqlite/restored-copy.ts';
import { backupLock } from '../../adapters/sqlite/store-copy.ts';
import type { Config } from '../../config/schema.ts';
import { GatepostError, isGatepostError, messageOf } from '../../core/errors.ts';
import { loadGateConfig } from '../config-file.ts';
import { Progress } from '../progress.ts';
import { fingerprintOf } from './backup.ts';
import { untilStopped } from './until-stopped.ts';

const MIB = 1024 * 1024;
/** A gate that waits for its log holds the lock for a moment each second. */
const LOCK_TRIES = 30;
const LOCK_PAUSE_MS = 100;

interface Options {
  readonly config: string;
  readonly identity: string;
  readonly confirm?: string;
}

/** `gatepost restore FILE --identity KEYFILE --config FILE [--confirm SITE-ID]` */
export function registerRestore(program: Command): void {
  program
    .command('restore')
    .description('put a backup in the place of the store, which is kept beside it; the gate must be stopped')
    .argument('<file>', 'the backup, from gatepost backup')
    .requiredOption('-i, --identity <file>', 'secret key of the office, from gatepost backup keygen')
    .requiredOption('-c, --config <file>', 'config file of the gate')
    .option('--confirm <site>', 'id of the site: needed where there is a store already')
    .action(restore);
}

interface Work {
  readonly config: Config;
  readonly identities: readonly string[];
  readonly name: string;
  readonly file: number;
}

async function restore(name: string, { config: path, identity, confirm }: Options): Promise<void> {
  const { data, file = -1 } = await asOwner(() => {
    const { config } = loadGateConfig(path);
    const { site, store } = config;
    if (confirm !== undefined && confirm !== site.id)
      throw nothing(`the site of ${path} is ${site.id}, so this takes --confirm ${site.id}.`);
    const identities = readIdentities(readSmallFile(identity), identity);
    return {
      folder: store.folder,
      data: { config, identities, isConfirmed: confirm !== undefined },
      file: openBackup(name),
    };
  });
  const { config, isConfirmed } = data;
  const { folder } = config.store;
  if (!existsSync(folder) && process.getuid?.() === 0)
    throw nothing(
      `there is no folder ${folder} yet. Make it as the installation does, for the user of the service.`,
    );
  refuseForeignFolder(folder);
  if (isInUse(folder)) throw inUse();
  if (existsSync(databasePath(folder)) && !isConfirmed)
    throw nothing(
      `there is a store in ${folder} already. To put the backup in its place, and keep the present one beside it, say so with --confirm ${config.site.id}.`,
    );
  await untilStopped((signal) => putBack({ ...data, name, file }, signal));
}

async function putBack(work: Work, signal: AbortSignal): Promise<void> {
  const { config, name, file, identities } = work;
  const { folder } = config.store;
  const label = await readLabel(file, name);
  const [from, here] = [`${label.site}/${label.gate}`, `${config.site.id}/${config.gate.id}`];
  if (from !== here)
    throw new GatepostError(
      'backup.refused',
      `Nothing was changed: ${name} is a backup of the gate ${from}, and the config is that of ${here}.`,
    );
  const others = backupLock(folder);
  others.acquire();
  try {
    demandFree(folder, label.bytes + MIB);
    const unpacked = unpackingFolder(folder);
    await decrypt(work, label.bytes, databasePath(unpacked), signal);
    signal.throwIfAborted();
    const clock = new SystemClock();
    const { quality, wallMs } = clock.read();
    const recipient = fingerprintOf(await recipientOf(identities[0] ?? ''));
    const copy = acceptCopy(unpacked, {
      site: label.site,
      gate: label.gate,
      record: { atMs: label.takenMs, quality, bytes: label.bytes, rows: 0, recipient },
      clock,
      logger: createLogger({ level: 'error', format: 'plain' }),
    });
    signal.throwIfAborted();
    const kept = await whileLocked(folder, () => putInPlace(folder, wallMs));
    tell(config, label.takenMs, copy, kept);
  } catch (error) {
    throw inWords(folder, error);
  } finally {
    discardUnpacked(folder);
    others.release();
  }
}

/** What goes wrong with files of the store folder; from one moment on the restore will be completed all the same. */
function inWords(folder: string, error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error)) return error;
  const told = notWritten(folder, error);
  if (!isBegun(folder)) return told;
  return new GatepostError(
    'backup.failed',
    `The backup is checked and complete, but not yet in place: ${told.message} Mend that and start the gate: the start completes it.`,
    { cause: error },
  );
}

async function decrypt(
  { name, file, identities }: Work,
  bytes: number,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const progress = new Progress('Reading the backup, MiB');
  const { O_WRONLY, O_CREAT, O_EXCL } = constants;
  const target = { file: openSync(path, O_WRONLY | O_CREAT | O_EXCL, 0o600), path, needed: bytes };
  try {
    const done = await writeOut(target, unseal(file, name, identities), (written) => {
      signal.throwIfAborted();
      progress.update(Math.ceil(written / MIB), Math.ceil(bytes / MIB));
    });
    if (done !== bytes) throw new GatepostError('backup.refused', `Nothing was changed: ${name} is cut off.`);
  } finally {
    progress.end();
  }
}

/** The lock of the store, so that no gate starts or runs in the middle. @throws GatepostError `log.busy` */
async function whileLocked<T>(folder: string, work: () => T): Promise<T> {
  const lock = new FolderLock(lockPath(folder));
  for (let attempt = 1; ; attempt++) {
    try {
      lock.acquire();
      break;
    } catch (error) {
      if (!isGatepostError(error, 'log.busy')) throw error;
      if (attempt === LOCK_TRIES) throw inUse();
      await setTimeout(LOCK_PAUSE_MS);
    }
  }
  try {
    return work();
  } finally {
    lock.release();
  }
}

function tell(
  { site, gate, store }: Config,
  takenMs: number,
  copy: RestoredCopy,
  kept: readonly string[],
): void {
  const { rows, lastSequence, altered, schema, operators } = copy;
  const taken = new Date(takenMs).toISOString();
  console.log(`The store of ${site.id}/${gate.id} in ${store.folder} is as it was on ${taken}.`);
  console.log(`${rows} events, the last is number ${lastSequence}. The next start begins a new epoch.`);
  if (schema.before < schema.now)
    console.log(`It was made by an older Gatepost: its schema ${schema.before} is ${schema.now} now.`);
  for (const { first, last, problem } of altered)
    console.log(`Events ${first} to ${last} were ${problem} already when the backup was made.`);
  if (kept.length > 0)
    console.log(
      `Kept  ${kept.join('\n      ')}\nNo retention reaches these files, and they tell who passed: remove them when nobody needs them any more.`,
    );
  console.log('Since then it knows nothing. Look to these things again:');
  console.log(
    `  accounts (gatepost operator list): ${operators.join(', ') || 'none'}, with their passwords and recovery codes of then; on another card no code of a phone counts (gatepost operator remove-code)`,
  );
  console.log('  standing orders and visitors; persons whose data was erased since (gatepost holder erase)');
}

function openBackup(path: string): number {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (fstatSync(file).isFile()) return file;
  } catch (cause) {
    throw new GatepostError('usage', `Nothing was changed: ${path} cannot be read: ${messageOf(cause)}.`, {
      cause,
    });
  }
  throw nothing(`${path} is no file.`);
}

function inUse(): GatepostError {
  return new GatepostError(
    'log.busy',
    'Nothing was changed: the gate runs with this store. Stop it first: sudo systemctl stop gatepost',
  );
}

function nothing(why: string): GatepostError {
  return new GatepostError('usage', `Nothing was changed: ${why}`);
}
