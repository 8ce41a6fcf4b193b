import { isGatepostError } from '../../core/errors.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { OperatorChange, OperatorStore } from '../../ports/operator-store.ts';
import type { EventWriter } from '../log/event-writer.ts';

/** A removed guard can act no longer than this after the command, in milliseconds. */
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
 * What was done to accounts at the command line: the command leaves a line beside the account, and the daemon, who
 * alone writes the log, makes an event of it and tells whoever keeps sessions.
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
    if (this.#cancel === undefined) this.#look();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #look(): void {
    const { clock, logger } = this.#deps;
    this.#cancel = clock.schedule(LOOK_EVERY_MS, () => this.#look());
    try {
      for (const change of this.#deps.store.changes()) this.#take(change);
    } catch (error) {
      // Another write to the log reports its trouble; the row stays until then.
      if (!isGatepostError(error)) throw error;
      logger.debug({ code: error.code }, `Changes of accounts wait: ${error.message}`);
    }
  }

  #take({ id, operator, change, atMs, quality }: OperatorChange): void {
    const { notes, gate } = this.#deps;
    if (id > this.#lastToldId) {
      this.#lastToldId = id;
      for (const listener of this.#listeners) listener(operator);
    }
    notes.write(
      [{ name: 'operator.changed', subject: gate, data: { operator, change } }],
      [{ kind: 'noteOperatorChange', id }],
      { at: { wallMs: atMs, quality } },
    );
  }
}
