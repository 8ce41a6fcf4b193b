import type {
  DeskAnswer,
  DoorModeVerb,
  GuardDesk,
  OpenOrder,
  PersonOrder,
  RuleDesk,
  VisitorDesk,
} from '../../ports/guard-desk.ts';
import type { Attention } from '../board/attention.ts';
import type { Door } from '../door/door.ts';
import { checkedNote, noteMissing, refused } from '../log/desk-records.ts';
import type { AccessPoint } from '../passage/access-point.ts';

type Order<D, V extends keyof D> = D[V] extends (order: infer O) => DeskAnswer ? O : never;

/** Carries a signed-in guard's orders to the access point, door or book they are for. */
export class GuardOrders implements GuardDesk {
  readonly #accessPoint: (id: string) => AccessPoint | undefined;
  readonly #door: (id: string) => Door | undefined;
  readonly #rules: () => RuleDesk;
  readonly #visitors: () => VisitorDesk;
  readonly #attention: () => Attention;

  constructor(options: {
    accessPoint: (id: string) => AccessPoint | undefined;
    door: (id: string) => Door | undefined;
    rules: () => RuleDesk;
    visitors: () => VisitorDesk;
    attention: () => Attention;
  }) {
    this.#accessPoint = options.accessPoint;
    this.#door = options.door;
    this.#rules = options.rules;
    this.#visitors = options.visitors;
    this.#attention = options.attention;
  }

  open(order: OpenOrder): DeskAnswer {
    return this.#atAccessPoint(order, ({ orders }, checked) => orders.open(checked));
  }

  refuse(order: PersonOrder): DeskAnswer {
    return this.#atAccessPoint(order, ({ orders }, checked) => orders.refuse(checked));
  }

  measure(order: PersonOrder): DeskAnswer {
    return this.#atAccessPoint(order, ({ orders }, checked) => orders.measure(checked));
  }

  setDoorMode(order: { door: string; verb: DoorModeVerb; operator: string; note: string }): DeskAnswer {
    const door = this.#door(order.door);
    if (door === undefined) return refused('no_such_place', `There is no door "${order.door}" here.`);
    const note = checkedNote(order.note);
    return note === undefined
      ? noteMissing()
      : door.order({ verb: order.verb, operator: order.operator, note });
  }

  markSeen(order: { id: string; operator: string }): DeskAnswer {
    return this.#attention().markSeen(order);
  }

  setLevel(order: Order<RuleDesk, 'setLevel'>): DeskAnswer {
    return this.#rules().setLevel(order);
  }

  addOrder(order: Order<RuleDesk, 'addOrder'>): DeskAnswer {
    return this.#rules().addOrder(order);
  }

  endOrder(order: Order<RuleDesk, 'endOrder'>): DeskAnswer {
    return this.#rules().endOrder(order);
  }

  noteReport(order: Order<RuleDesk, 'noteReport'>): DeskAnswer {
    return this.#rules().noteReport(order);
  }

  forgive(order: Order<RuleDesk, 'forgive'>): DeskAnswer {
    return this.#rules().forgive(order);
  }

  giveBackQuota(order: Order<RuleDesk, 'giveBackQuota'>): DeskAnswer {
    return this.#rules().giveBackQuota(order);
  }

  setOccupancy(order: Order<RuleDesk, 'setOccupancy'>): DeskAnswer {
    return this.#rules().setOccupancy(order);
  }

  endLockOut(order: Order<RuleDesk, 'endLockOut'>): DeskAnswer {
    return this.#rules().endLockOut(order);
  }

  registerVisitor(order: Order<VisitorDesk, 'registerVisitor'>): DeskAnswer {
    return this.#visitors().registerVisitor(order);
  }

  confirmHost(order: Order<VisitorDesk, 'confirmHost'>): DeskAnswer {
    return this.#visitors().confirmHost(order);
  }

  #atAccessPoint<O extends PersonOrder>(
    order: O,
    act: (accessPoint: AccessPoint, checked: O) => DeskAnswer,
  ): DeskAnswer {
    const accessPoint = this.#accessPoint(order.accessPoint);
    if (accessPoint === undefined)
      return refused('no_such_place', `There is no access point "${order.accessPoint}" here.`);
    const note = checkedNote(order.note);
    return note === undefined ? noteMissing() : act(accessPoint, { ...order, note });
  }
}
