import { type Command, InvalidArgumentError } from 'commander';
import { asOwner } from '../../adapters/files/store-owner.ts';
import { type LogReader, openReadOnly } from '../../adapters/sqlite/log-reader.ts';
import { GatepostError } from '../../core/errors.ts';
import { type ChainRow, isSoundRow } from '../../core/events/chain.ts';
import { type ChainCover, isCovered, mayHaveEnded } from '../../core/events/cover.ts';
import { rowClassOf } from '../../core/events/row-classes.ts';
import { type RowView, viewOf } from '../../core/events/row-view.ts';
import { prevHashOf } from '../../core/events/stored-row.ts';
import { inert } from '../../core/text/visible.ts';
import { commandGroup } from '../command-group.ts';
import { timeWriter } from './log-line.ts';
import { type PlaceOptions, placeOf, withPlace } from './log-place.ts';

const EXIT_ALTERED = 1;
const NAME_WIDTH = 16;

/** `gatepost log show SEQUENCE [--json]` */
export function registerLogShow(program: Command): void {
  withPlace(
    commandGroup(program, 'log', 'read the event log, or begin a new one')
      .command('show')
      .description('print one event in full, with its hash, and whether row and hash fit together')
      .argument('<sequence>', 'number of the event', sequenceOf),
  )
    .option('--json', 'print all of it as one JSON object')
    .addHelpText('after', `\nExit code: 0 it is as it was written, ${EXIT_ALTERED} it is not.`)
    .action(show);
}

async function show(sequence: number, options: PlaceOptions & { readonly json?: boolean }): Promise<void> {
  const { data } = await asOwner(() => {
    const place = placeOf(options);
    return { folder: place.folder, data: place };
  });
  const reader = openReadOnly(data.folder);
  try {
    const shown = factsOf(reader, sequence);
    if (options.json === true) console.log(inert(JSON.stringify(shown)));
    else for (const line of linesOf(shown, data.timeZone)) console.log(inert(line));
    const { sound, lawful = true, links } = shown;
    if (!sound || !lawful || links.previous === 'broken' || links.next === 'broken')
      process.exitCode = EXIT_ALTERED;
  } finally {
    reader.close();
  }
}

/** `gone`: there is no such row to compare with. `end`: it is the first or the last row. */
type Link = 'fits' | 'broken' | 'gone' | 'end';

interface Shown {
  readonly sequence: number;
  readonly name: string;
  /** `hash`: nothing but its hash is left. `altered`: it cannot be read. */
  readonly form: RowView['form'] | 'hash' | 'altered';
  readonly event?: RowView['envelope'];
  readonly hash: string;
  readonly previousHash?: string;
  /** Whether the content is what was hashed; of a row of which only the hash is left nobody can say otherwise. */
  readonly sound: boolean;
  /** Of a row that is reduced or erased: whether the log says that it may be. */
  readonly lawful?: boolean;
  readonly links: { readonly previous: Link; readonly next: Link };
}

function factsOf(reader: LogReader, sequence: number): Shown {
  const rows = reader.around(sequence);
  const row = rows.find((one) => one.sequence === sequence);
  if (row === undefined) throw noRow(reader, sequence);
  const body = reader.event(sequence)?.body;
  const view = body && viewOf(body);
  const previousHash = body && prevHashOf(body);
  const head = reader.head();
  const name = row.columns?.name ?? '';
  const form = body === undefined ? 'hash' : (view?.form ?? 'altered');
  return {
    sequence,
    name,
    form,
    ...(form === 'reduced' || form === 'hash' ? { lawful: isLawful(reader.cover(), sequence, name) } : {}),
    ...(view && { event: view.envelope }),
    hash: row.hash,
    ...(previousHash === undefined ? {} : { previousHash }),
    sound: body === undefined || isSoundRow(row),
    links: {
      previous:
        sequence === 1
          ? 'end'
          : linkOf(previousHash, rows.find((one) => one.sequence === sequence - 1)?.hash),
      next:
        head?.sequence === sequence
          ? linkOf(head.hash, row.hash, 'end')
          : linkOf(prevHashOfNext(reader, rows, sequence), row.hash),
    },
  };
}

