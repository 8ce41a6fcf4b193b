import { writeSync } from 'node:fs';
import { extname, join } from 'node:path';
import { type Command, Option } from 'commander';
import { keptKey } from '../../adapters/files/kept-key.ts';
import { asOwner } from '../../adapters/files/store-owner.ts';
import { completeErasure, eraseHolderOf } from '../../adapters/sqlite/erasure-file.ts';
import { type DataOf, exportHolder } from '../../adapters/sqlite/holder-file.ts';
import { MAX_UINT32 } from '../../core/bundle/bundle.ts';
import { GatepostError } from '../../core/errors.ts';
import { createSigner } from '../../core/pass/issue-pass.ts';
import { siteDayAt } from '../../core/time/site-time.ts';
import { commandGroup } from '../command-group.ts';
import { loadGateConfig } from '../config-file.ts';
import { hexBytes, wholeNumber } from '../option-values.ts';
import { outputFile, writerTo } from '../output-file.ts';
import { person } from '../person.ts';
import { Progress } from '../progress.ts';
import { exportOf, ListsInForce } from './holder-export.ts';
import { holderPage } from './holder-page.ts';
import { placeIn, registerRequests } from './requests.ts';

const LANGUAGES = ['en', 'zh-CN', 'zh-TW'] as const;
const EXIT_OPEN = 1;

interface Options {
  readonly config: string;
  readonly request?: number;
  readonly unfinished?: true;
  readonly out?: string;
  readonly format?: 'json' | 'html';
  readonly language?: string;
}

/** `gatepost holder export | erase HOLDER`: the data of one person or household, or with `--request` of one pass. */
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
      .argument('[holder]', 'pseudonym, 12 hex characters', hexBytes(6))
      .option('--request <number>', 'of the pass that a request made at the gate is about', requestNumber)
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
    .option('--unfinished', 'complete an erasure that was killed, as the running gate does by itself')
    .addHelpText(
      'after',
      `\nExit code: 0 erased and signed, ${EXIT_OPEN} erased, but the search for copies was not done yet.`,
    )
    .action(eraseOne);
  registerRequests(group, requestNumber);
}

const requestNumber = wholeNumber(1, MAX_UINT32);

/** @throws GatepostError `usage` where neither or both are named */
function dataOf(holderRef: string | undefined, request: number | undefined): DataOf {
  if (holderRef !== undefined && request === undefined) return { holderRef };
  if (holderRef === undefined && request !== undefined) return { request };
  throw new GatepostError('usage', 'Name a holder, or with --request the number of a request.');
}

async function exportOne(holderRef: string | undefined, options: Options): Promise<void> {
  const { out, request } = options;
  const of = dataOf(holderRef, request);
  const { data: config, file, finish } = await prepared(options);
  try {
    const progress = new Progress('Looking through the log');
    const inForce = await ListsInForce.read(config.store.folder);
    const format = options.format ?? (out !== undefined && /^\.html?$/i.test(extname(out)) ? 'html' : 'json');
    const order: Parameters<typeof exportHolder>[1] = {
      of,
      by: person(),
      handOut: async ({ subject, ...kept }) => {
        progress.end();
        const whole = exportOf(config, subject, kept, inForce.about(subject, kept.records.passIds));
        const text =
          format === 'json'
            ? `${JSON.stringify(whole, undefined, 2)}\n`
            : holderPage(whole, kept.events, options.language ?? config.language);
        await writerTo(file)(text);
      },
    };
    await exportHolder(placeIn(config), order, {
      onProgress: (done, total) => progress.update(done, total),
    });
  } catch (error) {
    finish?.(false);
    throw error;
  }
  finish?.(true);
  if (out !== undefined)
    console.log(
      `Everything about ${holderRef ?? `the pass of request ${request}`} is in ${out}. It is for that person alone.`,
    );
}

async function eraseOne(holderRef: string | undefined, options: Options): Promise<void> {
  const of = options.unfinished === true ? undefined : dataOf(holderRef, options.request);
  const { data: config, file, finish } = await prepared(options);
  const { site, store } = config;
  const looking = new Progress('Looking through the log');
  const searching = new Progress('Searching the file for copies');
  const progress = {
    onProgress: (done: number, total: number) => looking.update(done, total),
    onSearch: (done: number, total: number) => {
      looking.end();
      searching.update(done, total);
    },
  };
  const signer = () => createSigner(keptKey(join(store.folder, 'gate-key.pem')));
  let receipt: string | undefined;
  try {
    if (of === undefined) receipt = await completeErasure(placeIn(config), { signer }, progress);
    else {
      const lists = await ListsInForce.read(store.folder);
      const order: Parameters<typeof eraseHolderOf>[2] = {
        by: person(),
        signer,
        needs: lists.needs(config),
        today: siteDayAt(Date.now(), site.timeZone),
        listsNaming: (subject, passIds) => [
          ...new Set(lists.about(subject, passIds).map(({ list }) => list)),
        ],
      };
      receipt = await eraseHolderOf(placeIn(config), of, order, progress);
    }
    looking.end();
    searching.end();
    if (receipt !== undefined && file !== undefined) writeSync(file, receipt);
    else if (receipt !== undefined) process.stdout.write(receipt);
  } catch (error) {
    finish?.(false);
    throw error;
  }
  finish?.(receipt !== undefined);
  if (receipt !== undefined)
    console.error('Erased. The receipt says what a rule still needs, and when that goes.');
  else if (of === undefined) console.error('No erasure is unfinished.');
  else {
    console.error(
      'Erased, but a reader of the database (a backup?) keeps the search for copies in unused parts of it from beginning. There is no receipt before that has ended. A running gate tries again by itself; else: gatepost holder erase --unfinished',
    );
    process.exitCode = EXIT_OPEN;
  }
}

async function prepared({ config: path, out }: Options) {
  return asOwner(() => {
    const { config } = loadGateConfig(path);
    return { folder: config.store.folder, data: config, ...(out === undefined ? {} : outputFile(out)) };
  });
}
