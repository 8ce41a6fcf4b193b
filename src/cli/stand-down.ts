import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { writeNewFile } from '../adapters/files/new-file.ts';
import { createLogger } from '../adapters/logging/pino-logger.ts';
import { loadConfig } from '../config/load-config.ts';
import { GatepostError } from '../core/errors.ts';
import { endCheckpoint } from '../main/stand-down.ts';

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

function run({ config: path, confirm, report: copy }: Options): void {
  const { config } = loadConfig(path);
  const { site, mqtt, store } = config;
  if (confirm !== site.id) {
    throw new GatepostError(
      'usage',
      `Nothing was changed: the site of ${path} is ${site.id}, so ending it takes --confirm ${site.id}.`,
    );
  }
  if (copy !== undefined && existsSync(copy)) {
    throw new GatepostError('usage', `Nothing was changed: ${copy} exists already and is not overwritten.`);
  }
  const ended = endCheckpoint(config, createLogger({ level: 'error', format: 'plain' }));
  if (copy !== undefined) writeNewFile(copy, ended.report, 0o644);
  console.log(`The checkpoint ${site.id} is ended. Everything about people in ${store.folder} is erased.`);
  console.log(`Report  ${[ended.path, ...(copy === undefined ? [] : [copy])].join('\n        ')}`);
  const left = [mqtt?.keyFile, mqtt?.passwordFile].filter((file) => file !== undefined);
  console.log(
    [
      'Left to do by hand: remove the service, and wipe or destroy the card, which may keep old blocks.',
      ...left.map((file) => `  ${file} belongs to the broker's side; remove it too.`),
    ].join('\n'),
  );
}
