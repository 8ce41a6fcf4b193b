import type { StateByName } from '../../core/contract/states.ts';
import type { DoorView, GateState, ListView, State } from '../../ports/gate-state.ts';

/** The connection and the alerts are the uplink's own. */
type StateName = Exclude<keyof StateByName, 'conn' | 'alert'>;
/** The uplink says of itself at which event and when a state was told. */
type Payload<Name extends StateName> = Omit<StateByName[Name], 'sequence' | 'time'>;

/** What is told of the gate's state, by topic below its root. */
export interface StatePayloads {
  [door: `state/door/${string}`]: Payload<'door'>;
  [accessPoint: `state/accesspoint/${string}`]: Payload<'accesspoint'>;
  'state/policy': Payload<'policy'>;
  'state/queue': Payload<'queue'>;
  'state/clock': Payload<'clock'>;
}

export type TellState = <T extends keyof StatePayloads & string>(topic: T, payload: StatePayloads[T]) => void;

interface ToldState {
  /** When one of them changes, there may be news. */
  readonly madeFrom: (state: GateState) => readonly Pick<State<unknown>, 'follow'>[];
  /** All messages of this kind, as they are now. */
  readonly tell: (state: GateState, tell: TellState) => void;
}

/**
 * What servers are told of the gate's state, by the word behind `state/`. A part of the state that is not here stays
 * on the kiosk: people, their passes and their readings do.
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
  /** Level and lists come from different parts and are one state. */
  policy: {
    madeFrom: ({ rules, lists }) => [rules, lists],
    tell: ({ rules, lists: { values } }, tell) => {
      const lists = values.map((views) => ({ lists: views.map(listState) }));
      for (const { level, version } of rules.values) tell('state/policy', { level, version, ...lists[0] });
    },
  },
  queue: {
    madeFrom: ({ queue }) => [queue],
    tell: ({ queue }, tell) => {
      for (const { pending } of queue.values) tell('state/queue', { pending });
    },
  },
  clock: {
    madeFrom: ({ clock }) => [clock],
    tell: ({ clock }, tell) => {
      for (const { quality } of clock.values) tell('state/clock', { quality });
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
