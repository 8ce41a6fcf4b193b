import { writeSync } from 'node:fs';
import { extname, join } from 'node:path';
import { type Command, Option } from 'commander';
import { SystemClock } from '../../adapters/clock/system-clock.ts';
import { keptKey } from '../../adapters/files/kept-key.ts';
import { asOwner } from '../../adapters/files/store-owner.ts';
import { createLogger } from '../../adapters/logging/pino-logger.ts';
import type { DirectoryPlace } from '../../adapters/sqlite/directory-file.ts';
import { eraseHolderOf, exportHolder } from '../../adapters/sqlite/holder-file.ts';
import type { Config } from '../../config/schema.ts';
import { createSigner } from '../../core/pass/issue-pass.ts';
import { siteDayAt } from '../../core/time/site-time.ts';
import { commandGroup } from '../command-group.ts';
import { loadGateConfig } from '../config-file.ts';
import { hexBytes } from '../option-values.ts';
import { outputFile, writerTo } from '../output-file.ts';
import { Progress } from '../progress.ts';
import { exportOf, ListsInForce } from './holder-export.ts';
import { holderPage } from './holder-page.ts';

const LANGUAGES = ['en', 'zh-CN', 'zh-TW'] as const;
const EXIT_COPIES = 1;

interface Options {
  readonly config: string;
  readonly out?: string;
  readonly format?: 'json' | 'html';
  readonly language?: string;
}

/** `gatepost holder export | erase HOLDER`: the data of one person or household. */
export function registerHolder(program: Command): void {
  const group = commandGroup(
    program,
    'holder',
    'everything that is kept about one holder: hand it out, erase it',
  );
  const named = (name: string, description: string, out: string): Command =>
    group
      .command(name)
      .description(description)
      .argument('<holder>', 'pseudonym, 12 hex characters', hexBytes(6))
      .requiredOption('-c, --config <file>', 'config file of the gate, which may be running')
      .option('-o, --out <file>', out);
  named('export', 'hand out everything that is kept about one holder', 'new file, readable by you alone')
    .addOption(
      new Option(
        '--format <format>',
        'for programs or to read; without it the ending of the file says it',
      ).choices(['json', 'html']),
    )
    .addOption(
      new Option('--language <language>', 'of the page; that of the gate without it').choices(LANGUAGES),
    )
    .action(exportOne);
  named(
    'erase',
    'erase everything that is kept about one holder, for good',
    'new file for the signed receipt',
  )
    .addHelpText(
      'after',
      `\nExit code: 0 erased, ${EXIT_COPIES} erased, but a copy may be left in unused parts of the file.`,
    )
    .action(eraseOne);
}

async function exportOne(holderRef: string, options: Options): Promise<void> {
  const { out } = options;
  const { data: config, file, finish } = await prepared(options);
  try {
    const progress = new Progress('Looking through the log');
    const kept = await exportHolder(placeIn(config), holderRef, {
      onProgress: (done, total) => progress.update(done, total),
    });
    progress.end();
    const lists = (await ListsInForce.read(config.store.folder)).about(holderRef, kept.records.passIds);
    const whole = exportOf(config, holderRef, kept, lists);
    const format = options.format ?? (out !== undefined && /^\.html?$/i.test(extname(out)) ? 'html' : 'json');
    const text =
      format === 'json'
        ? `${JSON.stringify(whole, undefined, 2)}\n`
        : holderPage(whole, kept.events, options.language ?? config.language);
    await writerTo(file)(text);
  } catch (error) {
    finish?.(false);
    throw error;
  }
  finish?.(true);
  if (out !== undefined)
    console.log(`Everything about ${holderRef} is in ${out}. It is for that person alone.`);
}

async function eraseOne(holderRef: string, options: Options): Promise<void> {
  const { data: config, file, finish } = await prepared(options);
  const { site, store } = config;
  let isClean: boolean;
  try {
    const lists = await ListsInForce.read(store.folder);
    const progress = new Progress('Looking through the log');
    const erased = await eraseHolderOf(
      placeIn(config),
      holderRef,
      {
        signer: () => createSigner(keptKey(join(store.folder, 'gate-key.pem'))),
        needs: lists.needs(config),
        today: siteDayAt(Date.now(), site.timeZone),
        listsNaming: (holder, passIds) => [...new Set(lists.about(holder, passIds).map(({ list }) => list))],
      },
      { onProgress: (done, total) => progress.update(done, total) },
    );
    progress.end();
    ({ isClean } = erased);
    if (file === undefined) process.stdout.write(erased.receipt);
    else writeSync(file, erased.receipt);
  } catch (error) {
    finish?.(false);
    throw error;
  }
  finish?.(true);
  console.error('Erased. The receipt says what a rule still needs, and when that goes.');
  if (isClean) return;
  console.error(
    'A copy may be left in unused parts of the database, which is too large to be rewritten beside a running gate. Stop the gate and run this once more.',
  );
  process.exitCode = EXIT_COPIES;
}

async function prepared({ config: path, out }: Options) {
  return asOwner(() => {
    const { config } = loadGateConfig(path);
    return { folder: config.store.folder, data: config, ...(out === undefined ? {} : outputFile(out)) };
  });
}

function placeIn({ store, site, gate }: Config): DirectoryPlace {
  const logger = createLogger({ level: 'warn', format: 'plain' });
  return { folder: store.folder, site: site.id, gate: gate.id, clock: new SystemClock(), logger };
}
