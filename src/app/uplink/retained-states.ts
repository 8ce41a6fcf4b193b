import type { OutgoingMessage } from '../../ports/broker.ts';

/** The newest value of each retained topic, and which of them the broker does not have yet. */
export class RetainedStates {
  readonly #payloads = new Map<string, Uint8Array>();
  readonly #unsent = new Set<string>();
  /** What the broker took over the present connection. */
  readonly #stored = new Set<string>();

  /** @param value sent as JSON; undefined empties the topic at the broker. */
  set(topic: string, value: object | undefined): void {
    const text = value === undefined ? '' : JSON.stringify(value);
    this.#payloads.set(topic, new TextEncoder().encode(text));
    this.#unsent.add(topic);
  }

  /**
   * The next value to send; it counts as sent.
   * @param isSetAside topics to pass over
   */
  take(isSetAside: (topic: string) => boolean): OutgoingMessage | undefined {
    for (const topic of this.#unsent) {
      if (isSetAside(topic)) continue;
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

  stored(topic: string): void {
    this.#stored.add(topic);
  }

  /** Whether a value waits to be sent. */
  hasUnsent(isSetAside: (topic: string) => boolean): boolean {
    for (const topic of this.#unsent) if (!isSetAside(topic)) return true;
    return false;
  }

  /**
   * Everything is due again: the broker may have lost it. What it had not taken before the connection ended comes
   * first, so that all have their turn where connections are short.
   * @param last the topic that comes last of all
   */
  putAllBack(last: string | undefined): void {
    const rank = (topic: string): number => (topic === last ? 2 : this.#stored.has(topic) ? 1 : 0);
    const topics = [...this.#payloads.keys()].sort((one, other) => rank(one) - rank(other));
    this.#unsent.clear();
    this.#stored.clear();
    for (const topic of topics) this.#unsent.add(topic);
  }
}
