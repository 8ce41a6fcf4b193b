import { setTimeout as delay } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { asOwner } from '../../adapters/files/store-owner.ts';
import type { LogReader } from '../../adapters/sqlite/log-reader.ts';
import { openReadOnly } from '../../adapters/sqlite/log-reader.ts';
import type { StoredEvent } from '../../core/events/event.ts';
import { commandGroup } from '../command-group.ts';
import { jsonLine, plainLine, timeWriter } from './log-line.ts';
import { type PlaceOptions, placeOf, withPlace } from './log-place.ts';

const MOST_LINES = 100_000;
const FOLLOW_EVERY_MS = 500;
const FOLLOW_BATCH = 500;

interface TailOptions extends PlaceOptions {
  readonly lines: number;
  readonly follow?: boolean;
  readonly json?: boolean;
}

/** `gatepost log tail [--config FILE | --store FOLDER] [-n LINES] [--follow] [--json]` */
export function registerLogTail(program: Command): void {
  withPlace(
    commandGroup(program, 'log', 'read the event log, or begin a new one')
      .command('tail')
      .description('print the newest events, oldest of them first; works while the daemon runs'),
  )
    .option('-n, --lines <count>', 'how many events', parseCount, 20)
    .option('-f, --follow', 'go on printing new events until interrupted')
    .option('--json', 'print the events as they are published, one JSON object a line')
    .action(tail);
}

async function tail(options: TailOptions): Promise<void> {
  const { folder, timeZone } = (
    await asOwner(() => {
      const place = placeOf(options);
      return { folder: place.folder, data: place };
    })
  ).data;
  const writeTime = timeWriter(timeZone);
  const toLine = (event: StoredEvent) => (options.json ? jsonLine(event) : plainLine(event, writeTime));
  const print = (events: readonly StoredEvent[]): void => {
    for (const event of events) console.log(toLine(event));
  };
  const reader = openReadOnly(folder);
  try {
    const newest = reader.newest(options.lines).toReversed();
    print(newest);
    if (options.follow === true) await follow(reader, newest.at(-1)?.sequence, print);
  } finally {
    reader.close();
  }
}

/** Prints what is added after `after` until SIGINT or SIGTERM. */
async function follow(
  reader: LogReader,
  after: number | undefined,
  print: (events: readonly StoredEvent[]) => void,
): Promise<void> {
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    let last = after ?? reader.position().lastSequence;
    while (!interrupted.signal.aborted) {
      const events = reader.readAfter(last, FOLLOW_BATCH);
      print(events);
      last = events.at(-1)?.sequence ?? last;
      if (events.length < FOLLOW_BATCH) await pause(interrupted.signal);
    }
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

async function pause(signal: AbortSignal): Promise<void> {
  try {
    await delay(FOLLOW_EVERY_MS, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function parseCount(text: string): number {
  const count = Number(text);
  if (/^\d{1,6}$/.test(text) && count >= 1 && count <= MOST_LINES) return count;
  throw new InvalidArgumentError(`It is a whole number from 1 to ${MOST_LINES}.`);
}
