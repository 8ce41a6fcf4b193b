import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import {
  contentOf,
  makeBackupKey,
  recipientProblem,
  seal,
  sealedBytes,
} from '../../adapters/age/sealed-backup.ts';
import { SystemClock } from '../../adapters/clock/system-clock.ts';
import { demandFree, notWritten, openGrowingFile, writeOut } from '../../adapters/files/growing-file.ts';
import { writeNewFile } from '../../adapters/files/new-files.ts';
import { asOwner } from '../../adapters/files/store-owner.ts';
import { createLogger } from '../../adapters/logging/pino-logger.ts';
import { noteBackup } from '../../adapters/sqlite/backup-book.ts';
import { copyStore } from '../../adapters/sqlite/store-copy.ts';
import type { Config } from '../../config/schema.ts';
import { GatepostError, isGatepostError, messageOf } from '../../core/errors.ts';
import { loadGateConfig } from '../config-file.ts';
import { Progress } from '../progress.ts';
import { untilStopped } from './until-stopped.ts';

const MIB = 1024 * 1024;
/** An age header has some hundred bytes. */
const HEADER_BYTES = 4096;

interface Options {
  readonly config?: string;
  readonly to?: string;
}

/** `gatepost backup FILE --config FILE [--to age1…]` and `gatepost backup keygen --out FILE` */
export function registerBackup(program: Command): void {
  const backup = program
    .command('backup')
    .description('write an encrypted backup of the store, beside the running gate')
    .argument('<file>', 'file to write, or a folder, such as that of a USB stick, in which it gets a name')
    .option('-c, --config <file>', 'config file of the gate')
    .option(
      '--to <recipient>',
      'public key (age1…) to encrypt to, in place of backup.recipient of the config',
    )
    .action(makeBackup);
  backup
    .command('keygen')
    .description('make the pair of keys for backups, at the office: never on a kiosk')
    .requiredOption('--out <file>', 'where the secret key goes (mode 0600); never overwritten')
    .action(makeKey);
}

async function makeKey({ out }: { out: string }): Promise<void> {
  const { identity, recipient } = await makeBackupKey();
  writeNewFile(
    out,
    `# Reads the backups of Gatepost. Keep it off every kiosk.\n# public key: ${recipient}\n${identity}\n`,
    0o600,
  );
  console.log(`secret key  ${out} (keep it off the kiosk, in two places: without it no backup can be read)`);
  console.log(`public key  ${recipient}`);
  console.log(`\nLines for the config:\n\nbackup:\n  recipient: ${recipient}`);
}

async function makeBackup(target: string, { config: path, to }: Options): Promise<void> {
  const prepared = await asOwner(() => {
    if (path === undefined)
      throw new GatepostError('usage', 'Name the config file of the gate: --config FILE');
    const { config } = loadGateConfig(path);
    const recipient = recipientOf(config, to);
    const name = nameIn(target, config);
    const { file, commit, discard } = openGrowingFile(name);
    const { folder } = config.store;
    const isSameDisk = existsSync(folder) && statSync(dirname(name)).dev === statSync(folder).dev;
    return {
      folder,
      data: { config, recipient, name, isSameDisk },
      file,
      commit,
      finish: (done: boolean) => done || discard(),
    };
  });
  try {
    await untilStopped((signal) => write(prepared, signal));
  } catch (error) {
    prepared.finish?.(false);
    throw error;
  }
}

interface Work {
  readonly data: {
    readonly config: Config;
    readonly recipient: string;
    readonly name: string;
    readonly isSameDisk: boolean;
  };
  readonly file?: number;
  readonly commit?: () => void;
}

