import type { CommandOrder } from '../../core/command/command.ts';
import type {
  CommandVerb,
  REPLAY_FAILURES,
  REPLAY_REFUSALS,
  ReplayReport,
} from '../../core/contract/commands.ts';
import type { DoorVerb } from '../../core/door/door-orders.ts';
import type { HolderSubject } from '../../core/policy/standing-order.ts';
import type { DeskAnswer } from '../../ports/guard-desk.ts';
import type { StandingOrders } from '../../ports/rule-store.ts';
import type { Door } from '../door/door.ts';
import { type OrderPlan, type Planned, refused } from '../log/desk-records.ts';
import type { AccessPoint } from '../passage/access-point.ts';
import type { LevelKeeper } from '../rules/level-keeper.ts';
import type { RuleOrders } from '../rules/rule-orders.ts';

/** Who orders, in the rows of what is ordered, and why. */
export interface CommandGiver {
  readonly operator: string;
  readonly note: string;
}

/** What became of a command: as of a guard's order, and how far a replay has come. */
export type CommandEnd = (
  | DeskAnswer
  | {
      readonly status: 'refused';
      readonly detail: string;
      readonly cause: (typeof REPLAY_REFUSALS | typeof REPLAY_FAILURES)[number];
      readonly already?: never;
    }
) & { readonly replay?: ReplayReport };

/**
 * A plan as for a guard's order. `afterwards`: what takes longer; the answer to the command waits for it, and `tell`
 * says how far it is.
 */
export type CommandPlan =
  | (OrderPlan & { readonly afterwards?: (tell: (replay: ReplayReport) => void) => Promise<CommandEnd> })
  | (CommandEnd & { readonly status: 'refused' });

/** For each verb that this gate carries out the function that plans it. */
export type VerbTable<V extends CommandVerb = CommandVerb> = {
  readonly [N in V]: (
    args: Extract<CommandOrder, { verb: N }>['arguments'],
    giver: CommandGiver,
    /** Who signed it first: the id of the key. */
    key: string,
  ) => CommandPlan;
};

interface CommandPlansDeps {
  /** By their id. */
  readonly accessPoints: ReadonlyMap<string, AccessPoint>;
  readonly doors: ReadonlyMap<string, Door>;
  readonly levels: Pick<LevelKeeper, 'plan'>;
  readonly ruleOrders: Pick<RuleOrders, 'table'>;
  readonly orders: Pick<StandingOrders, 'ordersFor'>;
}

type PlannedVerb = Extract<DoorVerb, CommandVerb> | 'open' | 'enable' | 'disable' | 'level';

/** Plans the commands that a guard could order too, by the same rules and with the same records. */
export function commandPlans(deps: CommandPlansDeps): VerbTable<PlannedVerb> {
  const { accessPoints, levels, ruleOrders } = deps;
  const service =
    (type: 'enable' | 'disable') =>
    ({ accessPoint: id }: { readonly accessPoint: string }, giver: CommandGiver): Planned =>
      accessPoints.get(id)?.service.plan({ type, accessPoint: id, ...giver }) ??
      nowhere(`access point "${id}"`);
  const atDoors =
    (verb: DoorVerb) =>
    (what: object, giver: CommandGiver): Planned => {
      const id = 'door' in what && typeof what.door === 'string' ? what.door : undefined;
      return planDoors(deps.doors, id, (one) => one.plan({ verb, ...giver }));
    };
  return {
    open: (place, giver) => {
      const id = 'accessPoint' in place ? place.accessPoint : onlyPointAt(place.door, accessPoints);
      if (typeof id !== 'string') return id;
      const accessPoint = accessPoints.get(id);
      if (accessPoint === undefined) return nowhere(`access point "${id}"`);
      return accessPoint.orders.open({ type: 'open', accessPoint: id, ...giver });
    },
    hold: atDoors('hold'),
    release: atDoors('release'),
    lockdown: atDoors('lockdown'),
    'lockdown-release': atDoors('lockdown-release'),
    block: (what, giver) => {
      const subject = subjectOf(what);
      if (subject === undefined) return atDoors('block')(what, giver);
      const untilMs = 'until' in what && what.until !== undefined ? { untilMs: what.until * 1000 } : {};
      return ruleOrders.table.order({ type: 'order', kind: 'suspension', subject, ...untilMs, ...giver });
    },
    unblock: (what, giver) => {
      const subject = subjectOf(what);
      return subject === undefined ? atDoors('unblock')(what, giver) : endSuspensions(subject, giver, deps);
    },
    enable: service('enable'),
    disable: service('disable'),
    level: ({ level }, giver) => levels.plan({ type: 'level', level, ...giver }),
  };
}

/** Ends what was given here; suspensions of a signed list end with the next list. */
function endSuspensions(
  subject: HolderSubject,
  giver: CommandGiver,
  { orders, ruleOrders }: CommandPlansDeps,
): Planned {
  const [passId, holderRef] = 'passId' in subject ? [subject.passId] : ['', subject.holderRef];
  const isSame = (other: HolderSubject) => JSON.stringify(other) === JSON.stringify(subject);
  const plans = orders
    .ordersFor(passId, holderRef)
    .filter((order) => order.kind === 'suspension' && order.source === 'guard' && isSame(order.subject))
    .map(({ id }) => ruleOrders.table['end-order']({ type: 'end-order', orderId: id, ...giver }));
  return (
    allOf(plans) ?? refused('order_over', 'There is no suspension that was given here and still stands.')
  );
}

function planDoors(
  doors: ReadonlyMap<string, Door>,
  id: string | undefined,
  plan: (door: Door) => Planned,
): Planned {
  const named = id === undefined ? undefined : doors.get(id);
  if (named !== undefined) return plan(named);
  const all = id === undefined ? allOf([...doors.values()].map(plan)) : undefined;
  return all ?? nowhere(`door "${id ?? ''}"`);
}

/** One plan of several: a refused one among them hinders no other. Undefined if there is none. */
function allOf(plans: readonly Planned[]): Planned | undefined {
  const good = plans.filter((plan): plan is OrderPlan => !('status' in plan));
  if (good.length === 0) return plans[0];
  return {
    events: good.flatMap(({ events }) => events),
    effects: good.flatMap(({ effects = [] }) => effects),
    shuts: good.every(({ shuts }) => shuts === true),
    act: (rows) => {
      const answers = good.map(({ act }) => act?.(rows));
      return answers.find((answer) => answer?.status === 'refused');
    },
  };
}

/** The id of the one access point of a door. */
function onlyPointAt(door: string, accessPoints: ReadonlyMap<string, AccessPoint>): string | Planned {
  const ids = [...accessPoints.values()].filter((point) => point.door === door).map(({ id }) => id);
  const [id, ...more] = ids;
  if (id === undefined) return nowhere(`door "${door}" with an access point`);
  if (more.length === 0) return id;
  return refused(
    'no_such_place',
    `The door ${door} has the access points ${ids.join(', ')}: name one of them.`,
  );
}

function subjectOf(what: object): HolderSubject | undefined {
  if ('passId' in what && typeof what.passId === 'string') return { passId: what.passId };
  return 'holderRef' in what && typeof what.holderRef === 'string'
    ? { holderRef: what.holderRef }
    : undefined;
}

function nowhere(what: string): Planned {
  return refused('no_such_place', `There is no ${what} here.`);
}
