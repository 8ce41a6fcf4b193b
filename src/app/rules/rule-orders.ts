import type { Given } from '../../core/desk/guard-order.ts';
import type { OverrideData } from '../../core/events/event.ts';
import type { StandingOrder } from '../../core/policy/standing-order.ts';
import type { OrderView } from '../../ports/boards.ts';
import type { Clock } from '../../ports/clock.ts';
import type { GateState } from '../../ports/gate-state.ts';
import type { HolderRegister } from '../../ports/holder-register.ts';
import type { StandingOrders } from '../../ports/rule-store.ts';
import { findHolder } from '../board/holder-name.ts';
import { type OrderTable, overrideAt, type Planned, refused } from '../log/desk-records.ts';
import type { HolderLookup } from './holder-lookup.ts';
import type { LevelKeeper } from './level-keeper.ts';

/** Number of standing orders shown to the guard; further ones can be asked for one by one. */
const ORDERS_SHOWN = 200;

interface RuleOrdersDeps {
  readonly levels: LevelKeeper;
  readonly orders: StandingOrders;
  readonly holders: HolderLookup;
  readonly clock: Clock;
  readonly state: Pick<GateState, 'orders'>;
  /** Names the households of the orders. */
  readonly register: HolderRegister;
  /** Id of this kiosk, the subject of the events. */
  readonly gate: string;
  readonly newId: () => string;
}

type RuleOrder =
  | 'level'
  | 'follow-schedule'
  | 'order'
  | 'end-order'
  | 'report'
  | 'forgive'
  | 'give-back-quota'
  | 'occupancy';

/** The guard's orders about the rules: level, standing orders, anti-passback, quota, occupancy. */
export class RuleOrders {
  readonly #deps: RuleOrdersDeps;

  constructor(deps: RuleOrdersDeps) {
    this.#deps = deps;
  }

  readonly table: OrderTable<RuleOrder> = {
    level: (order) => this.#deps.levels.plan(order),
    'follow-schedule': (order) => this.#deps.levels.planSchedule(order),
    order: (order) => this.#standing(order),
    'end-order': (order) => this.#end(order),
    report: ({ operator, note, holderRef }) => ({
      events: [this.#override({ operator, action: 'self-report', holderRef, note })],
      effects: [{ kind: 'countReport', holderRef, siteDay: this.#today() }],
      act: () => {
        this.publish();
      },
    }),
    forgive: ({ operator, note, subject }) => ({
      events: [this.#override({ operator, action: 'forgive-antipassback', ...subject, note })],
      effects: [{ kind: 'forgive', subject }],
    }),
    'give-back-quota': ({ operator, note, subject }) => ({
      events: [this.#override({ operator, action: 'give-back-quota', ...subject, note })],
      effects: [{ kind: 'giveBackQuota', subject }],
    }),
    occupancy: ({ operator, note, value }) => ({
      events: [this.#override({ operator, action: 'occupancy', value, note })],
      effects: [{ kind: 'setOccupancy', value }],
      act: () => {
        this.#deps.levels.publish();
      },
    }),
  };

  #standing(order: Given<'order'>): Planned {
    const { clock, newId } = this.#deps;
    const { kind, subject, operator, note, fromMs = clock.read().wallMs, untilMs, direction } = order;
    if (untilMs !== undefined && untilMs <= fromMs)
      return refused('wrong_period', 'An order must end after it begins.');
    const id = newId();
    const standing: StandingOrder = {
      id,
      kind,
      subject,
      fromMs,
      ...(untilMs === undefined ? {} : { untilMs }),
      ...(direction === undefined ? {} : { direction }),
      source: 'guard',
      by: operator,
      note,
    };
    return {
      events: [this.#override({ operator, action: 'order', kind, ...subject, order: id, note })],
      effects: [{ kind: 'addOrder', order: standing }],
      act: () => {
        this.publish();
      },
    };
  }

  #end({ orderId, operator, note }: Given<'end-order'>): Planned {
    const standing = this.#deps.orders.find(orderId);
    if (standing === undefined)
      return refused('order_over', 'There is no such order that was given here and still stands.');
    return {
      events: [this.#override({ operator, action: 'end-order', ...standing.subject, order: orderId, note })],
      effects: [{ kind: 'endOrder', orderId }],
      act: () => {
        this.publish();
      },
    };
  }

  /** Publishes the standing orders. */
  publish(): void {
    const { orders, register, clock, state } = this.#deps;
    const today = this.#today();
    const view = (order: StandingOrder): OrderView => {
      if (!('holderRef' in order.subject)) return order;
      const { holderRef } = order.subject;
      const holder = findHolder(register, holderRef);
      const reportsToday = orders.reportsOn(holderRef, today);
      return { ...order, reportsToday, ...(holder === undefined ? {} : { holder }) };
    };
    state.orders.set(orders.standing(clock.read().wallMs, ORDERS_SHOWN).map(view));
  }

  #today(): number {
    return this.#deps.holders.today(this.#deps.clock.read());
  }

  #override(data: OverrideData) {
    return overrideAt(this.#deps.gate, data);
  }
}
