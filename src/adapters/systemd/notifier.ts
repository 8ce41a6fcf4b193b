import { spawn } from 'node:child_process';
import { messageOf } from '../../core/errors.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Notifier } from '../../ports/notifier.ts';

/** systemd-notify takes 8 to 26 ms here; a message that takes this long is given up. */
const KILL_AFTER_MS = 5_000;

/** systemd expects a sign of life every WATCHDOG_USEC; three tries fit into it. */
const SIGNS_PER_TIMEOUT = 3;

interface SystemdNotifierDeps {
  /** `NOTIFY_SOCKET` and `WATCHDOG_USEC` are used; the child process gets all of it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
  readonly program?: string;
  readonly killAfterMs?: number;
}

/**
 * Notifies systemd through the program systemd-notify, one message at a time, because Node has no datagram sockets of
 * the kind systemd listens on (hardware/FACTS.md#systemd-and-node). The unit needs NotifyAccess=all, because the
 * message comes from the child. Without NOTIFY_SOCKET nothing is done. A message that fails is logged and given up.
 */
export class SystemdNotifier implements Notifier {
  readonly #deps: SystemdNotifierDeps;
  #last: Promise<void> = Promise.resolve();

  constructor(deps: SystemdNotifierDeps) {
    this.#deps = deps;
  }

  get watchdogIntervalMs(): number | undefined {
    const { NOTIFY_SOCKET, WATCHDOG_USEC } = this.#deps.env;
    if (!NOTIFY_SOCKET || WATCHDOG_USEC === undefined || !/^[1-9]\d{0,14}$/.test(WATCHDOG_USEC))
      return undefined;
    return Number(WATCHDOG_USEC) / 1_000 / SIGNS_PER_TIMEOUT;
  }

  ready(status: string): Promise<void> {
    return this.#send(['--ready', statusArgument(status)]);
  }

  status(text: string): Promise<void> {
    return this.#send([statusArgument(text)]);
  }

  watchdog(): Promise<void> {
    return this.#send(['WATCHDOG=1']);
  }

  stopping(): Promise<void> {
    return this.#send(['STOPPING=1']);
  }

  #send(args: readonly string[]): Promise<void> {
    if (!this.#deps.env.NOTIFY_SOCKET) return Promise.resolve();
    this.#last = this.#last.then(() => this.#run(args));
    return this.#last;
  }

  #run(args: readonly string[]): Promise<void> {
    const { env, logger, program = 'systemd-notify', killAfterMs = KILL_AFTER_MS } = this.#deps;
    return new Promise((resolve) => {
      const finish = (problem: string | undefined): void => {
        if (problem !== undefined) {
          logger.warn({ message: args.join(' ') }, `systemd was not notified: ${problem}.`);
        }
        resolve();
      };
      const child = spawn(program, args, {
        env,
        stdio: 'ignore',
        timeout: killAfterMs,
        killSignal: 'SIGKILL',
      });
      child.once('error', (error) => finish(`${program} cannot be run (${messageOf(error)})`));
      child.once('exit', (code, signal) => {
        if (code === 0) finish(undefined);
        else finish(`${program} ended with ${signal ?? `status ${code}`}`);
      });
    });
  }
}

/** One line: a line end would begin another message. */
function statusArgument(text: string): string {
  return `--status=${text.replaceAll(/[\r\n]+/g, ' ')}`;
}
