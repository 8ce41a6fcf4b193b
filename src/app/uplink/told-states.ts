import type { StateByName } from '../../core/contract/states.ts';
import type { Shift } from '../../core/desk/shift.ts';
import type {
  AssistView,
  DoorView,
  GateState,
  ListView,
  ScheduleView,
  ServerView,
  SiteFacts,
  SiteOrderView,
  State,
} from '../../ports/gate-state.ts';
import type { MusterView } from '../../ports/muster-book.ts';

/** The states published here; connection and alerts are published by the uplink itself. */
type StateName = Exclude<keyof StateByName, 'conn' | 'alert'>;
/** A state without `sequence` and `time`, which the uplink adds. */
type Payload<Name extends StateName> = Omit<StateByName[Name], 'sequence' | 'time'>;

/** What is published of the gate's state, by topic below its root. */
export interface StatePayloads {
  [door: `state/door/${string}`]: Payload<'door'>;
  [accessPoint: `state/accesspoint/${string}`]: Payload<'accesspoint'>;
  [assist: `state/assist/${string}`]: Payload<'assist'>;
  'state/policy': Payload<'policy'>;
  'state/queue': Payload<'queue'>;
  'state/servers': Payload<'servers'>;
  'state/siteorder': Payload<'siteorder'>;
  'state/shift': Payload<'shift'>;
  'state/muster': Payload<'muster'>;
  'state/clock': Payload<'clock'>;
  'state/backup': Payload<'backup'>;
  checkpoint: Payload<'checkpoint'>;
}

export type TellState = <T extends keyof StatePayloads & string>(topic: T, payload: StatePayloads[T]) => void;

interface ToldState {
  /** The parts of the state that it is made from; a change of one may change it. */
  readonly madeFrom: (state: GateState) => readonly Pick<State<unknown>, 'follow'>[];
  /** Sends all messages of this kind with their present values. */
  readonly tell: (state: GateState, tell: TellState) => void;
}

/**
 * What is published of the gate's state, by the word after `state/`. Parts that are not here stay on the kiosk, such as
 * people, their passes and their readings.
 */
export const TOLD_STATES: Readonly<Record<StateName, ToldState>> = {
  door: {
    madeFrom: ({ doors }) => [doors],
    tell: ({ doors }, tell) => {
      for (const door of doors.values) tell(`state/door/${door.door}`, doorState(door));
    },
  },
  accesspoint: {
    madeFrom: ({ accessPoints }) => [accessPoints],
    tell: ({ accessPoints }, tell) => {
      for (const { id, door, direction, enabled } of accessPoints.values)
        tell(`state/accesspoint/${id}`, { door, direction, enabled });
    },
  },
  assist: {
    madeFrom: ({ assists }) => [assists],
    tell: ({ assists }, tell) => {
      for (const view of assists.values) tell(`state/assist/${view.accessPoint}`, assistState(view));
    },
  },
  /** One state from two parts: level and lists. */
  policy: {
    madeFrom: ({ rules, lists }) => [rules, lists],
    tell: ({ rules, lists: { values } }, tell) => {
      const lists = values.map((views) => ({ lists: views.map(listState) }));
      for (const { level, version, schedule } of rules.values) {
        const told = schedule === undefined ? {} : { schedule: scheduleState(schedule) };
        tell('state/policy', { level, version, ...lists[0], ...told });
      }
    },
  },
  queue: {
    madeFrom: ({ queue }) => [queue],
    tell: ({ queue }, tell) => {
      for (const { pending } of queue.values) tell('state/queue', { pending });
    },
  },
  servers: {
    madeFrom: ({ servers }) => [servers],
    tell: ({ servers }, tell) => {
      for (const views of servers.values) tell('state/servers', { servers: views.map(serverState) });
    },
  },
  siteorder: {
    madeFrom: ({ siteOrder }) => [siteOrder],
    tell: ({ siteOrder }, tell) => {
      for (const view of siteOrder.values) tell('state/siteorder', siteOrderState(view));
    },
  },
  shift: {
    madeFrom: ({ shift, site }) => [shift, site],
    tell: ({ shift, site }, tell) => {
      const [facts] = site.values;
      for (const one of shift.values) tell('state/shift', shiftState(one, facts?.post));
    },
  },
  muster: {
    madeFrom: ({ muster }) => [muster],
    tell: ({ muster }, tell) => {
      for (const view of muster.values) tell('state/muster', musterState(view));
    },
  },
  clock: {
    madeFrom: ({ clock }) => [clock],
    tell: ({ clock }, tell) => {
      for (const { quality } of clock.values) tell('state/clock', { quality });
    },
  },
  backup: {
    madeFrom: ({ backup }) => [backup],
    tell: ({ backup }, tell) => {
      for (const { lastMs, isDue } of backup.values) {
        const last = lastMs === undefined ? {} : { last: new Date(lastMs).toISOString() };
        tell('state/backup', { ...last, due: isDue });
      }
    },
  },
  checkpoint: {
    madeFrom: ({ checkpoint }) => [checkpoint],
    tell: ({ checkpoint }, tell) => {
      for (const { epoch, size, note } of checkpoint.values) tell('checkpoint', { epoch, size, note });
    },
  },
};

