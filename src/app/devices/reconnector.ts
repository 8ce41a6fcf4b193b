import { GatepostError, messageOf } from '../../core/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DeviceLink } from '../../ports/device-link.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import { RepeatGuard } from '../log/limiters.ts';

/**
 * `connecting` is reported only before the first attempt and after a healthy connection. While attempts fail the
 * state stays `missing` (or `degraded`), so that it does not flicker.
 */
export interface ConnectionState {
  readonly status: 'connecting' | 'ok' | 'missing' | 'degraded';
  /** Why, for `missing` and `degraded`. */
  readonly error?: GatepostError;
  /** Number of attempts since the connection was last healthy, including this one. */
  readonly attempt: number;
}

interface ReconnectorDeps<L extends DeviceLink> {
  /** For the log, e.g. `scanner:main-in`. */
  readonly name: string;
  /** Opens once; rejects with a GatepostError, soon when `signal` aborts. */
  readonly open: (signal: AbortSignal) => Promise<L>;
  readonly schedule: RetrySchedule;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  /** Called on every change, and again on each failed attempt. */
  readonly onState: (state: ConnectionState) => void;
  /** Called with every new link, after the state became `ok`. */
  readonly onLink?: (link: L) => void;
}

/** How a link ended. */
interface Ending {
  readonly status: 'missing' | 'degraded';
  readonly error: GatepostError;
}

/**
 * Keeps one link open: the only place that reconnects. One loop opens, waits for the end, frees the old link, pauses
 * and opens again, so there is never a second timer or a second open.
 */
export class Reconnector<L extends DeviceLink> implements Lifecycle {
  readonly #deps: ReconnectorDeps<L>;
  readonly #repeats: RepeatGuard;
  #running: { readonly abort: AbortController; readonly done: Promise<void> } | undefined;
  #endLink: ((ending?: Ending) => void) | undefined;
  #link: L | undefined;
  /** The latest failure, until a link is open again. */
  #failure: GatepostError | undefined;
  /** Whether a failure was logged and its recovery was not yet. */
  #complained = false;

  constructor(deps: ReconnectorDeps<L>) {
    this.#deps = deps;
    this.#repeats = new RepeatGuard(deps.clock);
  }

  /** The open link, if there is one. */
  get link(): L | undefined {
    return this.#link;
  }

