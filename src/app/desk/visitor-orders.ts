import { LONGEST_VISIT_MS } from '../../core/access/bounds.ts';
import type { Given } from '../../core/desk/guard-order.ts';
import type { VisitorView } from '../../ports/boards.ts';
import type { Clock } from '../../ports/clock.ts';
import type { GateState } from '../../ports/gate-state.ts';
import type { HolderRegister } from '../../ports/holder-register.ts';
import type { VisitorBook, VisitorLine } from '../../ports/rule-store.ts';
import { findHolder } from '../board/holder-name.ts';
import { already, type OrderTable, overrideAt, type Planned, refused } from '../log/desk-records.ts';
import type { UndatedEvent } from '../log/event-writer.ts';

const VISITORS_SHOWN = 200;
interface VisitorOrdersDeps {
  readonly book: VisitorBook;
  readonly clock: Clock;
  readonly state: Pick<GateState, 'visitors'>;
  /** Names the hosts. */
  readonly register: HolderRegister;
  /** Id of this kiosk, the subject of the events. */
  readonly gate: string;
  /** Called when the host of this pass has confirmed, so that a person who waits with it is judged again. */
  readonly onHostConfirmed?: (passId: string) => void;
}

/** The visitors' book at the guard's desk. The names are only in the book; the log has only the pass. */
export class VisitorOrders {
  readonly #deps: VisitorOrdersDeps;
  /** Who confirmed the host of a pass since the start. */
  readonly #confirmedBy = new Map<string, string>();

  constructor(deps: VisitorOrdersDeps) {
    this.#deps = deps;
  }

  readonly table: OrderTable<'visitor' | 'confirm-host'> = {
    visitor: (order) => this.#register(order),
    'confirm-host': (order) => this.#confirm(order),
  };

  #register(order: Given<'visitor'>): Planned {
    const { clock, gate } = this.#deps;
    const { passId, label, hostRef, untilMs, operator, note, fromMs = clock.read().wallMs } = order;
    if (untilMs <= fromMs || untilMs - fromMs > LONGEST_VISIT_MS)
      return refused('wrong_visit', 'A visit must end after it begins, within 31 days.');
    const host = hostRef === undefined ? {} : { hostRef };
    const visitor = { passId, label, ...host, fromMs, untilMs, registeredBy: operator };
    return {
      events: [
        this.#event(visitor, operator, false),
        overrideAt(gate, { operator, action: 'register-visitor', passId, note }),
      ],
      effects: [{ kind: 'registerVisitor', visitor }],
      act: () => {
        this.publish();
      },
    };
  }

  #confirm({ passId, operator, note, passage }: Given<'confirm-host'>): Planned {
    const { book, gate, onHostConfirmed } = this.#deps;
    const visitor = book.find(passId);
    if (visitor === undefined)
      return refused('not_in_book', 'This pass is not in the visitors’ book. Register the visitor first.');
    if (visitor.hostConfirmed) {
      const by = this.#confirmedBy.get(passId);
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
      effects: [{ kind: 'confirmHost', passId }],
      act: () => {
        this.#confirmedBy.set(passId, operator);
        this.publish();
        onHostConfirmed?.(passId);
      },
    };
  }

  /** Publishes the visits that are not over. */
  publish(): void {
    const { book, register, clock, state } = this.#deps;
    const view = (visitor: VisitorLine): VisitorView => {
      const host = findHolder(register, visitor.hostRef);
      return host === undefined ? visitor : { ...visitor, host };
    };
    state.visitors.set(book.present(clock.read().wallMs, VISITORS_SHOWN).map(view));
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
