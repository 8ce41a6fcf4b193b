import type { SiteAnswer } from '../access/vocabulary.ts';
import type { OpeningVerb, Ordered, SiteMessage, SiteOrders, SiteVerb, WaitingCause } from './site-order.ts';

/** The clock as far as an order depends on it. Whole Unix seconds. */
export interface SiteMoment {
  readonly nowS: number;
  /** Whether `nowS` can be believed. */
  readonly isTrusted: boolean;
  /** What is certainly over, also with a clock that cannot be believed. */
  readonly overS: number;
}

export type SiteInput =
  | {
      readonly kind: 'message';
      readonly message: SiteMessage;
      /** What was signed before may have been ended in a life of the log of which nothing is known. */
      readonly resetS?: number;
      /** Whether the fire alarm of this gate is on. */
      readonly fire: boolean;
    }
  /** Time has passed, or the clock can be believed again. */
  | { readonly kind: 'time'; readonly fire: boolean; readonly resetS?: number }
  /** The log went back at `resetS`: what is older may be over long since. Also at a start. */
  | { readonly kind: 'logReset'; readonly resetS: number }
  /** The fire contacts of this gate, all of which can be read: on, or all off. */
  | { readonly kind: 'fire'; readonly isOn: boolean }
  /** A guard carries out what waits, or sets it aside, or ends the lockdown at this gate. */
  | {
      readonly kind: 'guard';
      readonly answer: SiteAnswer;
      readonly fire: boolean;
    };

/**
 * Why a message does not act. `older_than_end`: it is not newer than the end of the fire alarm that ended the evacuation
 * at this gate.
 */
export type SiteRefusal = 'old_counter' | 'not_yet' | 'expired' | 'older_than_end';

export interface SiteStep {
  readonly orders: SiteOrders;
  /** `known`: the same message once more. `waits`: the guard is asked. `nothing`: there was nothing to answer. */
  readonly outcome: 'done' | 'known' | 'waits' | 'nothing' | { readonly refused: SiteRefusal };
}

/** How far the clock of a gate may be behind that of the centre, in seconds. */
const EARLY_S = 10;

/** One input. The table that it follows is config/contract/README.md#what-follows-what. */
export function stepSiteOrders(orders: SiteOrders, input: SiteInput, at: SiteMoment): SiteStep {
  switch (input.kind) {
    case 'message':
      return onMessage(orders, input, at);
    case 'time':
      return onTime(orders, input, at);
    case 'logReset':
      return onLogReset(orders, input.resetS);
    case 'fire':
      return onFire(orders, input.isOn, at);
    case 'guard':
      return onGuard(orders, input, at);
  }
}

function onMessage(
  orders: SiteOrders,
  { message, resetS = 0, fire }: Extract<SiteInput, { kind: 'message' }>,
  at: SiteMoment,
): SiteStep {
  const { counter, digest, verb, notBeforeS, notAfterS } = message;
  if (counter < orders.counter) return refused(orders, 'old_counter');
  if (counter === orders.counter)
    return digest === orders.digest ? { orders, outcome: 'known' } : refused(orders, 'old_counter');
  // It may be given again at its time, so its counter is not used up.
  if (at.isTrusted && at.nowS + EARLY_S < notBeforeS) return refused(orders, 'not_yet');
  // Whatever becomes of it, nothing that is older than it acts from now on.
  const known = put({ ...orders, counter, digest }, { waiting: undefined });
  if (isOver(notAfterS, at)) return refused(known, 'expired');
  const { endedHere } = orders;
  if (verb === 'evacuate' && endedHere?.order === verb && notBeforeS <= endedHere.atS)
    return refused(known, 'older_than_end');
  const cause = opens(known, verb) ? doubtOf(message, resetS, at) : undefined;
  if (cause === undefined || !opens(known, verb)) return done(carriedOut(known, message, fire, at));
  const waiting = { ...whoOf(message), verb, cause, sinceS: at.nowS, notBeforeS, notAfterS };
  return { orders: put(known, { waiting }), outcome: 'waits' };
}

/** Whether the verb lets anybody through who does not get through now. */
function opens(orders: SiteOrders, verb: SiteVerb): verb is OpeningVerb {
  if (verb === 'evacuate') return orders.evacuation === undefined;
  return verb === 'lockdown-release' && orders.lockdown !== undefined;
}

function doubtOf({ notBeforeS }: SiteMessage, resetS: number, at: SiteMoment): WaitingCause | undefined {
  if (notBeforeS < resetS) return 'log_reset';
  return at.isTrusted ? undefined : 'clock_untrusted';
}

function carriedOut(
  orders: SiteOrders,
  order: Ordered & { readonly verb: SiteVerb; readonly notAfterS?: number },
  fire: boolean,
  { nowS }: SiteMoment,
): SiteOrders {
  const { lockdown, evacuation, endedHere } = orders;
  const { verb, notAfterS = nowS } = order;
  const about = verb.startsWith('lockdown') ? 'lockdown' : 'evacuate';
  const rest = endedHere?.order === about ? put(orders, { endedHere: undefined }) : orders;
  switch (verb) {
    case 'lockdown': {
      const sinceS = lockdown?.sinceS ?? nowS;
      return put(rest, { lockdown: { ...whoOf(order), sinceS, untilS: notAfterS } });
    }
    case 'evacuate': {
      const sinceS = evacuation?.sinceS ?? nowS;
      const sawFire = fire || evacuation?.sawFire === true;
      return put(rest, { evacuation: { ...whoOf(order), sinceS, sawFire } });
    }
    case 'lockdown-release':
      return put(rest, { lockdown: undefined });
    case 'evacuate-release':
      return put(rest, { evacuation: undefined });
  }
}

