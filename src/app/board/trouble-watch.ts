import type { Clock } from '../../ports/clock.ts';
import type { DeviceView, DoorView } from '../../ports/gate-state.ts';
import type { GuardFeed, GuardTopics } from '../../ports/guard-feed.ts';
import type { Attention } from './attention.ts';

/** Passes everything on to the guard's screens, and has them remember doors and devices that were in trouble. */
export class TroubleWatch implements GuardFeed {
  readonly #feed: GuardFeed;
  readonly #clock: Clock;
  readonly #attention: () => Attention;

  constructor(options: { feed: GuardFeed; clock: Clock; attention: () => Attention }) {
    this.#feed = options.feed;
    this.#clock = options.clock;
    this.#attention = options.attention;
  }

  publish<T extends keyof GuardTopics & string>(topic: T, value: GuardTopics[T]): void {
    this.#feed.publish(topic, value);
    if (topic.startsWith('device/')) this.#attention().deviceIs(value as DeviceView);
    else if (topic.startsWith('door/'))
      this.#attention().doorIs(value as DoorView, this.#clock.read().wallMs);
  }
}
