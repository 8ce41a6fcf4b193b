import type { Direction } from '../../core/access/vocabulary.ts';
import type { Given } from '../../core/desk/guard-order.ts';
import { isShutMode } from '../../core/door/door-mode.ts';
import { type PassageState, passageIn } from '../../core/passage/passage.ts';
import { canBeMeasured } from '../../core/passage/transitions.ts';
import type { ContactReading } from '../../core/screening/contact-reading.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AlreadyDone, OrderRefusal } from '../../ports/guard-desk.ts';
import type { Door } from '../door/door.ts';
import { already, type OrderPlan, overrideAt, type Planned, refused } from '../log/desk-records.ts';
import type { ScreeningStation } from '../screening/screening-station.ts';
import type { ContactReadings } from './contact-readings.ts';
import type { PassageEvaluator } from './evaluator.ts';
import { claimsOf, type KnownPassage } from './passage-facts.ts';
import type { PassageRunner } from './passage-runner.ts';
import type { GuardAct, RecentPassages } from './recent-passages.ts';

/** A guard who orders within this time after another guard has probably not seen that order yet, in milliseconds. */
const JUST_NOW_MS = 5_000;

interface PersonOrdersDeps {
  readonly accessPoint: string;
  readonly direction: Direction;
  readonly door: Door;
  readonly evaluator: Pick<PassageEvaluator, 'withoutCode'>;
  readonly screening: ScreeningStation;
  readonly recent: RecentPassages;
  readonly contactReadings: ContactReadings;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly runner: Pick<PassageRunner, 'state' | 'take'>;
}

/**
 * The guard's orders about persons at one access point. Each order names the passage that the guard's page showed,
 * because another one may be under way by now: of two guards who order at the same time only the first opens, and no
 * order applies to a different person. Every order is recorded before it is carried out.
 */
export class PersonOrders {
  readonly #deps: PersonOrdersDeps;

  constructor(deps: PersonOrdersDeps) {
    this.#deps = deps;
  }

  /** Lets one person through, recorded with the guard's reason. */
  open(order: Given<'open'>): Planned {
    const { door, direction } = this.#deps;
    const { mode } = door;
    if (isShutMode(mode) && !(direction === 'out' && door.letsOut)) {
      return refused('door_shut', `The door is in mode ${mode}. End that mode first, then open.`);
    }
    const { passage } = order;
    if (typeof passage !== 'string' || order.another === true) return this.#openUnnamed(order);
    const state = this.#deps.runner.state;
    const current = passageIn(state);
    if (current?.id === passage) {
      const refusal = this.#doneBefore(passage, order);
      if (refusal !== undefined) return refusal;
      return state.phase === 'refused' ? this.#openAnew(passage, order) : this.#open(current, order);
    }
    if (isWaiting(state)) return this.#doneBefore(passage, order) ?? this.#notThisOne(passage);
    return this.#openAnew(passage, order);
  }

