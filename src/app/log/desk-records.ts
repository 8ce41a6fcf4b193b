import type { DeskRefusal } from '../../core/access/desk-refusals.ts';
import type { Given, OrderType } from '../../core/desk/guard-order.ts';
import { isGatepostError } from '../../core/errors.ts';
import type { OverrideData, StoredEvent } from '../../core/events/event.ts';
import type { LogEntry } from '../../ports/event-log.ts';
import type { AlreadyDone, DeskAnswer, OrderRefusal } from '../../ports/guard-desk.ts';
import type { Logger } from '../../ports/logger.ts';
import type { EventWriter, UndatedEvent } from './event-writer.ts';

/** What an accepted order records and does. Nothing is done while the plan is made. */
export interface OrderPlan {
  /** Events that are written in one transaction with the effects. */
  readonly events: readonly UndatedEvent[];
  readonly effects?: NonNullable<LogEntry['effects']>;
  /** The order only closes, or opens nothing and cannot wait: it is carried out also if it cannot be recorded. */
  readonly shuts?: boolean;
  /**
   * Carries out the order after it is recorded. An answer tells what did not work, e.g. a device that did not obey.
   * `rows`: the record; empty if there is none.
   */
  readonly act?: (rows: readonly StoredEvent[]) => DeskAnswer | undefined;
}

/** A refusal records and does nothing. */
export type Planned = OrderPlan | OrderRefusal;

/** For each of these orders the function that plans it. */
export type OrderTable<T extends OrderType> = { readonly [N in T]: (order: Given<N>) => Planned };

/** Records a guard's order and then carries it out. No other place does this. */
export class DeskRecords {
  readonly #deps: { readonly notes: EventWriter; readonly logger: Logger };

  constructor(deps: { readonly notes: EventWriter; readonly logger: Logger }) {
    this.#deps = deps;
  }

  carryOut(planned: Planned): DeskAnswer {
    if ('status' in planned) return planned;
    const rows = this.#record(planned);
    if (rows === undefined) {
      return refused(
        'not_recorded',
        'The order could not be written to the log, so nothing was done. See the alarm for the log; the wired exit works.',
      );
    }
    return planned.act?.(rows) ?? { status: 'done' };
  }

  /** Undefined if there is no record and nothing may be done without one. */
  #record({ events, effects, shuts = false }: OrderPlan): readonly StoredEvent[] | undefined {
    const { notes, logger } = this.#deps;
    try {
      return notes.write(events, effects, { usesReserve: shuts });
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      const what = shuts
        ? 'An order that opens nothing was carried out without a record'
        : 'An order was not carried out';
      logger.error({ code: error.code, err: error }, `${what}: ${error.message}`);
      return shuts ? [] : undefined;
    }
  }
}

/** The row of an order about one place. */
export function overrideAt(place: string, data: OverrideData): UndatedEvent {
  return { name: 'operator.override', subject: place, data };
}

export function refused(cause: DeskRefusal, detail: string): OrderRefusal {
  return { status: 'refused', cause, detail };
}

/**
 * The refusal for something that was already done: a plain sentence, and a code that pages say in their own language.
 */
export function already(done: AlreadyDone): OrderRefusal {
  const who = done.operator === 'auto' ? 'The gate itself' : done.operator;
  const what = {
    open: 'has let this person in already.',
    refuse: 'has turned this person away already.',
    measure: 'has this person measured once more just now.',
    'confirm-host': 'has confirmed the host already.',
  }[done.action];
  return { status: 'refused', detail: `${who} ${what}`, already: done };
}
