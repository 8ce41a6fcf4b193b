import type { DoorVerb } from '../door/door-orders.ts';
import type { GuardOrder, OrderType } from './guard-order.ts';

/**
 * What an order asks of whoever gives it, beside being signed in:
 * - `always`: nothing. It shuts, turns away, answers a call or saves lives, and must not wait for a password.
 * - `attended`: somebody was at the desk within the last quarter of an hour, or gives the password with it. It is about
 *   one person, one visit or one item of the list.
 * - `confirmed`: the password with the order, each time. It lets everybody through from then on, ends what was to
 *   keep everybody, or passes used up already, out, or has data handed out or erased.
 */
export type OrderWeight = 'always' | 'attended' | 'confirmed';

const WEIGHTS: Readonly<Record<Exclude<OrderType, 'door' | 'answer-request'>, OrderWeight>> = {
  open: 'attended',
  refuse: 'always',
  measure: 'attended',
  'contact-reading': 'attended',
  seen: 'attended',
  enable: 'confirmed',
  disable: 'attended',
  level: 'confirmed',
  'follow-schedule': 'confirmed',
  order: 'attended',
  'end-order': 'attended',
  report: 'attended',
  forgive: 'attended',
  'give-back-quota': 'attended',
  occupancy: 'attended',
  'confirm-records': 'confirmed',
  'site-order': 'confirmed',
  'end-lock-out': 'attended',
  'answer-assist': 'always',
  'hand-over': 'attended',
  'take-over': 'attended',
  'review-day': 'attended',
  'begin-muster': 'always',
  'tick-muster': 'always',
  'end-muster': 'attended',
  visitor: 'attended',
  'confirm-host': 'attended',
  'visitor-pass': 'attended',
  'withdraw-pass': 'attended',
  vehicle: 'attended',
  delivery: 'attended',
  'note-left': 'attended',
};

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
/** In a fire these free the way for whoever runs. */
const FREEING: readonly DoorVerb[] = ['hold', 'unlock'];

/** What is looked at: of some orders what they say too. */
type Weighed =
  | { readonly type: Exclude<OrderType, 'door' | 'answer-request'> }
  | Pick<Extract<GuardOrder, { type: 'door' }>, 'type' | 'verb'>
  | Pick<Extract<GuardOrder, { type: 'answer-request' }>, 'type' | 'answer'>;

/** @param fire a fire alarm is on */
export function orderWeight(order: Weighed, fire: boolean): OrderWeight {
  if (order.type === 'answer-request') return order.answer === 'confirmed' ? 'confirmed' : 'attended';
  if (order.type !== 'door') return WEIGHTS[order.type];
  return fire && FREEING.includes(order.verb) ? 'always' : DOOR_WEIGHTS[order.verb];
}

/** Orders after which nobody gets through who did not before: they are carried out late too, and without a record. */
export function orderShuts(order: Weighed): boolean {
  return order.type === 'door' ? SHUTTING.includes(order.verb) : order.type === 'disable';
}
