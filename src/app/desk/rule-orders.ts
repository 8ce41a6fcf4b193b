import { type HolderSubject, ORDER_KINDS, type StandingOrder } from '../../core/policy/standing-order.ts';
import type { OrderView } from '../../ports/boards.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DeskAnswer, OrderedBy, RuleDesk } from '../../ports/guard-desk.ts';
import type { GuardFeed } from '../../ports/guard-feed.ts';
import type { HolderRegister } from '../../ports/holder-register.ts';
import type { StandingOrders } from '../../ports/rule-store.ts';
import { knownHolder } from '../board/holder-name.ts';
import { type DeskRecords, refused } from '../log/desk-records.ts';
import type { HolderLookup } from '../rules/holder-lookup.ts';
import type { LevelKeeper } from '../rules/level-keeper.ts';

const MOST_INSIDE = 100_000;
/** Orders shown to the guard; more are found by asking for one. */
const ORDERS_SHOWN = 200;

interface RuleOrdersOptions {
  readonly levels: LevelKeeper;
  readonly orders: StandingOrders;
  readonly holders: HolderLookup;
  readonly records: DeskRecords;
  readonly clock: Clock;
  readonly feed: GuardFeed;
  /** Names the households of the orders. */
  readonly register: HolderRegister;
  /** Ends the lock-out of an access point; false where there is none, undefined where there is no such access point. */
  readonly endLockOut: (accessPoint: string) => boolean | undefined;
  readonly newId: () => string;
}

/** The guard's orders about the rules: level, standing orders, anti-passback, occupancy, lock-out. */
export class RuleOrders implements RuleDesk {
  readonly #deps: RuleOrdersOptions;

  constructor(options: RuleOrdersOptions) {
    this.#deps = options;
  }

  setLevel(order: OrderedBy & { level: string }): DeskAnswer {
    return this.#deps.levels.choose(order);
  }

  addOrder(order: Parameters<RuleDesk['addOrder']>[0]): DeskAnswer {
    const { records, clock, newId } = this.#deps;
    const { kind, operator, fromMs = clock.read().wallMs, untilMs, direction } = order;
    const subject = checkedSubject(order.subject);
    if (!ORDER_KINDS.includes(kind))
      return refused('wrong_order', `An order is one of: ${ORDER_KINDS.join(', ')}.`);
    if (subject === undefined) return unknownSubject();
    if (!isMoment(fromMs) || !(untilMs === undefined || (isMoment(untilMs) && untilMs > fromMs))) {
      return refused('wrong_period', 'An order must end after it begins.');
    }
    const id = newId();
    const answer = records.write(order, (note) => ({
      events: [records.override(`order-${kind}`, operator, note, { ...subject, order: id })],
      effects: [
        {
          kind: 'addOrder',
          order: {
            id,
            kind,
            subject,
            fromMs,
            ...(untilMs === undefined ? {} : { untilMs }),
            ...(direction === undefined ? {} : { direction }),
            source: 'guard',
            by: operator,
            note,
          },
        },
      ],
    }));
    return this.#published(answer);
  }

  endOrder(order: OrderedBy & { orderId: string }): DeskAnswer {
    const { records, orders } = this.#deps;
    const { orderId, operator } = order;
    const standing = orders.find(orderId);
    if (standing === undefined)
      return refused('order_over', 'There is no such order that was given here and still stands.');
    const answer = records.write(order, (note) => ({
      events: [records.override('end-order', operator, note, { ...standing.subject, order: orderId })],
      effects: [{ kind: 'endOrder', orderId }],
    }));
    return this.#published(answer);
  }

  noteReport(order: OrderedBy & { holderRef: string }): DeskAnswer {
    const { records, holders, clock } = this.#deps;
    const { holderRef, operator } = order;
    if (checkedSubject({ holderRef }) === undefined) return unknownSubject();
    const answer = records.write(order, (note) => ({
      events: [records.override('self-report', operator, note, { holderRef })],
      effects: [{ kind: 'countReport', holderRef, siteDay: holders.today(clock.read()) }],
    }));
    return this.#published(answer);
  }

  forgive(order: OrderedBy & { subject: HolderSubject }): DeskAnswer {
    const { records } = this.#deps;
    const subject = checkedSubject(order.subject);
    if (subject === undefined) return unknownSubject();
    return records.write(order, (note) => ({
      events: [records.override('forgive-antipassback', order.operator, note, subject)],
      effects: [{ kind: 'forgive', subject }],
    }));
  }

  giveBackQuota(order: OrderedBy & { subject: HolderSubject }): DeskAnswer {
    const { records } = this.#deps;
    const subject = checkedSubject(order.subject);
    if (subject === undefined) return unknownSubject();
    return records.write(order, (note) => ({
      events: [records.override('give-back-quota', order.operator, note, subject)],
      effects: [{ kind: 'giveBackQuota', subject }],
    }));
  }

  setOccupancy(order: OrderedBy & { value: number }): DeskAnswer {
    const { records, levels } = this.#deps;
    const { value, operator } = order;
    if (!Number.isInteger(value) || value < 0 || value > MOST_INSIDE) {
      return refused(
        'wrong_number',
        `The number of people inside must be a whole number from 0 to ${MOST_INSIDE}.`,
      );
    }
    const answer = records.write(order, (note) => ({
      events: [records.override('occupancy', operator, note, { value })],
      effects: [{ kind: 'setOccupancy', value }],
    }));
    if (answer.status === 'done') levels.publish();
    return answer;
  }

  endLockOut(order: OrderedBy & { accessPoint: string }): DeskAnswer {
    const { records, endLockOut } = this.#deps;
    const { accessPoint, operator } = order;
    const answer = records.write(order, (note) => ({
      events: [records.override('end-lock-out', operator, note, { accessPoint })],
      effects: [],
    }));
    if (answer.status === 'refused') return answer;
    const ended = endLockOut(accessPoint);
    if (ended === undefined)
      return refused('no_such_place', `There is no access point "${accessPoint}" here.`);
    return ended ? answer : refused('not_locked_out', 'This access point is not locked out.');
  }

  /** Shows the orders that stand. */
  publish(): void {
    const { orders, holders, register, clock, feed } = this.#deps;
    const reading = clock.read();
    const today = holders.today(reading);
    const view = (order: StandingOrder): OrderView => {
      if (!('holderRef' in order.subject)) return order;
      const { holderRef } = order.subject;
      const holder = knownHolder(register, holderRef);
      const reportsToday = orders.reportsOn(holderRef, today);
      return { ...order, reportsToday, ...(holder === undefined ? {} : { holder }) };
    };
    feed.publish('orders', orders.standing(reading.wallMs, ORDERS_SHOWN).map(view));
  }

  #published(answer: DeskAnswer): DeskAnswer {
    if (answer.status === 'done') this.publish();
    return answer;
  }
}

const PASS_ID = /^[0-9a-f]{16}$/;
const HOLDER_REF = /^[0-9a-f]{12}$/;

/** The subject with nothing else in it, if it is one. */
function checkedSubject(subject: HolderSubject): HolderSubject | undefined {
  if ('passId' in subject) return PASS_ID.test(subject.passId) ? { passId: subject.passId } : undefined;
  return HOLDER_REF.test(subject.holderRef) ? { holderRef: subject.holderRef } : undefined;
}

function unknownSubject(): DeskAnswer {
  return refused('not_a_holder', 'Name a pass by its 16 hex characters, or a household by its 12.');
}

/** Unix milliseconds before the year 10000. */
function isMoment(ms: number): boolean {
  return Number.isFinite(ms) && ms >= 0 && ms < 253_402_300_800_000;
}