  /** Begins to connect and returns at once: a device missing at the start is not an error. */
  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#running !== undefined) return;
    this.#failure = undefined;
    const abort = new AbortController();
    this.#running = { abort, done: this.#keepOpen(abort.signal) };
  }

  /** Ends an open in progress, a pause or the link; resolves when the link is freed. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    running.abort.abort();
    await running.done;
    if (this.#running === running) this.#running = undefined;
  }

  /**
   * Closes the present link and opens a new one. Does nothing without a link.
   * @param cause what is wrong with it, e.g. that it fell silent; without one nothing is, and no failure is told
   */
  reopen(cause?: GatepostError): void {
    this.#endLink?.(cause && { status: 'degraded', error: cause });
  }

  async #keepOpen(signal: AbortSignal): Promise<void> {
    let attempt = 0;
    while (!signal.aborted) {
      attempt += 1;
      const wasHealthy = await this.#openOnce(attempt, signal);
      if (wasHealthy) attempt = 0;
      if (!signal.aborted) await this.#pause(attempt, signal);
    }
  }

  /** Opens a link and waits for its end; returns whether it lasted long enough to count as healthy. */
  async #openOnce(attempt: number, signal: AbortSignal): Promise<boolean> {
    const { open, onState, onLink, clock, schedule } = this.#deps;
    if (this.#failure === undefined) onState({ status: 'connecting', attempt });
    let link: L;
    try {
      link = await open(signal);
    } catch (thrown) {
      if (!signal.aborted) this.#fail({ status: 'missing', error: asGatepostError(thrown) }, attempt);
      return false;
    }
    const openedMs = clock.read().monotonicMs;
    let ending: Ending | undefined;
    if (!signal.aborted) {
      const ended = this.#endOf(link, signal);
      this.#link = link;
      this.#recover();
      onState({ status: 'ok', attempt });
      onLink?.(link);
      ending = await ended;
      this.#link = undefined;
      this.#endLink = undefined;
    }
    const wasHealthy = clock.read().monotonicMs - openedMs >= schedule.healthyAfterMs;
    if (wasHealthy) this.#repeats.clear();
    if (ending !== undefined) this.#fail(ending, attempt);
    await this.#free(link);
    return wasHealthy;
  }

  /** Resolves with the link's end, or undefined when this part is stopped or the link is replaced on purpose. */
  #endOf(link: L, signal: AbortSignal): Promise<Ending | undefined> {
    return new Promise((resolve) => {
      const stopped = (): void => resolve(undefined);
      const finish = (ending?: Ending): void => {
        signal.removeEventListener('abort', stopped);
        resolve(ending);
      };
      signal.addEventListener('abort', stopped, { once: true });
      this.#endLink = finish;
      void link.closed.then((error) => finish({ status: 'missing', error: error ?? this.#closedByItself() }));
    });
  }

  #closedByItself(): GatepostError {
    return new GatepostError('device.lost', `${this.#deps.name} was closed; it is opened again by itself.`);
  }

  #pause(attempt: number, signal: AbortSignal): Promise<void> {
    const { schedule, clock, random } = this.#deps;
    return new Promise((resolve) => {
      const finish = (): void => {
        cancel();
        signal.removeEventListener('abort', finish);
        resolve();
      };
      const cancel = clock.schedule(retryDelayMs(schedule, attempt, random), finish);
      signal.addEventListener('abort', finish, { once: true });
    });
  }

  async #free(link: L): Promise<void> {
    try {
      await link.close();
    } catch (thrown) {
      const { name, logger } = this.#deps;
      logger.error({ part: name, err: thrown }, `${name} could not be closed: ${messageOf(thrown)}`);
    }
  }

  #fail(ending: Ending, attempt: number): void {
    const { name, logger, onState } = this.#deps;
    this.#failure = ending.error;
    if (this.#repeats.admit(`${ending.error.code} ${ending.error.message}`)) {
      this.#complained = true;
      logger.warn({ part: name, code: ending.error.code, attempt }, ending.error.message);
    }
    onState({ status: ending.status, error: ending.error, attempt });
  }

  #recover(): void {
    const { name, logger } = this.#deps;
    this.#failure = undefined;
    if (this.#complained) logger.info({ part: name }, `${name} is connected again.`);
    else logger.debug({ part: name }, `${name} is connected.`);
    this.#complained = false;
  }
}

function asGatepostError(thrown: unknown): GatepostError {
  if (thrown instanceof GatepostError) return thrown;
  return new GatepostError('device.failed', messageOf(thrown), { cause: thrown });
}

/** When to try again, as data. Durations in milliseconds. */
export interface RetrySchedule {
  /** Delay after the first failure. */
  readonly initialMs: number;
  /** Each further delay is this much longer; at least 1. */
  readonly factor: number;
  /** No delay is longer. */
  readonly maximumMs: number;
  /** 0..1: the random part of a delay, so that many gates do not come back at once. */
  readonly jitter: number;
  /** Only after this time does a connection count as recovered, and the delays start again from the first. */
  readonly healthyAfterMs: number;
}

/**
 * Delay before the next try after `attempt` failures in a row (1 or more), in milliseconds: the grown and capped
 * delay, shortened by at most its jittered part.
 * @param random uniform in [0, 1)
 */
export function retryDelayMs(schedule: RetrySchedule, attempt: number, random: () => number): number {
  const grown = schedule.initialMs * schedule.factor ** (Math.max(1, attempt) - 1);
  return Math.min(grown, schedule.maximumMs) * (1 - schedule.jitter * random());
}
