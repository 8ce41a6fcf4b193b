import { GatepostError } from '../core/errors.ts';
import type { BrokerConnection, OutgoingMessage, PublishAnswer } from '../ports/broker.ts';
import type { Cancel, Clock } from '../ports/clock.ts';

/** Most publishes in flight, whatever the broker would take. */
const LARGEST_WINDOW = 20;
/** Without any answer for this long the connection is given up. */
const SILENCE_MS = 30_000;

export interface PublishWindowOptions {
  readonly connection: BrokerConnection;
  readonly clock: Clock;
  /** The broker answers nothing any more. */
  readonly onSilent: (cause: GatepostError) => void;
}

/** What is in flight over one connection: never more than the broker takes, and never without an answer for long. */
export class PublishWindow {
  readonly size: number;
  readonly #options: PublishWindowOptions;
  #inFlight = 0;
  #lastAnswerMs = 0;
  #cancelWatch: Cancel | undefined;
  #ended = false;

  constructor(options: PublishWindowOptions) {
    this.#options = options;
    this.size = Math.max(1, Math.min(options.connection.receiveMaximum, LARGEST_WINDOW));
  }

  get isEmpty(): boolean {
    return this.#inFlight === 0;
  }

  get isFull(): boolean {
    return this.#inFlight >= this.size;
  }

  /** @param onAnswer called once, unless the window has ended or the connection is lost before */
  publish(message: OutgoingMessage, onAnswer: (answer: PublishAnswer) => void): void {
    if (this.isEmpty) this.#lastAnswerMs = this.#nowMs();
    this.#inFlight += 1;
    this.#watch();
    this.#options.connection.publish(message).then(
      (answer) => {
        if (this.#ended) return;
        this.#inFlight -= 1;
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
    this.#cancelWatch = this.#options.clock.schedule(SILENCE_MS - waitedMs, () => {
      this.#cancelWatch = undefined;
      if (this.isEmpty) return;
      if (this.#nowMs() - this.#lastAnswerMs < SILENCE_MS) this.#watch();
      else this.#options.onSilent(silence());
    });
  }

  #nowMs(): number {
    return this.#options.clock.read().monotonicMs;
  }
}

function silence(): GatepostError {
  return new GatepostError(
    'broker.lost',
    `The broker acknowledged nothing for ${SILENCE_MS / 1000} s; the connection is made anew.`,
  );
}
