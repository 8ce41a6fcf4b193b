import type { Clock } from '../ports/clock.ts';
import type { DemoMessage } from '../ports/demo-panel.ts';

const KEPT = 20;
/** Longest text of a message that the panel shows, in characters. */
const TEXT_MAX = 1_500;

/** The newest messages of the demo's broker, newest first. */
export class BrokerMessages {
  readonly #clock: Clock;
  #messages: readonly DemoMessage[] = [];
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(topic: string, payload: Uint8Array, retained: boolean): void {
    this.#count += 1;
    const text = new TextDecoder().decode(payload).slice(0, TEXT_MAX);
    const message = { id: this.#count, topic, retained, text, timeMs: this.#clock.read().wallMs };
    this.#messages = [message, ...this.#messages].slice(0, KEPT);
  }

  list(): readonly DemoMessage[] {
    return this.#messages;
  }
}
