import type { OutgoingMessage, PublishAnswer } from '../../ports/broker.ts';
import type { NamedTimers } from './named-timers.ts';
import type { RetainedStates } from './retained-states.ts';
import { stateRefusal } from './uplink-problem.ts';
import type { UplinkTrials } from './uplink-trials.ts';

/** Pause before a state is offered again to a busy broker. */
const STATE_PAUSE_MS = 10_000;

interface StateFeedDeps {
  readonly states: RetainedStates;
  readonly trials: UplinkTrials;
  readonly timers: NamedTimers<'states' | 'aside'>;
  /** Called when the set of states that the broker refuses has changed. */
  readonly onComplaint: () => void;
  /** Called when a state may be offered again. */
  readonly onOffer: () => void;
}

/** The retained states of one session. One that the broker does not take is offered again later, beside the others. */
export class StateFeed {
  readonly #deps: StateFeedDeps;
  readonly #busy = new Set<string>();

  constructor(deps: StateFeedDeps) {
    this.#deps = deps;
  }

  /** Whether a state waits that may be sent. */
  get hasMore(): boolean {
    const { states, trials } = this.#deps;
    return states.hasUnsent((topic) => trials.isSetAside(topic));
  }

  /** The next state to send. */
  next(): OutgoingMessage | undefined {
    const { states, trials, timers, onOffer } = this.#deps;
    const message = states.take((topic) => trials.isSetAside(topic));
    const offerMs = trials.nextOfferMs();
    if (offerMs !== undefined) timers.set('aside', offerMs, onOffer);
    return message;
  }

  answered(topic: string, answer: PublishAnswer): void {
    const { states, trials, onComplaint } = this.#deps;
    if (answer.status === 'busy') {
      this.#offerAgain(topic);
      return;
    }
    if (answer.status === 'stored') {
      states.stored(topic);
      if (trials.accept(topic)) onComplaint();
      return;
    }
    states.putBack(topic);
    trials.refuse(topic, stateRefusal(answer));
    onComplaint();
  }

  #offerAgain(topic: string): void {
    this.#busy.add(topic);
    this.#deps.timers.set('states', STATE_PAUSE_MS, () => {
      for (const busy of this.#busy) this.#deps.states.putBack(busy);
      this.#busy.clear();
      this.#deps.onOffer();
    });
  }
}
