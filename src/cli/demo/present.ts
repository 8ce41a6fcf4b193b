import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { GatepostError, messageOf } from '../../core/errors.ts';
import type { DemoState } from '../../ports/demo-panel.ts';
import { degrees } from '../option-values.ts';
import { PromptWatch } from './prompt-watch.ts';

interface PresentOptions {
  readonly url: string;
  readonly accessPoint: string;
  readonly forehead?: number;
  readonly room: number;
  readonly text?: string;
  readonly picture?: string;
  readonly list?: boolean;
}

/** `gatepost present`: acts as a person at the running demo, as its panel does. */
export function registerPresent(program: Command): void {
  program
    .command('present [sample]')
    .description(
      'show a pass to the running demo, and say what the gate decides: a sample by name, a text or a picture',
    )
    .option('--list', 'list the samples and what to expect of each')
    .option('--text <text>', 'show this text instead of a sample')
    .option('--picture <file>', 'show the QR code of this picture (PNG or JPEG)')
    .option('--forehead <celsius>', 'forehead temperature of the person', degrees)
    .option('--room <celsius>', 'temperature of the air', degrees, 22)
    .option('--access-point <id>', 'where', 'main-in')
    .option('--url <url>', 'address of the demo', 'http://127.0.0.1:8080')
    .action(present);
}

async function present(sample: string | undefined, options: PresentOptions): Promise<void> {
  const { url, accessPoint, forehead, room, text, picture } = options;
  const state = (await call(url, 'GET', '/api/demo')) as DemoState;
  if (options.list === true) {
    for (const { id, expected } of state.samples) console.log(`${id.padEnd(16)} ${expected}`);
    return;
  }
  if ([sample, text, picture].filter((what) => what !== undefined).length !== 1) {
    throw new GatepostError('usage', 'Name one thing to show: a sample (see --list), --text or --picture.');
  }
  if (forehead !== undefined) {
    const person = { present: true, foreheadC: forehead, roomC: room };
    await call(url, 'POST', '/api/demo/person', { accessPoint, person });
  }
  const watch = await PromptWatch.open(url, accessPoint);
  try {
    await watch.free((sentence) => console.log(sentence));
    await show(sample, options);
    await watch.verdict((sentence) => console.log(sentence));
  } finally {
    watch.close();
  }
}

async function show(sample: string | undefined, options: PresentOptions): Promise<void> {
  const { url, accessPoint, text, picture } = options;
  if (picture !== undefined) {
    const path = `/api/demo/picture?accessPoint=${encodeURIComponent(accessPoint)}`;
    await call(url, 'POST', path, readImage(picture));
  } else if (text !== undefined) {
    await call(url, 'POST', '/api/demo/scan', { accessPoint, text });
  } else {
    await call(url, 'POST', '/api/demo/present', { accessPoint, sample });
  }
}

function readImage(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new GatepostError('usage', `Cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}

/** One request to the demo's own interface. */
async function call(url: string, method: string, path: string, body?: object): Promise<unknown> {
  const isPicture = body instanceof Uint8Array;
  let response: Response;
  try {
    response = await fetch(new URL(path, url), {
      method,
      headers: {
        origin: new URL(url).origin,
        ...(body === undefined
          ? {}
          : { 'content-type': isPicture ? 'application/octet-stream' : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: isPicture ? Buffer.from(body) : JSON.stringify(body) }),
    });
  } catch (error) {
    throw new GatepostError(
      'usage',
      `No demo answers at ${url}. Start it with scripts/run, or name it with --url.`,
      {
        cause: error,
      },
    );
  }
  const answer: unknown = await response.json();
  if (response.ok) return answer;
  const { message } = answer as { message?: string };
  throw new GatepostError('usage', message ?? `The demo answered with status ${response.status}.`);
}
