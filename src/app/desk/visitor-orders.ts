import type { VisitorView } from '../../ports/boards.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DeskAnswer, VisitorDesk } from '../../ports/guard-desk.ts';
import type { GuardFeed } from '../../ports/guard-feed.ts';
import type { HolderRegister } from '../../ports/holder-register.ts';
import type { VisitorBook, VisitorLine } from '../../ports/rule-store.ts';
import { knownHolder } from '../board/holder-name.ts';
import { already, type DeskRecords, refused } from '../log/desk-records.ts';
import type { UndatedEvent } from '../log/event-writer.ts';

const LABEL_MAX = 60;
/** A visit is for days, not for months. */
const LONGEST_VISIT_MS = 31 * 86_400_000;
const VISITORS_SHOWN = 200;
const PASS_ID = /^[0-9a-f]{16}$/;
const HOLDER_REF = /^[0-9a-f]{12}$/;

interface VisitorOrdersOptions {
  readonly book: VisitorBook;
  readonly records: DeskRecords;
  readonly clock: Clock;
  readonly feed: GuardFeed;
  /** Names the hosts. */
  readonly register: HolderRegister;
  /** Id of this kiosk, the subject of the events. */
  readonly gate: string;
  /** The host of this pass is confirmed: whoever waits with it is to be judged anew. */
  readonly onHostConfirmed?: (passId: string) => void;
}

/** The visitors' book at the guard's desk. Names stay in the book; the log has the pass only. */
export class VisitorOrders implements VisitorDesk {
  readonly #deps: VisitorOrdersOptions;
  /** Who confirmed the host of a pass since the start. */
  readonly #confirmedBy = new Map<string, string>();

  constructor(options: VisitorOrdersOptions) {
    this.#deps = options;
  }

  registerVisitor(order: Parameters<VisitorDesk['registerVisitor']>[0]): DeskAnswer {
    const { records, clock } = this.#deps;
    const { passId, hostRef, untilMs, operator, fromMs = clock.read().wallMs } = order;
    const label = order.label.trim();
    if (label.length < 1 || label.length > LABEL_MAX)
      return refused('no_label', `Say who it is, in 1 to ${LABEL_MAX} characters.`);
    if (!PASS_ID.test(passId)) return refused('not_a_holder', 'The visitor’s pass has 16 hex characters.');
    if (hostRef !== undefined && !HOLDER_REF.test(hostRef))
      return refused('not_a_holder', 'The host has 12 hex characters.');
    if (!(fromMs >= 0 && untilMs > fromMs && untilMs - fromMs <= LONGEST_VISIT_MS)) {
      return refused('wrong_visit', 'A visit must end after it begins, within 31 days.');
    }
    const host = hostRef === undefined ? {} : { hostRef };
    const visitor = { passId, label, ...host, fromMs, untilMs, registeredBy: operator };
    const answer = records.write(order, (note) => ({
      events: [
        this.#event(visitor, operator, false),
        records.override('register-visitor', operator, note, { passId }),
      ],
      effects: [{ kind: 'registerVisitor', visitor }],
    }));
    return this.#published(answer);
  }

  confirmHost(order: Parameters<VisitorDesk['confirmHost']>[0]): DeskAnswer {
    const { records, book, onHostConfirmed } = this.#deps;
    const { passId, operator, passage } = order;
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
    const answer = records.write(order, (note) => ({
      events: [this.#event(visitor, operator, true), records.override('confirm-host', operator, note, about)],
      effects: [{ kind: 'confirmHost', passId }],
    }));
    if (answer.status === 'refused') return answer;
    this.#confirmedBy.set(passId, operator);
    this.publish();
    onHostConfirmed?.(passId);
    return answer;
  }

  /** Shows the visits that are not over. */
  publish(): void {
    const { book, register, clock, feed } = this.#deps;
    const view = (visitor: VisitorLine): VisitorView => {
      const host = knownHolder(register, visitor.hostRef);
      return host === undefined ? visitor : { ...visitor, host };
    };
    feed.publish('visitors', book.present(clock.read().wallMs, VISITORS_SHOWN).map(view));
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

  #published(answer: DeskAnswer): DeskAnswer {
    if (answer.status === 'done') this.publish();
    return answer;
  }
}