function doorState({ mode, physical, alarm, tamper, fire }: DoorView): Payload<'door'> {
  return {
    mode,
    physical,
    alarm,
    ...(tamper === undefined ? {} : { tamper }),
    ...(fire === undefined ? {} : { fire }),
  };
}

function assistState({ status, sinceMs }: AssistView): Payload<'assist'> {
  return { status, ...(sinceMs === undefined ? {} : { since: new Date(sinceMs).toISOString() }) };
}

/** Who it is stays on the kiosk; the post and its responsible person are what the site shows to everybody. */
function shiftState({ onDuty, handedOver }: Shift, post: SiteFacts['post']): Payload<'shift'> {
  return {
    ...(post === undefined ? {} : { post }),
    ...(onDuty === undefined ? {} : { onDutySince: new Date(onDuty.sinceMs).toISOString() }),
    ...(handedOver === undefined ? {} : { handedOver: new Date(handedOver.atMs).toISOString() }),
  };
}

/** Nobody on it is named; how many are missing is what a centre has to know. */
function musterState({ number, cause, startedMs, people, ticked, endedMs }: MusterView): Payload<'muster'> {
  return {
    ...{ muster: number, cause, since: new Date(startedMs).toISOString(), people, ticked },
    ...(endedMs === undefined ? {} : { ended: new Date(endedMs).toISOString() }),
  };
}

function siteOrderState(view: SiteOrderView): Payload<'siteorder'> {
  const { order, counter, keys, sinceMs, untilMs, obeyed, reason } = view;
  return {
    order,
    counter,
    ...(keys === undefined ? {} : { keys }),
    ...(sinceMs === undefined ? {} : { since: new Date(sinceMs).toISOString() }),
    ...(untilMs === undefined ? {} : { until: new Date(untilMs).toISOString() }),
    obeyed,
    ...(reason === undefined ? {} : { reason }),
  };
}

function scheduleState({ state, level, next }: ScheduleView): NonNullable<Payload<'policy'>['schedule']> {
  const then = next && { next: { level: next.level, at: new Date(next.atMs).toISOString() } };
  return { state, level, ...then };
}

function listState({ type, number, state, issuedAtMs, nextUpdateMs, signer }: ListView) {
  return {
    type,
    number,
    state,
    ...(issuedAtMs === undefined ? {} : { issuedAt: new Date(issuedAtMs).toISOString() }),
    ...(nextUpdateMs === undefined ? {} : { nextUpdate: new Date(nextUpdateMs).toISOString() }),
    ...(signer === undefined ? {} : { signer }),
  };
}

function serverState({ server, receipt, lacksSinceMs, isLate }: ServerView) {
  return {
    server,
    ...(receipt === undefined ? {} : { receipt }),
    ...(lacksSinceMs === undefined ? {} : { lacksSince: new Date(lacksSinceMs).toISOString() }),
    late: isLate,
  };
}
