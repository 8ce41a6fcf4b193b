import { GatepostError } from '../../core/errors.ts';
import type { BrokerConnection, OutgoingMessage, PublishAnswer } from '../../ports/broker.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { Unanswered, UplinkTrials } from './uplink-trials.ts';

/** Most publishes in flight, whatever the broker would take. */
const LARGEST_WINDOW = 20;
/** Without any answer for this long the connection is given up. */
const SILENCE_MS = 30_000;

interface PublishWindowDeps {
  readonly connection: BrokerConnection;
  readonly clock: Clock;
  readonly trials: UplinkTrials;
  /** The broker answers nothing any more. */
  readonly onSilent: (cause: GatepostError) => void;
}

/** What is in flight over one connection: never more than the broker takes, and never without an answer for long. */
export class PublishWindow {
  readonly #size: number;
  readonly #deps: PublishWindowDeps;
  /** In order; a window's worth. Not a Set: V8 keeps the old tables of one that changes all the time for long. */
  #inFlight: Unanswered[] = [];
  #lastAnswerMs = 0;
  #cancelWatch: Cancel | undefined;
  #ended = false;

  constructor(deps: PublishWindowDeps) {
    this.#deps = deps;
    this.#size = Math.max(1, Math.min(deps.connection.receiveMaximum, LARGEST_WINDOW));
  }

  /** Most messages in flight just now. */
  get size(): number {
    return this.#deps.trials.isCareful ? 1 : this.#size;
  }

  get isEmpty(): boolean {
    return this.#inFlight.length === 0;
  }

  get isFull(): boolean {
    return this.#inFlight.length >= this.size;
  }

  /** What is on its way, in order. */
  get unanswered(): readonly Unanswered[] {
    return this.#inFlight;
  }

  /**
   * @param sequence of an event
   * @param onAnswer called once, unless the window has ended or the connection is lost before
   */
  publish(
    message: OutgoingMessage,
    sequence: number | undefined,
    onAnswer: (answer: PublishAnswer) => void,
  ): void {
    if (this.isEmpty) this.#lastAnswerMs = this.#nowMs();
    const sent: Unanswered = { topic: message.topic, ...(sequence === undefined ? {} : { sequence }) };
    this.#inFlight.push(sent);
    this.#watch();
    this.#deps.connection.publish(message).then(
      (answer) => {
        if (this.#ended) return;
        this.#inFlight.splice(this.#inFlight.indexOf(sent), 1);
        this.#lastAnswerMs = this.#nowMs();
        onAnswer(answer);
      },
      // No answer came: the link's `closed` says so to the reconnector, and the cursor has not moved.
      () => undefined,
    );
  }

  /** The connection is over: nobody is told of later answers. */
  end(): void {
    this.#ended = true;
    this.#cancelWatch?.();
  }

  /** Keeps one timer while something is in flight. */
  #watch(): void {
    if (this.#ended || this.#cancelWatch !== undefined) return;
    const waitedMs = this.#nowMs() - this.#lastAnswerMs;
    this.#cancelWatch = this.#deps.clock.schedule(SILENCE_MS - waitedMs, () => {
      this.#cancelWatch = undefined;
      if (this.isEmpty) return;
      if (this.#nowMs() - this.#lastAnswerMs < SILENCE_MS) this.#watch();
      else this.#deps.onSilent(silence());
    });
  }

  #nowMs(): number {
    return this.#deps.clock.read().monotonicMs;
  }
}

function silence(): GatepostError {
  return new GatepostError(
    'broker.lost',
    `The broker acknowledged nothing for ${SILENCE_MS / 1000} s; the connection is made anew.`,
  );
}
