import type { Role } from '../access/vocabulary.ts';
import type { GuardOrder, OrderType } from './guard-order.ts';

/** What a signed-in operator can do at the desk beside giving orders. */
type Look =
  | 'find-holder'
  | 'photo'
  | 'history'
  | 'registers'
  | 'print-pass'
  | 'muster'
  | 'day'
  | 'accounts'
  | 'lost-phone'
  | 'upkeep'
  | 'backup'
  | 'export'
  | 'stand-down';

/** An order, or something that is looked at or kept at the desk. */
export type Right = OrderType | Look;

const EVERYBODY: readonly Role[] = ['guard', 'supervisor', 'office'];
/** Who stands at the gate. */
const GATE: readonly Role[] = ['guard', 'supervisor'];
/** Who answers for rules about a person for days, and for data. */
const PERSONS: readonly Role[] = ['supervisor', 'office'];
/** Who answers for what everybody at the gate gets. */
const POST: readonly Role[] = ['supervisor'];

/** Who may do what. Whoever may not is refused before anything else is looked at. */
export const RIGHTS: Readonly<Record<Right, readonly Role[]>> = {
  open: GATE,
  refuse: GATE,
  measure: GATE,
  seen: GATE,
  door: GATE,
  enable: GATE,
  disable: GATE,
  'end-lock-out': GATE,
  occupancy: GATE,
  'site-order': GATE,
  'hand-over': GATE,
  'take-over': GATE,
  'contact-reading': GATE,
  'answer-assist': EVERYBODY,
  visitor: EVERYBODY,
  'confirm-host': EVERYBODY,
  'visitor-pass': EVERYBODY,
  'withdraw-pass': EVERYBODY,
  vehicle: EVERYBODY,
  delivery: EVERYBODY,
  'note-left': EVERYBODY,
  report: EVERYBODY,
  forgive: EVERYBODY,
  'give-back-quota': EVERYBODY,
  'find-holder': EVERYBODY,
  photo: EVERYBODY,
  'print-pass': EVERYBODY,
  // Who came by is asked when nobody but the guard is there. Each look is on record.
  history: EVERYBODY,
  registers: EVERYBODY,
  // Numbers alone.
  day: EVERYBODY,
  muster: EVERYBODY,
  'begin-muster': EVERYBODY,
  'tick-muster': EVERYBODY,
  'end-muster': EVERYBODY,
  order: PERSONS,
  'end-order': PERSONS,
  'answer-request': PERSONS,
  upkeep: PERSONS,
  backup: PERSONS,
  export: PERSONS,
  // Sees the accounts, and takes off the one-time code of somebody who has lost the phone.
  'lost-phone': PERSONS,
  level: POST,
  'follow-schedule': POST,
  'confirm-records': POST,
  'review-day': POST,
  accounts: POST,
  'stand-down': POST,
};

/** Whether a role may do that. Nobody's role may do nothing. */
export function mayDo(role: Role | undefined, right: Right): boolean {
  return role !== undefined && RIGHTS[right].includes(role);
}

/** Whether a role may give this order. Whoever is signed in may have a door locked down: that must not wait. */
export function mayGive(role: Role | undefined, order: Pick<GuardOrder, 'type'>): boolean {
  const { type } = order;
  const locksDown = type === 'door' && (order as Extract<GuardOrder, { type: 'door' }>).verb === 'lockdown';
  return locksDown || mayDo(role, type);
}
