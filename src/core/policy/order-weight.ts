import type { DoorVerb } from '../door/door-orders.ts';

/**
 * What an order asks of whoever gives it, beside being signed in:
 * - `always`: nothing. It shuts, turns away or saves lives, and must not wait for a password.
 * - `attended`: somebody was at the desk within the last quarter of an hour, or gives the password with it. It is about
 *   one person, one visit or one item of the list.
 * - `confirmed`: the password with the order, each time. It lets everybody through from then on, or ends what was to
 *   keep everybody out.
 */
export type OrderWeight = 'always' | 'attended' | 'confirmed';

const WEIGHTS = {
  open: 'attended',
  refuse: 'always',
  measure: 'attended',
  seen: 'attended',
  level: 'confirmed',
  order: 'attended',
  'end-order': 'attended',
  report: 'attended',
  forgive: 'attended',
  'give-back-quota': 'attended',
  occupancy: 'attended',
  'end-lock-out': 'attended',
  visitor: 'attended',
  'confirm-host': 'attended',
} as const satisfies Record<string, OrderWeight>;

const DOOR_WEIGHTS: Readonly<Record<DoorVerb, OrderWeight>> = {
  hold: 'confirmed',
  release: 'attended',
  block: 'attended',
  unblock: 'confirmed',
  lockdown: 'always',
  'lockdown-release': 'confirmed',
  unlock: 'confirmed',
  lock: 'attended',
};

const SHUTTING: readonly DoorVerb[] = ['lockdown', 'block', 'release', 'lock'];

/** The guard's orders by their names on the wire; the door's have verbs. */
export type OrderName = keyof typeof WEIGHTS;

export function orderWeight(order: OrderName): OrderWeight {
  return WEIGHTS[order];
}

/** @param fire a fire alarm is on: the way is held open for whoever runs */
export function doorOrderWeight(verb: DoorVerb, fire: boolean): OrderWeight {
  return verb === 'hold' && fire ? 'always' : DOOR_WEIGHTS[verb];
}

/** Orders after which the door lets nobody through whom it did not let through before. */
export function doorOrderShuts(verb: DoorVerb): boolean {
  return SHUTTING.includes(verb);
}
