import type { DeskRefusal } from '../../core/access/desk-refusals.ts';
import { isGatepostError } from '../../core/errors.ts';
import type { EventDataByName, OverrideAction } from '../../core/events/event.ts';
import type { LogEntry } from '../../ports/event-log.ts';
import type { AlreadyDone, DeskAnswer, OrderedBy } from '../../ports/guard-desk.ts';
import type { Logger } from '../../ports/logger.ts';
import type { EventWriter, UndatedEvent } from './event-writer.ts';

const NOTE_MAX = 200;

/** What an order writes into the log, in one transaction. */
interface DeskEntry {
  readonly events: readonly UndatedEvent[];
  readonly effects: NonNullable<LogEntry['effects']>;
}

/** Writes a guard's orders down before they count: without a record there is no order. */
export class DeskRecords {
  readonly #notes: EventWriter;
  readonly #logger: Logger;
  readonly #gate: string;

  constructor(options: { notes: EventWriter; logger: Logger; gate: string }) {
    this.#notes = options.notes;
    this.#logger = options.logger;
    this.#gate = options.gate;
  }

  /** @param entryOf what to write, given the checked note */
  write(order: OrderedBy, entryOf: (note: string) => DeskEntry): DeskAnswer {
    const note = checkedNote(order.note);
    if (note === undefined) return noteMissing();
    const { events, effects } = entryOf(note);
    try {
      this.#notes.commit(events, effects);
      return { status: 'done' };
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      this.#logger.error({ code: error.code, err: error }, `An order was not carried out: ${error.message}`);
      return refused(
        'not_recorded',
        'The order could not be written to the log, so nothing was changed. See the alarm for the log.',
      );
    }
  }

  /** The event of an order that has none of its own. */
  override(
    action: OverrideAction,
    operator: string,
    note: string,
    about: {
      passId?: string;
      holderRef?: string;
      order?: string;
      accessPoint?: string;
      passage?: string;
      value?: number;
    } = {},
  ): UndatedEvent {
    return {
      name: 'operator.override',
      subject: about.accessPoint ?? this.#gate,
      data: { operator, action, ...about, note },
    };
  }
}

export function checkedNote(note: string): string | undefined {
  const trimmed = note.trim();
  return trimmed.length >= 1 && trimmed.length <= NOTE_MAX ? trimmed : undefined;
}

export function noteMissing(): DeskAnswer {
  return refused('no_note', `Say why, in 1 to ${NOTE_MAX} characters: the reason goes into the log.`);
}

export function refused(cause: DeskRefusal, detail: string): DeskAnswer {
  return { status: 'refused', cause, detail };
}

/** What was done already, as a plain sentence and for pages that say it in their own language. */
export function already(done: AlreadyDone): DeskAnswer {
  const who = done.operator === 'auto' ? 'The gate itself' : done.operator;
  const what = {
    open: 'has let this person in already.',
    refuse: 'has turned this person away already.',
    measure: 'has this person measured once more just now.',
    'confirm-host': 'has confirmed the host already.',
  }[done.action];
  return { status: 'refused', detail: `${who} ${what}`, already: done };
}

/** Writes a guard's order about one passage down before it counts. Returns why it must not, or undefined. */
export function recordOverride(
  parts: { readonly notes: EventWriter; readonly logger: Logger },
  data: EventDataByName['operator.override'] & { readonly accessPoint: string },
): string | undefined {
  try {
    parts.notes.commit([{ name: 'operator.override', subject: data.accessPoint, data }]);
    return undefined;
  } catch (error) {
    if (!isGatepostError(error, 'log.unavailable')) throw error;
    parts.logger.error({ code: error.code, err: error }, error.message);
    return 'The log cannot be written, so nothing may be opened. Free space on the disk or call the installer; the wired exit works.';
  }
}