async function write({ data, file = -1, commit }: Work, signal: AbortSignal): Promise<void> {
  const { config, recipient, name, isSameDisk } = data;
  const { folder } = config.store;
  const clock = new SystemClock();
  const { wallMs: takenMs, quality } = clock.read();
  const copying = new Progress('Copying the store, pages');
  const demandPlace = (content: number): number => {
    const needed = sealedBytes(content) + HEADER_BYTES;
    demandFree(dirname(name), needed);
    return needed;
  };
  const copy = await copyStore({
    folder,
    signal,
    onSize: demandPlace,
    onProgress: (done, of) => copying.update(done, of),
  }).finally(() => copying.end());
  let bytes: number;
  try {
    const needed = demandPlace(copy.bytes);
    const label = { site: config.site.id, gate: config.gate.id, takenMs, bytes: copy.bytes };
    bytes = await encrypt(copy.path, { file, path: name, needed }, signal, (content) =>
      seal(content, recipient, label),
    );
    commit?.();
  } finally {
    copy.discard();
  }
  console.log(`${name}: ${megabytes(bytes)}, ${copy.rows} events, encrypted to ${recipient.slice(0, 12)}….`);
  for (const list of copy.lost) console.log(`The signed list ${list} is lost and not in it.`);
  if (isSameDisk)
    console.log('It lies on the same disk as the store. A card that dies takes both: put it somewhere else.');
  note(
    config,
    { atMs: takenMs, quality, bytes, rows: copy.rows, recipient: fingerprintOf(recipient) },
    clock,
  );
}

async function encrypt(
  path: string,
  target: Parameters<typeof writeOut>[0],
  signal: AbortSignal,
  sealed: (content: ReadableStream<Uint8Array>) => Promise<ReadableStream<Uint8Array>>,
): Promise<number> {
  const progress = new Progress('Writing the backup, MiB');
  const source = openSync(path, 'r');
  try {
    return await writeOut(target, await sealed(contentOf(source)), (done) => {
      signal.throwIfAborted();
      progress.update(Math.ceil(done / MIB), Math.ceil(target.needed / MIB));
    });
  } finally {
    progress.end();
    closeSync(source);
  }
}

/** A gate that writes without a pause may keep the log from us for a second each time. */
const NOTE_TRIES = 20;

/** The daemon writes the event. A backup that cannot be noted is a backup all the same. */
function note(
  { store: { folder } }: Config,
  record: Parameters<typeof noteBackup>[1],
  clock: SystemClock,
): void {
  const logger = createLogger({ level: 'error', format: 'plain' });
  for (let tries = 1; ; tries += 1)
    try {
      noteBackup({ folder, clock, logger }, record);
      return;
    } catch (error) {
      if (tries < NOTE_TRIES && isGatepostError(error, 'log.unavailable')) continue;
      console.error(`The backup is whole, but the gate does not know of it: ${messageOf(error)}`);
      return;
    }
}

function recipientOf(config: Config, to: string | undefined): string {
  const recipient = to ?? config.backup.recipient;
  if (recipient === undefined)
    throw new GatepostError(
      'usage',
      'Nobody could read the backup: name the public key of the office as backup.recipient in the config, or with --to. "gatepost backup keygen" makes one, at the office.',
    );
  const problem = recipientProblem(recipient);
  if (problem !== undefined)
    throw new GatepostError('usage', `${to === undefined ? 'backup.recipient' : '--to'} ${problem}.`);
  return recipient;
}

/** The name of the file; in a folder it tells site, gate and time. What a killed attempt left there is removed. */
function nameIn(target: string, { site, gate }: Config): string {
  if (!existsSync(target) || !statSync(target).isDirectory()) return target;
  const ours = `gatepost-${site.id}-${gate.id}-`;
  try {
    for (const name of readdirSync(target))
      if (name.startsWith(ours) && /-\d{8}T\d{6}Z\.age\.partial$/.test(name)) rmSync(join(target, name));
  } catch (error) {
    throw notWritten(target, error);
  }
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return join(target, `${ours}${time}.age`);
}

/** By which an event names the key: `printf age1… | sha256sum`. */
export function fingerprintOf(recipient: string): string {
  return createHash('sha256').update(recipient).digest('hex');
}

function megabytes(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}
