import type { TalkEnd, TalkStatus } from '../../core/access/vocabulary.ts';
import {
  NO_TALK,
  stepTalk,
  type TalkInput,
  type TalkState,
  type TalkStep,
  talkStatus,
} from '../../core/assist/talk.ts';
import type { GateState } from '../../ports/gate-state.ts';

interface TalkLineDeps {
  readonly accessPoint: string;
  readonly state: Pick<GateState, 'talkNews'>;
  /** A new id of a talk. */
  readonly newId: () => string;
  /** Voices go, or the talk is over. */
  readonly onCall: (input: NonNullable<TalkStep['call']>) => void;
  /** The status may be another. */
  readonly onChange: () => void;
}

/** The pages at one access point that could talk with a guard, and what is passed on between the two that do. */
export class TalkLine {
  readonly #deps: TalkLineDeps;
  #state: TalkState = NO_TALK;

  constructor(deps: TalkLineDeps) {
    this.#deps = deps;
  }

  /** @param atGate somebody has pressed at the gate itself */
  status(atGate: boolean): TalkStatus {
    return talkStatus(this.#state, atGate);
  }

  /** Takes what a page says, or that it is gone. */
  take(input: Exclude<TalkInput, { from: 'call' }>): void {
    this.#take(input);
  }

  /** A guard has answered by voice. */
  begin(operator: string): void {
    this.#take({ from: 'call', talk: this.#deps.newId(), operator });
  }

  /** The call is not about a talk any more. */
  end(over: TalkEnd): void {
    this.#take({ from: 'call', over });
  }

  #take(input: TalkInput): void {
    const { accessPoint, state, onCall, onChange } = this.#deps;
    const { state: next, tell, call } = stepTalk(this.#state, input, accessPoint);
    const isNews = next !== this.#state;
    this.#state = next;
    for (const news of tell) state.talkNews.tell(news);
    if (isNews) onChange();
    if (call !== undefined) onCall(call);
  }
}
