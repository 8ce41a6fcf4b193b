import { LONGEST_VISIT_MS } from '../../core/access/bounds.ts';
import type { Given } from '../../core/desk/guard-order.ts';
import type { Clock } from '../../ports/clock.ts';
import type { VisitorBook } from '../../ports/rule-store.ts';
import type { VisitBoard } from '../board/visit-board.ts';
import { already, type OrderTable, overrideAt, type Planned, refused } from '../log/desk-records.ts';
import type { UndatedEvent } from '../log/event-writer.ts';

interface VisitorOrdersDeps {
  readonly book: VisitorBook;
  readonly clock: Clock;
  readonly visits: VisitBoard;
  /** Id of this kiosk, the subject of the events. */
  readonly gate: string;
  /** Called when the host of this pass has confirmed, so that a person who waits with it is judged again. */
  readonly onHostConfirmed?: (passId: string) => void;
}

/** The visitors' book at the guard's desk. The names are only in the book; the log has only the pass. */
export class VisitorOrders {
  readonly #deps: VisitorOrdersDeps;

  constructor(deps: VisitorOrdersDeps) {
    this.#deps = deps;
  }

  readonly table: OrderTable<'visitor' | 'confirm-host'> = {
    visitor: (order) => this.#register(order),
    'confirm-host': (order) => this.#confirm(order),
  };

  #register(order: Given<'visitor'>): Planned {
    const { clock, gate, visits } = this.#deps;
    const { type: _, hostRef, operator, note, fromMs = Math.floor(clock.read().wallMs), ...said } = order;
    const { passId, untilMs } = said;
    if (untilMs <= fromMs || untilMs - fromMs > LONGEST_VISIT_MS)
      return refused('wrong_visit', 'A visit must end after it begins, within 31 days.');
    const host = hostRef === undefined ? {} : { hostRef };
    const visitor = { ...said, ...host, fromMs, registeredBy: operator };
    return {
      events: [
        this.#event(visitor, operator, false),
        overrideAt(gate, { operator, action: 'register-visitor', passId, note }),
      ],
      effects: [{ kind: 'registerVisitor', visitor }],
      act: () => {
        visits.publish();
        return undefined;
      },
    };
  }

  #confirm({ passId, operator, note, passage }: Given<'confirm-host'>): Planned {
    const { book, gate, visits, onHostConfirmed } = this.#deps;
    const visitor = book.find(passId);
    if (visitor === undefined)
      return refused('not_in_book', 'This pass is not in the visitors’ book. Register the visitor first.');
    if (visitor.hostConfirmed) {
      const by = visitor.confirmedBy;
      return by === undefined
        ? refused('host_confirmed_already', 'The host has been confirmed already.')
        : already({ operator: by, action: 'confirm-host' });
    }
    const about = { passId, ...(typeof passage === 'string' ? { passage } : {}) };
    return {
      events: [
        this.#event(visitor, operator, true),
        overrideAt(gate, { operator, action: 'confirm-host', ...about, note }),
      ],
      effects: [{ kind: 'confirmHost', passId, by: operator }],
      act: () => {
        visits.publish();
        onHostConfirmed?.(passId);
        return undefined;
      },
    };
  }

  #event(
    { passId, hostRef, untilMs }: { passId: string; hostRef?: string; untilMs: number },
    operator: string,
    confirmed: boolean,
  ): UndatedEvent {
    const host = hostRef === undefined ? {} : { hostRef };
    const until = new Date(untilMs).toISOString();
    return {
      name: 'visitor.registered',
      subject: this.#deps.gate,
      data: { passId, ...host, confirmed, operator, until },
    };
  }
}
