import { GatepostError } from '../../core/errors.ts';
import type { BrokerConnection, OutgoingMessage, PublishAnswer } from '../../ports/broker.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { Unanswered, UplinkTrials } from './uplink-trials.ts';

/** Largest number of publishes in flight, also if the broker would take more. */
const LARGEST_WINDOW = 20;
/** Without any answer for this long the connection is given up. */
const SILENCE_MS = 30_000;

interface PublishWindowDeps {
  readonly connection: BrokerConnection;
  readonly clock: Clock;
  readonly trials: UplinkTrials;
  /** Called when the broker does not answer any more. */
  readonly onSilent: (cause: GatepostError) => void;
}

/**
 * The messages in flight over one connection: never more than the broker takes. Gives the connection up if no answer
 * comes for `SILENCE_MS`.
 */
export class PublishWindow {
  readonly #size: number;
  readonly #deps: PublishWindowDeps;
  /** In order; at most a window. An array, because V8 keeps the old tables of a Set that changes all the time. */
  #inFlight: Unanswered[] = [];
  #lastAnswerMs = 0;
  #cancelWatch: Cancel | undefined;
  #ended = false;

  constructor(deps: PublishWindowDeps) {
    this.#deps = deps;
    this.#size = Math.max(1, Math.min(deps.connection.receiveMaximum, LARGEST_WINDOW));
  }

  /** The largest number of messages in flight at present. */
  get size(): number {
    return this.#deps.trials.isCareful ? 1 : this.#size;
  }

  get isEmpty(): boolean {
    return this.#inFlight.length === 0;
  }

  get isFull(): boolean {
    return this.#inFlight.length >= this.size;
  }

  /** The messages without an answer, in order. */
  get unanswered(): readonly Unanswered[] {
    return this.#inFlight;
  }

  /**
   * @param about the event in it, if it is one
   * @param onAnswer called once, unless the window ends or the connection is lost before
   */
  publish(
    message: OutgoingMessage,
    about: Omit<Unanswered, 'topic'>,
    onAnswer: (answer: PublishAnswer) => void,
  ): void {
    if (this.isEmpty) this.#lastAnswerMs = this.#nowMs();
    const sent: Unanswered = { topic: message.topic, ...about };
    this.#inFlight.push(sent);
    this.#watch();
    this.#deps.connection.publish(message).then(
      (answer) => {
        if (this.#ended) return;
        this.#inFlight.splice(this.#inFlight.indexOf(sent), 1);
        this.#lastAnswerMs = this.#nowMs();
        onAnswer(answer);
      },
      // No answer came. The reconnector learns it from the link's `closed`, and the cursor has not moved.
      () => undefined,
    );
  }

  /** The connection is over: later answers are ignored. */
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
