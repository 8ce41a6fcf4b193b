import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';
import type { Logger } from '../../ports/logger.ts';
import { PlainLines } from './plain-lines.ts';

export interface LoggerOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** `json` for journals and machines, `plain` for somebody who watches a terminal. */
  readonly format: 'json' | 'plain';
  /** Where lines go; standard output by default. */
  readonly destination?: DestinationStream;
}

/**
 * The daemon's log. Lines are written synchronously: what was said before a crash is there after it. Anything that
 * may come from outside is a field, never part of the line's structure.
 */
export function createLogger({ level, format, destination }: LoggerOptions): Logger {
  const stream = destination ?? pino.destination({ dest: 1, sync: true });
  const logger: PinoLogger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: ['password', '*.password'] },
    format === 'plain' ? new PlainLines(stream) : stream,
  );
  return logger;
}
