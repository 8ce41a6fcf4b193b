import type { Command } from 'commander';
import { asOwner } from '../../adapters/files/store-owner.ts';
import { readBundleFile } from '../../adapters/inbox/bundle-file.ts';
import { createLogger } from '../../adapters/logging/pino-logger.ts';
import { GatepostError } from '../../core/errors.ts';
import { loadGateConfig } from '../config-file.ts';
import { applyLists } from './apply-lists.ts';

/** `gatepost apply FILE… --config FILE` */
export function registerApply(program: Command): void {
  program
    .command('apply')
    .description('put signed lists in force, by the running gate or directly where none runs')
    .argument('<files...>', 'signed lists, from gatepost bundle sign; trust first')
    .requiredOption('-c, --config <file>', 'config file of the gate')
    .action(apply);
}

async function apply(files: readonly string[], { config: path }: { readonly config: string }): Promise<void> {
  const { data } = await asOwner(async () => {
    const { config } = loadGateConfig(path);
    const lists: Uint8Array[] = [];
    for (const file of files) lists.push(await readBundleFile(file));
    return { folder: config.store.folder, data: { config, lists } };
  });
  const logger = createLogger({ level: 'error', format: 'plain' });
  const refused: string[] = [];
  let at = 0;
  for await (const answer of applyLists(data.config, data.lists, logger)) {
    const file = files[at++] ?? '';
    if (answer.status === 'refused')
      refused.push(`${file} is refused (${answer.refusal}): ${answer.detail}.`);
    else console.log(`${file}: ${answer.type} ${answer.number} ${WORDS[answer.status]}`);
  }
  if (refused.length > 0) throw new GatepostError('bundle.refused', refused.join('\n'));
}

const WORDS = { applied: 'is in force now', unchanged: 'was in force already' } as const;