/** A row without a name has ended. */
function isLawful(cover: ChainCover, sequence: number, name: string): boolean {
  return name === '' ? mayHaveEnded(cover, sequence) : isCovered(cover, sequence, rowClassOf(name));
}

function prevHashOfNext(reader: LogReader, rows: readonly ChainRow[], sequence: number): string | undefined {
  if (!rows.some((one) => one.sequence === sequence + 1)) return undefined;
  const body = reader.event(sequence + 1)?.body;
  return body && prevHashOf(body);
}

function linkOf(said: string | undefined, hash: string | undefined, fits: Link = 'fits'): Link {
  if (said === undefined || hash === undefined) return 'gone';
  return said === hash ? fits : 'broken';
}

const FORMS: Readonly<Record<Shown['form'], string>> = {
  full: 'as it was written',
  reduced: 'reduced: what was personal in it has been erased, and the hash fits without it',
  hash: 'erased: only its hash is left',
  altered: 'altered: it cannot be read',
};

const LINKS: Readonly<Record<Link, string>> = {
  fits: 'fits',
  broken: 'DOES NOT FIT: one of the two rows is not as it was written',
  gone: 'nothing is left there to compare with',
  end: 'the log ends here',
};

function* linesOf(shown: Shown, timeZone: string): Generator<string> {
  const { sequence, name, form, event, hash, previousHash, sound, lawful = true, links } = shown;
  const line = (title: string, value: unknown): string => `${title.padEnd(NAME_WIDTH)}${wordOf(value)}`;
  yield line(`Event ${sequence}`, name);
  yield line('Form', FORMS[form]);
  if (!lawful) yield line('', 'NOTHING IN THE LOG SAYS THAT IT MAY BE: "gatepost log verify" says more');
  if (event !== undefined) yield* fieldsOf(event, timeZone);
  yield '';
  yield line('Hash', hash);
  if (previousHash !== undefined) yield line('Row before', previousHash);
  yield line(
    'Proof',
    sound ? 'content and hash fit together' : 'NOT AS WRITTEN: the content is not what was hashed',
  );
  yield line('Link back', sequence === 1 ? 'the log begins here' : LINKS[links.previous]);
  yield line('Link on', LINKS[links.next]);
}

/** The fields of the event, those of its data behind the others. What the lines above have said is left out. */
function* fieldsOf(event: RowView['envelope'], timeZone: string): Generator<string> {
  const { data, prevhash: _prevhash, sequence: _sequence, time, ...rest } = event;
  const ms = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  const local = Number.isNaN(ms) ? '' : `  (${timeWriter(timeZone)(ms)} ${timeZone})`;
  yield `${'time'.padEnd(NAME_WIDTH)}${wordOf(time)}${local}`;
  for (const [name, value] of Object.entries(rest)) yield `${name.padEnd(NAME_WIDTH)}${wordOf(value)}`;
  for (const [name, value] of Object.entries(data ?? {}))
    yield `  ${name.padEnd(NAME_WIDTH - 2)}${wordOf(value)}`;
}

function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '-');
}

function noRow(reader: LogReader, sequence: number): GatepostError {
  const { firstSequence, lastSequence } = reader.position();
  return new GatepostError(
    'usage',
    `There is no event ${sequence}. The log has those from ${firstSequence} to ${lastSequence}.`,
  );
}

function sequenceOf(text: string): number {
  const sequence = Number(text);
  if (/^\d{1,16}$/.test(text) && Number.isSafeInteger(sequence) && sequence > 0) return sequence;
  throw new InvalidArgumentError('It is the number of an event, e.g. 1234.');
}
