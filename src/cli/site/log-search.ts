import type { Command } from 'commander';
import { asOwner } from '../../adapters/files/store-owner.ts';
import { openReadOnly } from '../../adapters/sqlite/log-reader.ts';
import { GatepostError } from '../../core/errors.ts';
import { commandGroup } from '../command-group.ts';
import { wholeNumber } from '../option-values.ts';
import { Progress } from '../progress.ts';
import { jsonLine, plainLine, timeWriter } from './log-line.ts';
import { placeOf, type QueryOptions, queryOf, withQuery } from './log-place.ts';

const LIMIT = 100;
const MOST = 100_000;
const EXIT_NONE = 1;

interface Options extends QueryOptions {
  readonly limit: number;
  readonly json?: boolean;
}

/** `gatepost log search [--from --to --type --access-point --reason --pass --holder] [--limit COUNT] [--json]` */
export function registerLogSearch(program: Command): void {
  withQuery(
    commandGroup(program, 'log', 'read the event log, or begin a new one')
      .command('search')
      .description('print the newest events that fit, oldest of them first; works while the daemon runs'),
  )
    .option('-n, --limit <count>', 'most events to print', wholeNumber(1, MOST), LIMIT)
    .option('--json', 'print the events as they are published, one JSON object a line')
    .addHelpText(
      'after',
      `\nAll that is asked for has to fit. Exit code: 0 found, ${EXIT_NONE} nothing fits.`,
    )
    .action(search);
}

async function search(options: Options): Promise<void> {
  const { data } = await asOwner(() => {
    const { folder, timeZone } = placeOf(options);
    const query = queryOf(options, timeZone);
    if (Object.keys(query).length === 0)
      throw new GatepostError(
        'usage',
        'Say what to look for, e.g. --pass or --from. The newest: gatepost log tail',
      );
    return { folder, data: { folder, timeZone, query } };
  });
  const { folder, timeZone, query } = data;
  const writeTime = timeWriter(timeZone);
  const reader = openReadOnly(folder);
  const progress = new Progress('Searching');
  try {
    const found = reader.newestOf(query, options.limit + 1, {
      onProgress: (done, total) => progress.update(done, total),
    });
    progress.end();
    for (const event of found.slice(0, options.limit).reverse())
      console.log(options.json === true ? jsonLine(event) : plainLine(event, writeTime));
    if (found.length > options.limit)
      console.error(
        `There are more; these are the newest ${options.limit}. Narrow it down, or raise --limit.`,
      );
    if (found.length > 0) return;
    console.error('Nothing fits.');
    process.exitCode = EXIT_NONE;
  } finally {
    progress.end();
    reader.close();
  }
}
