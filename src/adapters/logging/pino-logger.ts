import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';
import type { Logger } from '../../ports/logger.ts';

interface LoggerSettings {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** `json` for journals and programs, `plain` for a person at a terminal. */
  readonly format: 'json' | 'plain';
  /** Where lines go; standard output by default. */
  readonly destination?: DestinationStream;
}

/**
 * The daemon's log. Lines are written synchronously, so that what was logged before a crash is not lost. Anything
 * that may come from outside is a field, never part of the line's structure.
 */
export function createLogger({ level, format, destination }: LoggerSettings): Logger {
  const stream = destination ?? pino.destination({ dest: 1, sync: true });
  const logger: PinoLogger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: ['password', '*.password'] },
    format === 'plain' ? new PlainLines(stream) : stream,
  );
  return logger;
}

/** Removes characters that move a terminal's cursor or change its colours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;
const LEVEL_NAMES: Readonly<Record<number, string>> = { 20: 'debug', 30: 'info ', 40: 'WARN ', 50: 'ERROR' };

/** Turns pino's JSON lines into `hh:mm:ss level sentence`, with the state of the gate behind it where one asked for it. */
class PlainLines implements DestinationStream {
  readonly #out: DestinationStream;

  constructor(out: DestinationStream) {
    this.#out = out;
  }

  write(line: string): void {
    const { time, level, msg, state } = JSON.parse(line) as {
      time?: string;
      level?: number;
      msg?: string;
      state?: object;
    };
    const clock = typeof time === 'string' ? time.slice(11, 19) : '';
    const name = LEVEL_NAMES[level ?? 30] ?? 'info ';
    const text = [msg ?? '', ...(state === undefined ? [] : [JSON.stringify(state)])].join(' ');
    this.#out.write(`${clock} ${name} ${text.replace(CONTROL, ' ')}\n`);
  }
}
