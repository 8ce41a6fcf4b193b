import type { OutgoingMessage } from '../ports/broker.ts';

/** The newest value of each retained topic, and which of them the broker does not have yet. */
export class RetainedStates {
  readonly #payloads = new Map<string, Uint8Array>();
  readonly #unsent = new Set<string>();

  /** @param value sent as JSON; undefined empties the topic at the broker. */
  set(topic: string, value: object | undefined): void {
    const text = value === undefined ? '' : JSON.stringify(value);
    this.#payloads.set(topic, new TextEncoder().encode(text));
    this.#unsent.add(topic);
  }

  /** The next value to send; it counts as sent. */
  take(): OutgoingMessage | undefined {
    for (const topic of this.#unsent) {
      this.#unsent.delete(topic);
      const payload = this.#payloads.get(topic);
      if (payload !== undefined) return { topic, payload, retain: true, contentType: 'application/json' };
    }
    return undefined;
  }

  /** The broker did not take it: it is due again, with its newest value. */
  putBack(topic: string): void {
    this.#unsent.add(topic);
  }

  /** Everything is due again: the broker may have lost it. */
  putAllBack(): void {
    for (const topic of this.#payloads.keys()) this.#unsent.add(topic);
  }
}
