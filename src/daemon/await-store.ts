import type { WebServer } from '../adapters/web/server.ts';
import type { Alert } from '../app/uplink/uplink-health.ts';
import type { UplinkPump } from '../app/uplink/uplink-pump.ts';
import type { Config } from '../config/schema.ts';
import { type GatepostError, isGatepostError, isLogTrouble, type LogTrouble } from '../core/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { GateState } from '../ports/gate-state.ts';
import type { Lifecycle } from '../ports/lifecycle.ts';
import type { Logger } from '../ports/logger.ts';
import type { Notifier } from '../ports/notifier.ts';
import { isSimulated } from './settings.ts';

const RETRY_MS = 1_000;

/** Why the gate waits, as shown on every screen. */
interface OutOfOrder {
  readonly trouble: LogTrouble;
  readonly detail: string;
  /** The file or folder that has the trouble. */
  readonly file: string;
  readonly sinceMs: number;
}

interface AwaitStoreDeps {
  readonly store: Lifecycle;
  readonly file: string;
  /** Runs before each attempt; an error of it that `troubleOf` knows makes the gate wait. */
  readonly before: () => Promise<void>;
  /** The trouble of the log that caused an error of `before`; undefined for errors that must end the start. */
  readonly troubleOf: (error: unknown) => LogTrouble | undefined;
  /** Parts that run while the gate waits, in the order of their start. */
  readonly meanwhile: readonly Lifecycle[];
  /** Those of `meanwhile` that stop when the waiting ends. */
  readonly only: readonly Lifecycle[];
  /** Where the screens are served, once they are. */
  readonly web: () => string | undefined;
  /** Shows the reason on all screens; undefined removes it. */
  readonly show: (outOfOrder: OutOfOrder | undefined) => void;
  readonly notifier: Notifier;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Opens the store before the rest of the gate starts, because nothing may open without a record, not even by hand.
 * While the store is full, read-only, failing, damaged or empty, the screens show the reason and the store is tried
 * again each second. Other errors, such as a folder of another user, end the start.
 */
export class AwaitStore implements Lifecycle {
  readonly #deps: AwaitStoreDeps;
  #shown: string | undefined;
  #sinceMs = 0;
  #signedMs = Number.NEGATIVE_INFINITY;

  constructor(deps: AwaitStoreDeps) {
    this.#deps = deps;
  }

  async start(signal: AbortSignal): Promise<void> {
    let trouble = await this.#try(signal, false);
    if (trouble === undefined) return;
    for (const part of this.#deps.meanwhile) await part.start(signal);
    while (trouble !== undefined) {
      this.#tell(trouble);
      await this.#pause(signal);
      trouble = await this.#try(signal, true);
    }
    for (const part of [...this.#deps.only].reverse()) await part.stop();
    this.#deps.show(undefined);
    this.#shown = undefined;
    this.#deps.logger.info({}, 'The log can be used: the gate starts.');
  }

  async stop(): Promise<void> {
    if (this.#shown !== undefined) for (const part of [...this.#deps.meanwhile].reverse()) await part.stop();
    this.#shown = undefined;
    await this.#deps.store.stop();
  }

  /**
   * Tries once. Returns what prevents it; undefined when the store is open. Other errors are thrown and end the start.
   */
  async #try(signal: AbortSignal, waiting: boolean): Promise<GatepostError | undefined> {
    const { store, before, troubleOf } = this.#deps;
    try {
      await before();
    } catch (error) {
      signal.throwIfAborted();
      if (isGatepostError(error) && troubleOf(error) !== undefined) return error;
      throw error;
    }
    try {
      await store.start(signal);
      return undefined;
    } catch (error) {
      signal.throwIfAborted();
      // A command that begins a new log holds the store for a moment.
      if (isLogTrouble(error) || (waiting && isGatepostError(error, 'log.busy'))) return error;
      throw error;
    }
  }

  #tell(error: GatepostError): void {
    const { show, notifier, clock, logger, file, web, troubleOf } = this.#deps;
    this.#sign();
    if (error.code === 'log.busy' || error.message === this.#shown) return;
    const isFirst = this.#shown === undefined;
    this.#shown = error.message;
    const { wallMs } = clock.read();
    if (isFirst) this.#sinceMs = wallMs;
    logger.error({ code: error.code, file, web: web() }, `Nothing opens: ${error.message}`);
    const trouble = isLogTrouble(error) ? error.code : (troubleOf(error) ?? 'log.failed');
    show({ trouble, detail: error.message, file, sinceMs: this.#sinceMs });
    const status = `out of order: ${error.message}`;
    void (isFirst ? notifier.ready(status) : notifier.status(status));
  }

  /** A sign of life for the watchdog: each attempt proves that the gate still waits. */
  #sign(): void {
    const { notifier, clock } = this.#deps;
    const { monotonicMs } = clock.read();
    const { watchdogIntervalMs } = notifier;
    if (watchdogIntervalMs === undefined || monotonicMs - this.#signedMs < watchdogIntervalMs) return;
    this.#signedMs = monotonicMs;
    void notifier.watchdog();
  }

  #pause(signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        cancel();
        reject(signal.reason);
      };
      const cancel = clock.schedule(RETRY_MS, () => {
        signal.removeEventListener('abort', abort);
        resolve();
      });
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
    });
  }
}

/** The alert for a waiting gate. */
function alertOf({ detail }: OutOfOrder): Alert {
  return { text: `Nothing opens: ${detail}`.slice(0, 2_000), severity: 'error' };
}

/** Shows residents, guards and servers why the gate waits. */
export function showOutOfOrder(to: {
  readonly config: Config;
  readonly web: WebServer;
  readonly state: Pick<GateState, 'devices' | 'prompts'>;
  readonly standIn: UplinkPump | undefined;
}): (outOfOrder: OutOfOrder | undefined) => void {
  const { config, web, state, standIn } = to;
  const simulated = isSimulated(config);
  return (outOfOrder) => {
    web.outOfOrderIs(outOfOrder);
    if (outOfOrder === undefined) return;
    const { trouble, detail, sinceMs } = outOfOrder;
    for (const [accessPoint, { direction }] of Object.entries(config.accessPoints)) {
      const view = { accessPoint, direction, simulated, trouble } as const;
      state.prompts.set({ ...view, feedback: 'TextMessage', message: 'OutOfOrder' });
    }
    const device = { id: 'log', role: 'log', driver: 'sqlite', simulated: false, sinceMs } as const;
    state.devices.set({ ...device, status: 'missing', cause: trouble, detail });
    standIn?.setCondition({ state: 'degraded', devices: { log: 'missing' } });
    standIn?.setAlert('log', alertOf(outOfOrder));
  };
}
