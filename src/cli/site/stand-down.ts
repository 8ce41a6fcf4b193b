import { closeSync, constants, fstatSync, fsyncSync, openSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { asOwner } from '../../adapters/files/store-owner.ts';
import { createLogger } from '../../adapters/logging/pino-logger.ts';
import { lastBackup } from '../../adapters/sqlite/backup-book.ts';
import { GatepostError, messageOf } from '../../core/errors.ts';
import { loadGateConfig } from '../config-file.ts';
import { endCheckpoint } from './end-checkpoint.ts';

interface Options {
  readonly config: string;
  readonly confirm: string;
  readonly report?: string;
}

/** `gatepost stand-down --config FILE --confirm SITE-ID [--report FILE]` */
export function registerStandDown(program: Command): void {
  program
    .command('stand-down')
    .description('end a checkpoint for good: erase everything about people, leave a signed report of numbers')
    .requiredOption('-c, --config <file>', 'config file of the gate, which must be stopped')
    .requiredOption('--confirm <site>', 'id of the site, to show that you mean it; nothing brings it back')
    .option('--report <file>', 'also write the report here; never overwritten')
    .action(run);
}

async function run({ config: path, confirm, report: copy }: Options): Promise<void> {
  const { data: config, file: copyFile } = await asOwner(() => {
    const { config } = loadGateConfig(path);
    const { site, store } = config;
    if (confirm !== site.id) {
      throw new GatepostError(
        'usage',
        `Nothing was changed: the site of ${path} is ${site.id}, so ending it takes --confirm ${site.id}.`,
      );
    }
    const file = copy === undefined ? {} : { file: openCopy(copy) };
    return { folder: store.folder, data: config, ...file };
  });
  const { site, mqtt, store } = config;
  const copies = backups(store.folder);
  const ended = endCheckpoint(config, createLogger({ level: 'error', format: 'plain' }));
  if (copyFile !== undefined) {
    writeFileSync(copyFile, ended.report);
    fsyncSync(copyFile);
    closeSync(copyFile);
  }
  console.log(`The checkpoint ${site.id} is ended. Everything about people in ${store.folder} is erased.`);
  console.log(`Report  ${[ended.path, ...(copy === undefined ? [] : [copy])].join('\n        ')}`);
  const left = [mqtt, mqtt?.second]
    .flatMap((broker) => [broker?.keyFile, broker?.passwordFile])
    .filter((file) => file !== undefined);
  console.log(
    [
      'Left to do by hand: remove the service, and wipe or destroy the card, which may keep old blocks.',
      ...copies,
      ...left.map((file) => `  ${file} belongs to the broker's side; remove it too.`),
    ].join('\n'),
  );
}

/** They hold what was erased here. */
function backups(folder: string): readonly string[] {
  const last = lastBackup(folder);
  if (last === undefined) return [];
  const date = new Date(last.atMs).toISOString().slice(0, 10);
  return [
    `  Backups were made, the last on ${date}: destroy them, or the secret key of the office that reads them.`,
  ];
}

/** Opened with the rights of the caller. An empty file is what an attempt that failed left behind. */
function openCopy(path: string): number {
  try {
    const { O_WRONLY, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
    const file = openSync(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o644);
    const stats = fstatSync(file);
    if (stats.isFile() && stats.size === 0) return file;
  } catch (cause) {
    throw new GatepostError('usage', `Nothing was changed: ${path} cannot be written: ${messageOf(cause)}.`, {
      cause,
    });
  }
  throw new GatepostError('usage', `Nothing was changed: ${path} exists already and is not overwritten.`);
}
