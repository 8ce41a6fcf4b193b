import type { DestinationStream } from 'pino';

/** Characters that move a terminal's cursor or change its colours have no business in a log line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;
const LEVEL_NAMES: Readonly<Record<number, string>> = { 20: 'debug', 30: 'info ', 40: 'WARN ', 50: 'ERROR' };

/** Turns pino's JSON lines into `hh:mm:ss level sentence`. */
export class PlainLines implements DestinationStream {
  readonly #out: DestinationStream;

  constructor(out: DestinationStream) {
    this.#out = out;
  }

  write(line: string): void {
    const { time, level, msg } = JSON.parse(line) as { time?: string; level?: number; msg?: string };
    const clock = typeof time === 'string' ? time.slice(11, 19) : '';
    const name = LEVEL_NAMES[level ?? 30] ?? 'info ';
    this.#out.write(`${clock} ${name} ${(msg ?? '').replace(CONTROL, ' ')}\n`);
  }
}
