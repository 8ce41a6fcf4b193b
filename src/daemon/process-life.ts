import { setFlagsFromString } from 'node:v8';
import { messageOf } from '../core/errors.ts';
import type { Logger } from '../ports/logger.ts';
import type { Daemon } from './daemon.ts';

/** A stop that takes longer than this is ended; systemd waits 10 s before it kills. */
const STOP_LIMIT_MS = 8_000;
/** EX_SOFTWARE of sysexits(3). */
const EXIT_UNCAUGHT = 70;

/**
 * V8 lets garbage grow to several times of what is in use before it collects. On a board with 512 MB a backlog would
 * so cost 90 MB more than with this, in percent, for a few percent of its speed. Here and not in the unit: a Node that
 * no longer knows the flag says so and goes on.
 */
const HEAP_GROWING_PERCENT = 20;

/**
 * Lets the daemon run until it is told to stop; SIGUSR2 has it write its present state to the log. An uncaught error rests the outputs, is written down and ends the
 * process: what state the program is in after one, nobody knows, so systemd starts it anew.
 */
export async function runUntilSignal(
  daemon: Daemon,
  options: { logger: Logger; onStarted: () => void },
): Promise<void> {
  const { logger, onStarted } = options;
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWING_PERCENT}`);
  const abort = new AbortController();
  const die = (error: unknown): void => {
    daemon.restNow();
    logger.error(
      { err: error },
      `Uncaught error, the outputs are at rest and the program ends: ${messageOf(error)}`,
    );
    process.exit(EXIT_UNCAUGHT);
  };
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);

  process.on('SIGUSR2', () => daemon.writeState());

  const told = new Promise<NodeJS.Signals>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, resolve);
  });
  void told.then(() => abort.abort());

  try {
    await daemon.start(abort.signal);
  } catch (error) {
    if (!abort.signal.aborted) throw error;
  }
  if (!abort.signal.aborted) onStarted();
  const signal = await told;
  logger.info({ signal }, `Stopping after ${signal}.`);
  const limit = setTimeout(() => {
    daemon.restNow();
    logger.error({}, 'The program did not stop in time; the outputs are at rest and it ends now.');
    process.exit(1);
  }, STOP_LIMIT_MS);
  await daemon.stop();
  // It must not keep a program alive that has nothing left to do, but ends one that something still holds.
  limit.unref();
}
