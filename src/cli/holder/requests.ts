import { type Command, InvalidArgumentError } from 'commander';
import { SystemClock } from '../../adapters/clock/system-clock.ts';
import { asOwner } from '../../adapters/files/store-owner.ts';
import { createLogger } from '../../adapters/logging/pino-logger.ts';
import type { DirectoryPlace } from '../../adapters/sqlite/directory-file.ts';
import { isInUse } from '../../adapters/sqlite/folder-lock.ts';
import {
  answerRequest,
  newestReceipt,
  receiptOfRequest,
  requestsIn,
} from '../../adapters/sqlite/request-file.ts';
import type { Config } from '../../config/schema.ts';
import { LONGEST_NOTE } from '../../core/access/bounds.ts';
import { GatepostError } from '../../core/errors.ts';
import type { DataRequest } from '../../core/report/data-request.ts';
import { inert, isVisible } from '../../core/text/visible.ts';
import { loadGateConfig } from '../config-file.ts';
import { outputFile, writerTo } from '../output-file.ts';
import { person } from '../person.ts';
import { timeWriter } from '../site/log-line.ts';

const DAY_MS = 86_400_000;
/** How long a receipt is waited for. */
const RECEIPT_LIMIT_MS = 300_000;
const LOOK_MS = 500;

interface Options {
  readonly config: string;
}

/** `gatepost holder requests | answer N | receipt N`: what people have asked for at the gate itself. */
export function registerRequests(holder: Command, requestNumber: (text: string) => number): void {
  const named = (name: string, description: string) =>
    holder
      .command(name)
      .description(description)
      .requiredOption('-c, --config <file>', 'config file of the gate, which may be running');
  named('requests', 'the requests that were made at the gate, and what became of them').action(list);
  named('answer', 'confirm or refuse such a request')
    .argument('<request>', 'its number', requestNumber)
    .option('--confirm', 'it will be done; an erasure the running gate begins by itself')
    .option('--refuse', 'it will not be done')
    .requiredOption('--note <text>', 'why: goes into the log, and the person sees it', note)
    .action(answer);
  named('receipt', 'the signed receipt of an erasure that was asked for at the gate, or of the last one')
    .argument('[request]', 'its number', requestNumber)
    .option('-o, --out <file>', 'new file, readable by you alone')
    .action(receipt);
}

async function list({ config: path }: Options): Promise<void> {
  const { data: config } = await prepared(path);
  const requests = requestsIn(config.store.folder);
  if (requests.length === 0) return console.log('Nobody has asked for anything at this gate.');
  const time = timeWriter(config.site.timeZone);
  for (const request of requests) console.log(inert(lineOf(request, time, config.privacy.requestDays)));
}

function lineOf(
  { number, kind, state, accessPoint, askedMs, answeredMs, by, note: why }: DataRequest,
  time: (ms: number) => string,
  requestDays: number,
): string {
  const answered =
    answeredMs === undefined
      ? `until ${time(askedMs + requestDays * DAY_MS)}`
      : [time(answeredMs), by, why].filter((one) => one !== undefined).join('  ');
  return [String(number), kind.padEnd(7), state.padEnd(9), time(askedMs), accessPoint, answered].join('  ');
}

async function answer(
  request: number,
  { config: path, confirm, refuse, note: why }: Options & { confirm?: true; refuse?: true; note: string },
): Promise<void> {
  if ((confirm === true) === (refuse === true))
    throw new GatepostError('usage', 'Say either --confirm or --refuse.');
  const { data: config } = await prepared(path);
  const said = confirm === true ? 'confirmed' : 'refused';
  const kind = answerRequest(placeIn(config), { request, answer: said, by: person(), note: why });
  if (said === 'refused')
    return console.log(`Request ${request} is refused. The person sees that at the gate.`);
  console.log(
    kind === 'export'
      ? `Request ${request} is confirmed. Make the file: gatepost holder export --request ${request} --out FILE`
      : `Request ${request} is confirmed. A running gate erases by itself; else: gatepost holder erase --request ${request} --out FILE`,
  );
}

async function receipt(
  request: number | undefined,
  { config: path, out }: Options & { out?: string },
): Promise<void> {
  const { data: config, file, finish } = await prepared(path, out);
  try {
    const { folder } = config.store;
    const text = request === undefined ? newestReceipt(folder) : await receiptWhenDone(folder, request);
    if (text === undefined) throw new GatepostError('usage', 'Nothing was ever erased at this gate.');
    await writerTo(file)(text);
  } catch (error) {
    finish?.(false);
    throw error;
  }
  finish?.(true);
}

/** A gate that runs begins a confirmed erasure within a minute, and a large log takes a minute to look through. */
async function receiptWhenDone(folder: string, request: number): Promise<string> {
  const endMs = performance.now() + RECEIPT_LIMIT_MS;
  for (;;) {
    const text = receiptOfRequest(folder, request);
    if (text !== undefined) return text;
    const found = requestsIn(folder).find(({ number }) => number === request);
    const isUnderWay = found?.kind === 'erasure' && found.state === 'confirmed';
    if (!isUnderWay)
      throw new GatepostError('usage', `There is no receipt of a request ${request} at this gate.`);
    if (!isInUse(folder) || performance.now() >= endMs)
      throw new GatepostError(
        'usage',
        `Request ${request} is confirmed, and nothing was erased yet. Start the gate, or run: gatepost holder erase --request ${request} --out FILE`,
      );
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function prepared(path: string, out?: string) {
  return asOwner(() => {
    const { config } = loadGateConfig(path);
    return { folder: config.store.folder, data: config, ...(out === undefined ? {} : outputFile(out)) };
  });
}

function note(text: string): string {
  const trimmed = text.trim();
  if (trimmed !== '' && trimmed.length <= LONGEST_NOTE && isVisible(trimmed)) return trimmed;
  throw new InvalidArgumentError(`It must be 1 to ${LONGEST_NOTE} visible characters.`);
}

/** The store of a gate, for commands that may write beside it. */
export function placeIn({ store, site, gate }: Config): DirectoryPlace {
  const logger = createLogger({ level: 'warn', format: 'plain' });
  return { folder: store.folder, site: site.id, gate: gate.id, clock: new SystemClock(), logger };
}
