import type { Command } from 'commander';
import { createLogger } from '../../adapters/logging/pino-logger.ts';
import { GatepostError } from '../../core/errors.ts';
import { commandGroup } from '../command-group.ts';
import { configAsOwner } from '../config-file.ts';
import { beginLog } from './begin-log.ts';

/** `gatepost log begin --config FILE [--confirm SITE-ID]` */
export function registerLogBegin(program: Command): void {
  commandGroup(program, 'log', 'read the event log, or begin a new one')
    .command('begin')
    .description('begin a new log in the place of one that is damaged or empty, which is kept beside it')
    .requiredOption('-c, --config <file>', 'config file of the gate, which may run: it waits for its log')
    .option('--confirm <site>', 'id of the site, to show that you mean it; without it nothing is changed')
    .action(run);
}

async function run({ config: path, confirm }: { config: string; confirm?: string }): Promise<void> {
  const config = await configAsOwner(path);
  const { site, store } = config;
  if (confirm !== undefined && confirm !== site.id) {
    throw new GatepostError(
      'usage',
      `Nothing was changed: the site of ${path} is ${site.id}, so this takes --confirm ${site.id}.`,
    );
  }
  const logger = createLogger({ level: 'error', format: 'plain' });
  const kept = await beginLog(config, confirm !== undefined, logger);
  console.log(`A new log has begun in ${store.folder}. A gate that waits for it goes on within two seconds.`);
  console.log(`Kept  ${kept.join('\n      ')}`);
  console.log(
    'No guard can sign in yet: gatepost operator set-password NAME, or the set-up code in the journal.',
  );
}
