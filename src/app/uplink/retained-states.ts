import type { OutgoingMessage } from '../../ports/broker.ts';

/** The newest value of each retained topic, and which of them the broker does not have yet. */
export class RetainedStates {
  readonly #payloads = new Map<string, Uint8Array>();
  readonly #unsent = new Set<string>();
  /** Topics that the broker has taken over the present connection. */
  readonly #stored = new Set<string>();
  readonly #onStored = new Map<string, () => void>();

  /**
   * @param value sent as JSON; undefined empties the topic at the broker.
   * @param onStored called once, when the broker has taken it
   */
  set(topic: string, value: object | undefined, onStored?: () => void): void {
    const text = value === undefined ? '' : JSON.stringify(value);
    this.#payloads.set(topic, new TextEncoder().encode(text));
    this.#unsent.add(topic);
    if (onStored === undefined) this.#onStored.delete(topic);
    else this.#onStored.set(topic, onStored);
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

  /** The broker did not take the topic: its newest value must be sent again. */
  putBack(topic: string): void {
    this.#unsent.add(topic);
  }

  stored(topic: string): void {
    this.#stored.add(topic);
    if (this.#unsent.has(topic)) return;
    this.#onStored.get(topic)?.();
    this.#onStored.delete(topic);
  }

  /** Whether a value waits to be sent. */
  hasUnsent(isSetAside: (topic: string) => boolean): boolean {
    for (const topic of this.#unsent) if (!isSetAside(topic)) return true;
    return false;
  }

  /**
   * Everything must be sent again, because the broker may have lost it. Topics that it had not taken over the last
   * connection come first, so that each is sent once even if connections are short.
   * @param last the topic to send last
   */
  putAllBack(last: string | undefined): void {
    const rank = (topic: string): number => (topic === last ? 2 : this.#stored.has(topic) ? 1 : 0);
    const topics = [...this.#payloads.keys()].sort((one, other) => rank(one) - rank(other));
    this.#unsent.clear();
    this.#stored.clear();
    for (const topic of topics) this.#unsent.add(topic);
  }
}
