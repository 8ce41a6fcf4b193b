import { LONGEST_LABEL, LONGEST_NOTE, LONGEST_PLATE, MOST_INSIDE } from '../../core/access/bounds.ts';
import { type Given, type OrderType, readOrder } from '../../core/desk/guard-order.ts';
import { ORDER_KINDS } from '../../core/policy/standing-order.ts';
import type { DeskAnswer, GuardDesk, OrderRefusal } from '../../ports/guard-desk.ts';
import type { Attention } from '../board/attention.ts';
import type { Door } from '../door/door.ts';
import { type DeskRecords, type OrderTable, overrideAt, type Planned, refused } from '../log/desk-records.ts';
import type { AccessPoint } from '../passage/access-point.ts';
import { WRONG_DEGREES } from '../passage/contact-readings.ts';
import type { DataRequests } from '../rules/data-requests.ts';
import type { MusterKeeper } from '../rules/muster-keeper.ts';
import type { RecordsTrust } from '../rules/records-trust.ts';
import type { RuleOrders } from '../rules/rule-orders.ts';
import type { SiteOrderKeeper } from '../rules/site-order-keeper.ts';
import type { DayBook } from './day-book.ts';
import type { DeskPassOrders } from './desk-pass-orders.ts';
import type { RegisterOrders } from './register-orders.ts';
import type { ShiftOrders } from './shift-orders.ts';
import type { VisitorOrders } from './visitor-orders.ts';

interface GuardOrdersDeps {
  /** By their id. */
  readonly accessPoints: ReadonlyMap<string, AccessPoint>;
  readonly doors: ReadonlyMap<string, Door>;
  readonly records: DeskRecords;
  readonly ruleOrders: RuleOrders;
  readonly visitorOrders: VisitorOrders;
  readonly registerOrders: RegisterOrders;
  readonly deskPasses: DeskPassOrders;
  readonly attention: Attention;
  readonly trust: RecordsTrust;
  readonly requests: DataRequests;
  readonly siteOrders: SiteOrderKeeper;
  readonly shiftOrders: ShiftOrders;
  readonly musters: MusterKeeper;
  readonly days: DayBook;
}

/**
 * The guard's desk. An order is checked, planned by the part it is for, recorded, and then carried out. A refused order
 * changes and records nothing.
 */
export class GuardOrders implements GuardDesk {
  readonly #deps: GuardOrdersDeps;
  readonly #table: OrderTable<OrderType>;

  constructor(deps: GuardOrdersDeps) {
    this.#deps = deps;
    this.#table = this.#makeTable();
  }

  give(order: Given): DeskAnswer {
    return this.#deps.records.carryOut(this.#plan(order));
  }

  #plan<T extends OrderType>(given: Given<T>): Planned {
    const { type, operator, ...fields } = given;
    const read = readOrder(type, fields);
    if ('wrong' in read) return wrongField(read.wrong[0], type);
    // readOrder() keeps the type; TypeScript cannot see that through the union.
    const row = this.#table[type] as (order: Given<T>) => Planned;
    return row({ ...read.order, operator } as Given<T>);
  }

  #makeTable(): OrderTable<OrderType> {
    const {
      ruleOrders,
      visitorOrders,
      registerOrders,
      attention,
      trust,
      requests,
      siteOrders,
      shiftOrders,
      musters,
    } = this.#deps;
    return {
      open: (order) => this.#at(order, ({ orders }) => orders.open(order)),
      refuse: (order) => this.#at(order, ({ orders }) => orders.refuse(order)),
      measure: (order) => this.#at(order, ({ orders }) => orders.measure(order)),
      'contact-reading': (order) => this.#at(order, ({ orders }) => orders.readContact(order)),
      'end-lock-out': (order) => this.#at(order, (accessPoint) => endLockOut(order, accessPoint)),
      'answer-assist': (order) => this.#at(order, ({ guardCall }) => guardCall.plan(order)),
      enable: (order) => this.#at(order, ({ service }) => service.plan(order)),
      disable: (order) => this.#at(order, ({ service }) => service.plan(order)),
      door: (order) => {
        const door = this.#deps.doors.get(order.door);
        return door === undefined ? nowhere(`door "${order.door}"`) : door.plan(order);
      },
      seen: (order) => attention.plan(order),
      ...ruleOrders.table,
      ...trust.table,
      ...requests.table,
      ...siteOrders.table,
      ...shiftOrders.table,
      ...musters.table,
      ...this.#deps.days.table,
      ...visitorOrders.table,
      ...registerOrders.table,
      ...this.#deps.deskPasses.table,
    };
  }

  #at(order: { readonly accessPoint: string }, plan: (accessPoint: AccessPoint) => Planned): Planned {
    const accessPoint = this.#deps.accessPoints.get(order.accessPoint);
    return accessPoint === undefined ? nowhere(`access point "${order.accessPoint}"`) : plan(accessPoint);
  }
}

function endLockOut(
  { operator, note, accessPoint: id }: Given<'end-lock-out'>,
  accessPoint: AccessPoint,
): Planned {
  if (!accessPoint.isLockedOut) return refused('not_locked_out', 'This access point is not locked out.');
  return {
    events: [overrideAt(id, { operator, action: 'end-lock-out', accessPoint: id, note })],
    act: () => {
      accessPoint.endLockOut();
    },
  };
}

function nowhere(what: string): OrderRefusal {
  return refused('no_such_place', `There is no ${what} here.`);
}

const NO_HOLDER = [
  'not_a_holder',
  'Name a pass by its 16 hex characters, or a household by its 12.',
] as const;
const NO_PLACE = ['no_such_place', 'There is no such place here.'] as const;
const NO_PERIOD = ['wrong_period', 'The times must lie between 1970 and the year 9999.'] as const;
const NO_ORDER = ['wrong_order', `An order is one of: ${ORDER_KINDS.join(', ')}.`] as const;

/** The answer for a field that is wrong. */
const WRONG: Readonly<Record<string, Parameters<typeof refused>>> = {
  note: ['no_note', `Say why, in 1 to ${LONGEST_NOTE} characters: the reason goes into the log.`],
  label: ['no_label', `Say who it is, in 1 to ${LONGEST_LABEL} characters.`],
  plate: ['no_plate', `Say the number plate, in 1 to ${LONGEST_PLATE} characters.`],
  value: ['wrong_number', `The number of people inside must be a whole number from 0 to ${MOST_INSIDE}.`],
  subject: [...NO_HOLDER],
  holderRef: [...NO_HOLDER],
  hostRef: [...NO_HOLDER],
  passId: [...NO_HOLDER],
  accessPoint: [...NO_PLACE],
  door: [...NO_PLACE],
  level: ['no_such_level', 'There is no such level.'],
  id: ['already_seen', 'There is no such item.'],
  request: ['request_over', 'There is no such request.'],
  date: ['day_not_over', 'There is no such day that is over.'],
  muster: ['muster_over', 'There is no such list.'],
  line: ['muster_over', 'There is nobody of this number on the list.'],
  orderId: ['order_over', 'There is no such order that was given here and still stands.'],
  passage: ['passage_over', 'There is no such passage.'],
  contactReading: ['wrong_degrees', WRONG_DEGREES],
  fromMs: [...NO_PERIOD],
  untilMs: [...NO_PERIOD],
};

function wrongField(field: string | undefined, type: OrderType): OrderRefusal {
  const name = field?.split('.')[0] ?? '';
  if (type === 'visitor' && name.endsWith('Ms')) return refused('wrong_visit', NO_PERIOD[1]);
  return refused(...(WRONG[name] ?? [...NO_ORDER]));
}
