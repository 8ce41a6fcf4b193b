import { createInterface } from 'node:readline';
import type { ReadStream } from 'node:tty';
import { GatepostError } from '../core/errors.ts';

/** Longest line in bytes; any secret is shorter. */
const MAX_BYTES = 4 * 1024;

type Input = NodeJS.ReadableStream & Pick<ReadStream, 'isTTY'>;

/**
 * The first line of a pipe, or a line typed at a terminal without echo.
 * @throws GatepostError `usage` if there is none
 */
export async function readLine(input: Input, question: string): Promise<string> {
  const line = input.isTTY ? await typedLine(input, question) : await pipedLine(input);
  if (line !== undefined) return line;
  throw new GatepostError(
    'usage',
    'There was no line to read. Type the password, or pipe it in, and end it with Enter.',
  );
}

/** Whether somebody at a terminal answers a question with yes. */
export async function saysYes(input: Input, question: string): Promise<boolean> {
  const lines = createInterface({ input, output: process.stderr });
  return new Promise((resolve) => {
    lines.once('close', () => resolve(false));
    lines.question(question, (answer) => {
      resolve(answer.trim().toLowerCase() === 'yes');
      lines.close();
    });
  });
}

async function pipedLine(input: Input): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    size += bytes.length;
    if (size > MAX_BYTES) throw new GatepostError('usage', 'The line is longer than 4 KiB.');
    if (bytes.includes('\n')) break;
  }
  const [line = ''] = Buffer.concat(chunks).toString('utf8').split(/\r?\n/, 1);
  return line === '' ? undefined : line;
}

/** readline without an output switches echo off and prints nothing. */
function typedLine(input: Input, question: string): Promise<string | undefined> {
  process.stderr.write(question);
  const lines = createInterface({ input, terminal: true });
  return new Promise((resolve) => {
    let typed: string | undefined;
    lines.once('line', (line) => {
      typed = line;
      lines.close();
    });
    lines.once('close', () => {
      process.stderr.write('\n');
      resolve(typed === '' ? undefined : typed);
    });
  });
}
