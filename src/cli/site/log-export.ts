import { extname } from 'node:path';
import { type Command, Option } from 'commander';
import { asOwner } from '../../adapters/files/store-owner.ts';
import { openReadOnly } from '../../adapters/sqlite/log-reader.ts';
import { GatepostError } from '../../core/errors.ts';
import type { RowQuery } from '../../core/events/row-view.ts';
import { commandGroup } from '../command-group.ts';
import { outputFile, writerTo } from '../output-file.ts';
import { Progress } from '../progress.ts';
import { CSV_HEADER, csvRow } from './log-columns.ts';
import { jsonLine, timeWriter } from './log-line.ts';
import { placeOf, type QueryOptions, queryOf, withQuery } from './log-place.ts';

const FORMATS = ['jsonl', 'csv'] as const;
type Format = (typeof FORMATS)[number];
/** Characters that are written in one go. */
const CHUNK = 64 * 1024;

interface Order {
  readonly folder: string;
  readonly timeZone: string;
  readonly format: Format;
  readonly query: RowQuery;
}

interface Options extends QueryOptions {
  readonly out?: string;
  readonly format?: Format;
}

/** `gatepost log export [--out FILE] [--format jsonl|csv] [--from --to --type --access-point …]` */
export function registerLogExport(program: Command): void {
  withQuery(
    commandGroup(program, 'log', 'read the event log, or begin a new one')
      .command('export')
      .description('write events to a file or to standard output, oldest first; works while the daemon runs'),
  )
    .option('-o, --out <file>', 'new file, readable by you alone: completely there, or not at all')
    .addOption(new Option('--format <format>', 'without it the ending of the file says it').choices(FORMATS))
    .action(exportLog);
}

async function exportLog(options: Options): Promise<void> {
  const { out } = options;
  const { data, file, finish } = await asOwner(() => {
    const { folder, timeZone } = placeOf(options);
    const data: Order = { folder, timeZone, format: formatOf(options), query: queryOf(options, timeZone) };
    return { folder, data, ...(out === undefined ? {} : outputFile(out)) };
  });
  const write = writerTo(file);
  let count = 0;
  try {
    count = await writeEvents(data, write, out !== undefined);
  } catch (error) {
    finish?.(false);
    throw error;
  }
  finish?.(true);
  if (out !== undefined)
    console.log(`${count} events in ${out}. It says who came when: keep it for those who may know.`);
}

/** @returns how many there were */
async function writeEvents(
  { folder, timeZone, format, query }: Order,
  write: (text: string) => Promise<void>,
  showsProgress: boolean,
): Promise<number> {
  const writeTime = timeWriter(timeZone);
  const progress = new Progress('Exporting');
  const reader = openReadOnly(folder);
  let count = 0;
  try {
    const events = reader.search(query, {
      ...(showsProgress && { onProgress: (done, total) => progress.update(done, total) }),
    });
    let chunk = format === 'csv' ? CSV_HEADER : '';
    for (const event of events) {
      count += 1;
      chunk += format === 'csv' ? csvRow(event, writeTime) : `${jsonLine(event)}\n`;
      if (chunk.length < CHUNK) continue;
      await write(chunk);
      chunk = '';
    }
    await write(chunk);
    return count;
  } finally {
    progress.end();
    reader.close();
  }
}

function formatOf({ out, format }: Options): Format {
  if (format !== undefined) return format;
  if (out === undefined) return 'jsonl';
  const ending = extname(out).slice(1).toLowerCase();
  const meant = ending === 'json' || ending === 'ndjson' ? 'jsonl' : ending;
  const known = FORMATS.find((one) => one === meant);
  if (known !== undefined) return known;
  throw new GatepostError(
    'usage',
    `What is to be in ${out}? Name it …jsonl or …csv, or say --format jsonl or csv.`,
  );
}