/** A lockdown ends with its time; what waits is carried out, or dropped, once the clock can be believed. */
function onTime(
  orders: SiteOrders,
  { fire, resetS = 0 }: Extract<SiteInput, { kind: 'time' }>,
  at: SiteMoment,
): SiteStep {
  const { lockdown, endedHere, waiting } = orders;
  if (endedHere?.untilS !== undefined && isOver(endedHere.untilS, at))
    return done(put(orders, { endedHere: undefined }));
  if (lockdown !== undefined && isOver(lockdown.untilS, at)) {
    const ended = put(orders, { lockdown: undefined });
    return done(waiting?.verb === 'lockdown-release' ? put(ended, { waiting: undefined }) : ended);
  }
  if (waiting?.cause === 'clock_untrusted' && at.isTrusted) {
    const { notBeforeS, notAfterS } = waiting;
    if (at.nowS + EARLY_S < notBeforeS) return nothing(orders);
    const free = put(orders, { waiting: undefined });
    if (isOver(notAfterS, at)) return done(free);
    if (notBeforeS >= resetS) return done(carriedOut(free, waiting, fire, at));
    return { orders: put(orders, { waiting: { ...waiting, cause: 'log_reset' } }), outcome: 'waits' };
  }
  if (lockdown === undefined || waiting !== undefined || at.nowS < lockdown.untilS) return nothing(orders);
  // It seems to be over, by a clock that may be wrong.
  const release = { verb: 'lockdown-release', cause: 'clock_untrusted', sinceS: at.nowS } as const;
  const waits = { ...whoOf(lockdown), ...release, notBeforeS: lockdown.untilS };
  return { orders: put(orders, { waiting: waits }), outcome: 'waits' };
}

function onLogReset(orders: SiteOrders, resetS: number): SiteStep {
  const { evacuation } = orders;
  if (evacuation === undefined || evacuation.sinceS >= resetS) return nothing(orders);
  const { sinceS } = evacuation;
  const waits = { verb: 'evacuate', cause: 'log_reset', sinceS, notBeforeS: sinceS } as const;
  const waiting = { ...whoOf(evacuation), ...waits };
  return { orders: put(orders, { evacuation: undefined, waiting }), outcome: 'waits' };
}

function onFire(orders: SiteOrders, isOn: boolean, at: SiteMoment): SiteStep {
  const { evacuation } = orders;
  if (evacuation === undefined || evacuation.sawFire === isOn) return nothing(orders);
  if (isOn) return done(put(orders, { evacuation: { ...evacuation, sawFire: true } }));
  const ended = { order: 'evacuate', cause: 'fire_over', atS: at.isTrusted ? at.nowS : 0 } as const;
  const endedHere = { ...whoOf(evacuation), ...ended };
  return done(put(orders, { evacuation: undefined, endedHere }));
}

function onGuard(
  orders: SiteOrders,
  { answer, fire }: Extract<SiteInput, { kind: 'guard' }>,
  at: SiteMoment,
): SiteStep {
  const { lockdown, waiting } = orders;
  if (answer === 'end-lockdown') {
    if (lockdown === undefined) return nothing(orders);
    const ended = { order: 'lockdown', cause: 'guard', atS: at.nowS, untilS: lockdown.untilS } as const;
    const endedHere = { ...whoOf(lockdown), ...ended };
    const free = waiting?.verb === 'lockdown-release' ? put(orders, { waiting: undefined }) : orders;
    return done(put(free, { lockdown: undefined, endedHere }));
  }
  if (waiting === undefined) return nothing(orders);
  const free = put(orders, { waiting: undefined });
  return done(answer === 'set-aside' ? free : carriedOut(free, waiting, fire, at));
}

/** Whether `untilS` has come for certain. */
function isOver(untilS: number | undefined, { nowS, isTrusted, overS }: SiteMoment): boolean {
  return untilS !== undefined && (overS >= untilS || (isTrusted && nowS >= untilS));
}

type Parts = Pick<SiteOrders, 'lockdown' | 'evacuation' | 'waiting' | 'endedHere'>;

/** With parts changed; undefined takes one away. */
function put(orders: SiteOrders, parts: { [P in keyof Parts]: Parts[P] | undefined }): SiteOrders {
  const all = Object.entries({ ...orders, ...parts }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(all) as unknown as SiteOrders;
}

function whoOf({ counter, keys, by, note }: Ordered): Ordered {
  return { counter, keys, by, ...(note === undefined ? {} : { note }) };
}

function done(orders: SiteOrders): SiteStep {
  return { orders, outcome: 'done' };
}

function nothing(orders: SiteOrders): SiteStep {
  return { orders, outcome: 'nothing' };
}

function refused(orders: SiteOrders, refusal: SiteRefusal): SiteStep {
  return { orders, outcome: { refused: refusal } };
}
