import type { EventEnvelope } from '../../../src/core/events/event.ts';
import { MqttSubscriber } from '../broker/mqtt-subscriber.ts';

/** A published event: its bytes and its content. */
export interface ReceivedEvent {
  readonly name: string;
  readonly body: Buffer;
  readonly event: EventEnvelope;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into the data of whatever event it awaited
  readonly data: any;
}

/** A central server: receives the events of one gate and lets a test await them. */
export class EventWatch {
  readonly #subscriber: MqttSubscriber;
  #from = 0;

  private constructor(subscriber: MqttSubscriber) {
    this.#subscriber = subscriber;
  }

  /** Its session stays over connections, so that no event is missed. */
  static async start(url: string): Promise<EventWatch> {
    const topics = ['gates/v1/willow-court/north/evt/#'];
    return new EventWatch(await MqttSubscriber.start({ url, topics, persistentId: 'central' }));
  }

  /** Everything received so far, including repeats. */
  get all(): readonly ReceivedEvent[] {
    return this.#subscriber.messages.map(({ payload }) => {
      const event = JSON.parse(payload.toString('utf8')) as EventEnvelope;
      const name = event.type.replace(/^io\.gatepost\.(.+)\.v1$/, '$1');
      return { name, body: payload, event, data: event.data };
    });
  }

  /** What came since the last mark. */
  get recent(): readonly ReceivedEvent[] {
    return this.all.slice(this.#from);
  }

  /** Sets the mark: `recent` and next() then start from now. */
  mark(): void {
    this.#from = this.#subscriber.messages.length;
  }

  /** The first event of that name since the mark. */
  async next(name: string): Promise<ReceivedEvent> {
    let found: ReceivedEvent | undefined;
    await this.until((events) => {
      found = events.find((event) => event.name === name);
      return found !== undefined;
    });
    if (found === undefined) throw new Error(`${name} did not come`);
    return found;
  }

  /** Waits until `met` is true for the events since the mark. */
  until(met: (events: readonly ReceivedEvent[]) => boolean): Promise<void> {
    return this.#subscriber.until(() => met(this.recent));
  }

  async stop(): Promise<void> {
    await this.#subscriber.stop();
  }
}
