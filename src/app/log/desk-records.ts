import type { DeskRefusal } from '../../core/access/desk-refusals.ts';
import type { Given, OrderType } from '../../core/desk/guard-order.ts';
import { isGatepostError } from '../../core/errors.ts';
import type { OverrideData } from '../../core/events/event.ts';
import type { LogEntry } from '../../ports/event-log.ts';
import type { AlreadyDone, DeskAnswer, OrderRefusal } from '../../ports/guard-desk.ts';
import type { Logger } from '../../ports/logger.ts';
import type { EventWriter, UndatedEvent } from './event-writer.ts';

/** What an order comes to where nothing stands against it. Nothing is done while it is made. */
export interface OrderPlan {
  /** What is written, with the effects, in one transaction. */
  readonly events: readonly UndatedEvent[];
  readonly effects?: NonNullable<LogEntry['effects']>;
  /** It only shuts: it is done also where it cannot be written down. */
  readonly shuts?: boolean;
  /** What follows once it is on record. It may still say that a device did not obey, or who was left behind. */
  readonly act?: () => DeskAnswer | undefined;
}

/** A refusal writes and does nothing. */
export type Planned = OrderPlan | OrderRefusal;

/** The way from each of these orders to what it comes to. */
export type OrderTable<T extends OrderType> = { readonly [N in T]: (order: Given<N>) => Planned };

/** Writes a guard's orders down before they count: the one place where an order is recorded and then done. */
export class DeskRecords {
  readonly #deps: { readonly notes: EventWriter; readonly logger: Logger };

  constructor(deps: { readonly notes: EventWriter; readonly logger: Logger }) {
    this.#deps = deps;
  }

  carryOut(planned: Planned): DeskAnswer {
    if ('status' in planned) return planned;
    if (!this.#isRecorded(planned)) {
      return refused(
        'not_recorded',
        'The order could not be written to the log, so nothing was done. See the alarm for the log; the wired exit works.',
      );
    }
    return planned.act?.() ?? { status: 'done' };
  }

  #isRecorded({ events, effects, shuts = false }: OrderPlan): boolean {
    const { notes, logger } = this.#deps;
    try {
      notes.write(events, effects, { usesReserve: shuts });
      return true;
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      const what = shuts
        ? 'An order that shuts was carried out without a record'
        : 'An order was not carried out';
      logger.error({ code: error.code, err: error }, `${what}: ${error.message}`);
      return shuts;
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

/** What was done already, as a plain sentence and for pages that say it in their own language. */
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
