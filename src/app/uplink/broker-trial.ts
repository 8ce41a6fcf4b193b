import type { BrokerConnection, OutgoingMessage } from '../../ports/broker.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import { HELD_MS } from './broker-choice.ts';

interface BrokerTrialDeps {
  /** Connects to the first broker as the gate itself. */
  readonly connect: (signal: AbortSignal) => Promise<BrokerConnection>;
  /** Something that the broker must take, and that says nothing. */
  readonly probe: () => OutgoingMessage;
  readonly clock: Clock;
  /** The connection has lasted: take() it. */
  readonly onHeld: () => void;
}

/**
 * Tries whether the first broker can be used again while the gate still works with the second: connects to it, has it
 * store a message, and keeps that connection for a while before it is used. So nothing stands still meanwhile, and a
 * broker that comes and goes is not gone back to.
 */
export class BrokerTrial {
  readonly #deps: BrokerTrialDeps;
  #pauseMs: number | undefined;
  #cancel: Cancel | undefined;
  #abort: AbortController | undefined;
  #connection: BrokerConnection | undefined;

  constructor(deps: BrokerTrialDeps) {
    this.#deps = deps;
  }

  /** Begins to try, each time after a pause. Does nothing while it does so already. */
  begin(pauseMs: number): void {
    if (this.#pauseMs !== undefined) return;
    this.#pauseMs = pauseMs;
    this.#later();
  }

  /** Ends it, and what it has connected to. */
  async end(): Promise<void> {
    const connection = this.#connection;
    this.#forget();
    await connection?.close();
  }

  /** The connection to the first broker, if there is one; it is the caller's from now on, and the trial is over. */
  take(): BrokerConnection | undefined {
    const connection = this.#connection;
    if (connection !== undefined) this.#forget();
    return connection;
  }

  #forget(): void {
    this.#pauseMs = undefined;
    this.#connection = undefined;
    this.#abort?.abort();
    this.#abort = undefined;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #later(): void {
    if (this.#pauseMs === undefined) return;
    this.#cancel?.();
    this.#cancel = this.#deps.clock.schedule(this.#pauseMs, () => void this.#try());
  }

  async #try(): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    let connection: BrokerConnection | undefined;
    // Also bounds the wait for the answer to the probe.
    this.#cancel = this.#deps.clock.schedule(HELD_MS, () => connection?.destroy());
    try {
      connection = await this.#deps.connect(abort.signal);
      const answer = abort.signal.aborted ? undefined : await connection.publish(this.#deps.probe());
      if (answer?.status === 'stored' && !abort.signal.aborted) {
        this.#hold(connection);
        return;
      }
    } catch {
      // Tried again, or it is over.
    }
    await connection?.close();
    if (!abort.signal.aborted) this.#later();
  }

  #hold(connection: BrokerConnection): void {
    this.#connection = connection;
    this.#cancel?.();
    this.#cancel = this.#deps.clock.schedule(HELD_MS, () => this.#deps.onHeld());
    void connection.closed.then(() => {
      if (this.#connection !== connection) return;
      this.#connection = undefined;
      this.#later();
    });
  }
}
