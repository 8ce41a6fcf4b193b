import type { AttentionView, GuardFeed } from '../ports/guard-feed.ts';

/** More at once nobody can look at; the oldest goes. */
const MOST_ITEMS = 20;

/** What the guard must look at now, newest first. In memory: all of it is in the log as well. */
export class Attention {
  readonly #feed: GuardFeed;
  #items: readonly AttentionView[] = [];

  constructor(feed: GuardFeed) {
    this.#feed = feed;
  }

  /** Replaces an item of the same id. */
  raise(item: AttentionView): void {
    this.#items = [item, ...this.#items.filter(({ id }) => id !== item.id)].slice(0, MOST_ITEMS);
    this.#publish();
  }

  /** An access point is locked out from `sinceMs` until `untilMs`, or no longer where that is undefined. */
  lockOut(accessPoint: string, sinceMs: number, untilMs: number | undefined): void {
    const id = `lockOut:${accessPoint}`;
    if (untilMs !== undefined) {
      this.raise({ id, kind: 'lockOut', accessPoint, sinceMs, untilMs });
      return;
    }
    this.#items = this.#items.filter((item) => item.id !== id);
    this.#publish();
  }

  #publish(): void {
    this.#feed.publish('attention', this.#items);
  }
}