  /** Refuses the person who stands here. */
  refuse(order: Given<'refuse'>): Planned {
    const state = this.#deps.runner.state;
    const current = passageIn(state);
    const passage = order.passage ?? (isWaiting(state) ? current?.id : undefined);
    if (passage === undefined) return refused('nobody_waits', 'Nobody is waiting at this access point.');
    const before = this.#doneBefore(passage, { ...order, overrule: true });
    if (before !== undefined) return before;
    if (current?.id !== passage || !isWaiting(state)) return this.#over(passage);
    return this.#planned('refuse', passage, order, () => {
      this.#deps.runner.take({ type: 'guardRefuse', operator: order.operator });
    });
  }

  /** Has the person who waits here measured once more. */
  measure(order: Given<'measure'>): Planned {
    const state = this.#deps.runner.state;
    const named = order.passage ?? undefined;
    const before = named === undefined ? undefined : this.#doneBefore(named, { ...order, overrule: true });
    if (before !== undefined) return before;
    if (!canBeMeasured(state) || (named !== undefined && state.passage.id !== named)) {
      return refused(
        'nobody_to_measure',
        'Nobody waits to be measured at this access point. Ask the person to show the pass once more.',
      );
    }
    if (this.#deps.screening.fault !== undefined) {
      return refused(
        'no_thermometer',
        'There is no thermometer at work here. Measure by hand, then open or refuse.',
      );
    }
    return this.#planned('measure', state.passage.id, order, () => {
      this.#deps.runner.take({ type: 'guardMeasure', id: this.#deps.newId() });
    });
  }

  /** Notes what the guard has measured by hand of the person of a passage. It opens nothing. */
  readContact(order: Given<'contact-reading'>): Planned {
    const { contactReadings, recent, runner } = this.#deps;
    const { operator, passage } = order;
    const before = this.#doneBefore(passage, { operator, overrule: true });
    if (before !== undefined) return before;
    const current = passageIn(runner.state);
    const known = current?.id === passage ? current : recent.find(passage)?.passage;
    if (known === undefined) return this.#over(passage);
    const reading = contactReadings.judge(order);
    if ('status' in reading) return reading;
    return {
      ...contactReadings.plan(known, reading),
      act: () => {
        recent.measured(passage, reading, claimsOf(known.facts)?.passId);
        if (current?.id !== passage) return undefined;
        const { facts } = known;
        const refuses = reading.outcome === 'elevated' && facts.screeningMode === 'enforce';
        runner.take({
          type: 'contactReading',
          operator,
          facts: { ...facts, contactReading: reading },
          refuses,
        });
        return undefined;
      },
    };
  }

  /** Judges the person who waits here with this pass again, because something that was missing is known now. */
  judgeAgain(passId: string): void {
    const { runner } = this.#deps;
    const { state } = runner;
    if (state.phase !== 'referred') return;
    const { facts } = state.passage;
    if (claimsOf(facts)?.passId !== passId) return;
    runner.take({ type: 'judgeAgain', screening: facts.screening });
  }

  /** Opens for a person who has shown nothing, or for the person who waits here if the order names no passage. */
  #openUnnamed(order: Given<'open'>): Planned {
    const state = this.#deps.runner.state;
    const current = passageIn(state);
    if (isWaiting(state) && current !== undefined) {
      return order.passage === undefined ? this.#open(current, order) : somebodyElse();
    }
    if (state.phase === 'released' && !(order.another === true && order.passage === current?.id)) {
      const by = this.#deps.recent.actOn(state.passage.id);
      if (by?.action === 'open') return already({ operator: by.operator, action: 'open' });
    }
    const { evaluator, newId, recent } = this.#deps;
    // The person may already have gone through, let in by another guard a moment ago.
    const justNow = order.another === true ? undefined : recent.letInWithin(JUST_NOW_MS);
    if (justNow !== undefined && justNow !== order.operator)
      return already({ operator: justNow, action: 'open' });
    return this.#open(evaluator.withoutCode(newId(), current), order);
  }

  /**
   * Lets a person in whose passage is over. The passage id stays the same, so that the refusal and the order that
   * overruled it belong together.
   */
  #openAnew(passage: string, order: Given<'open'>): Planned {
    const before = this.#doneBefore(passage, order);
    if (before !== undefined) return before;
    const known = this.#deps.recent.find(passage);
    if (known === undefined) return this.#over(passage);
    // The guard recognised the person, not a code.
    return this.#open({ ...known.passage, facts: { ...known.passage.facts, recognition: 'guard' } }, order);
  }

  #open(shown: KnownPassage, order: Given<'open'>): Planned {
    const { contactReadings, recent, direction } = this.#deps;
    const { contactReading, operator } = order;
    const reading = contactReading && contactReadings.judge({ contactReading, operator });
    if (reading !== undefined && 'status' in reading) return reading;
    const passage = withReading(shown, reading ?? recent.readingOf(shown.id), direction);
    const opening = this.#planned('open', passage.id, order, () => {
      const { runner } = this.#deps;
      if (reading !== undefined) recent.measured(passage.id, reading, claimsOf(passage.facts)?.passId);
      runner.take({ type: 'guardOpen', passage, operator });
      const { state } = runner;
      return state.phase === 'released' && state.passage.id === passage.id
        ? undefined
        : refused('not_opened', 'The gate could not be opened: see the alarm for the lock or the log.');
    });
    if (reading === undefined) return opening;
    const noted = contactReadings.plan(passage, reading);
    return { ...opening, events: [...noted.events, ...opening.events], effects: noted.effects };
  }

  /**
   * The earlier act that makes this order too late, if any. A refusal by another guard, or a measurement that has just
   * begun, stands against a guard who has not seen it yet.
   */
  #doneBefore(
    passage: string,
    { operator, overrule }: Pick<Given<'open'>, 'operator' | 'overrule'>,
  ): OrderRefusal | undefined {
    const { recent, clock } = this.#deps;
    const known = recent.find(passage);
    const act = recent.actOn(passage);
    if (known?.outcome === 'granted' || known?.outcome === 'taken') {
      return already({ operator: known.decidedBy, action: 'open' });
    }
    const another = act !== undefined && act.operator !== operator ? act : undefined;
    if (another?.action === 'refuse' && overrule !== true) return already(doneBy(another));
    const justNow = another !== undefined && clock.read().monotonicMs - another.atMs < JUST_NOW_MS;
    return another !== undefined && justNow && another.action !== 'open'
      ? already(doneBy(another))
      : undefined;
  }

  /** The refusal where another person waits than the one in the order, or the same person is being measured again. */
  #notThisOne(passage: string): OrderRefusal {
    const act = this.#deps.recent.actOn(passage);
    return act?.action === 'measure' ? already(doneBy(act)) : somebodyElse();
  }

  /** The refusal for a passage that is over or no longer known. */
  #over(passage: string): OrderRefusal {
    const known = this.#deps.recent.find(passage);
    if (known?.outcome === 'denied' && known.decidedBy !== 'auto')
      return already({ operator: known.decidedBy, action: 'refuse' });
    return refused(
      'passage_over',
      'This passage is over. If the person is still here, ask for the pass once more.',
    );
  }

  /** The plan of an order. The next order takes account of it as soon as it is recorded. */
  #planned(
    action: GuardAct['action'],
    passage: string,
    { operator, note }: Pick<Given<'open'>, 'operator' | 'note'>,
    act: NonNullable<OrderPlan['act']>,
  ): OrderPlan {
    const { accessPoint, recent } = this.#deps;
    return {
      events: [overrideAt(accessPoint, { operator, action, accessPoint, passage, note })],
      act: (rows) => {
        recent.ordered(passage, { operator, action, note });
        return act(rows);
      },
    };
  }
}

/** The passage with what was measured by hand; of whoever showed no pass, the mode is that of the way. */
function withReading(
  passage: KnownPassage,
  contactReading: ContactReading | undefined,
  direction: Direction,
): KnownPassage {
  if (contactReading === undefined) return passage;
  const { facts } = passage;
  const own = facts.pass === undefined ? { screeningMode: facts.policy.screening.direction[direction] } : {};
  return { ...passage, facts: { ...facts, ...own, contactReading } };
}

function isWaiting({ phase }: Pick<PassageState<unknown>, 'phase'>): boolean {
  return phase === 'measuring' || phase === 'pausing' || phase === 'referred';
}

function doneBy({ operator, action }: GuardAct): AlreadyDone {
  return { operator, action };
}

function somebodyElse(): OrderRefusal {
  return refused(
    'somebody_else',
    'Somebody else has come to the gate meanwhile. Look who stands there, then give the order again.',
  );
}
