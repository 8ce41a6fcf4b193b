import { setFlagsFromString } from 'node:v8';
import { messageOf } from '../core/errors.ts';
import type { Logger } from '../ports/logger.ts';
import type { Daemon } from './daemon.ts';

/** The process exits when a stop takes longer than this; systemd would kill it after 10 s. */
const STOP_LIMIT_MS = 8_000;
/** EX_SOFTWARE of sysexits(3). */
const EXIT_UNCAUGHT = 70;

/**
 * How much the heap may grow before V8 collects, in percent. By default garbage grows to several times the memory in
 * use; with this value a backlog takes 90 MB less of a 512 MB board and is a few percent slower. Set here and not in
 * the systemd unit, because a Node version without this flag then only prints a warning.
 */
const HEAP_GROWING_PERCENT = 20;

/**
 * Runs the daemon until a signal stops it; on SIGUSR2 it writes its present state to the log. An uncaught error puts
 * the outputs to rest, is logged and ends the process, because the state of the program is unknown after it; systemd
 * starts it again.
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
  // The timer itself must not keep the process alive; it only ends a process that something else keeps alive.
  limit.unref();
}
