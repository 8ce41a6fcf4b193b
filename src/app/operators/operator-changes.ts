import { isGatepostError } from '../../core/errors.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { OperatorChange, OperatorStore } from '../../ports/operator-store.ts';
import type { EventWriter } from '../log/event-writer.ts';

/**
 * How often the store is looked at for what a command did, in milliseconds. A guard removed by a command can act for at
 * most this time.
 */
const LOOK_EVERY_MS = 2_000;

interface OperatorChangesDeps {
  readonly store: OperatorStore;
  readonly notes: EventWriter;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Subject of the events. */
  readonly gate: string;
}

/**
 * Takes over changes of accounts, made at the guard's screen or at the command line. Each leaves a row beside the account;
 * the daemon, because only it writes the log, makes an event of the row and reports it to the sessions.
 */
export class OperatorChanges {
  readonly #deps: OperatorChangesDeps;
  readonly #listeners: ((operator: string) => void)[] = [];
  #cancel: Cancel | undefined;
  #lastToldId = 0;

  constructor(deps: OperatorChangesDeps) {
    this.#deps = deps;
  }

  onChanged(listener: (operator: string) => void): void {
    this.#listeners.push(listener);
  }

  start(): void {
    if (this.#cancel !== undefined) return;
    this.#cancel = () => undefined;
    this.look();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** Takes over now what waits. */
  look(): void {
    const { clock, logger } = this.#deps;
    if (this.#cancel !== undefined) {
      this.#cancel();
      this.#cancel = clock.schedule(LOOK_EVERY_MS, () => this.look());
    }
    try {
      for (const change of this.#deps.store.changes()) this.#take(change);
    } catch (error) {
      // The failure is reported by other writes to the log; the row stays until the event can be written.
      if (!isGatepostError(error)) throw error;
      logger.debug({ code: error.code }, `Changes of accounts wait: ${error.message}`);
    }
  }

  #take({ id, atMs, quality, ...data }: OperatorChange): void {
    const { notes, gate } = this.#deps;
    if (id > this.#lastToldId) {
      this.#lastToldId = id;
      for (const listener of this.#listeners) listener(data.operator);
    }
    notes.write([{ name: 'operator.changed', subject: gate, data }], [{ kind: 'noteOperatorChange', id }], {
      at: { wallMs: atMs, quality },
    });
  }
}
