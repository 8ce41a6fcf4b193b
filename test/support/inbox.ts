/** Collects what a callback is told, so that a test can await it instead of sleeping. */
export class Inbox<T> {
  readonly items: T[] = [];
  readonly #waiting: (() => void)[] = [];

  readonly put = (item: T): void => {
    this.items.push(item);
    for (const check of this.#waiting.splice(0)) check();
  };

  /** Resolves once `condition` holds for everything that came so far. */
  async until(condition: (items: readonly T[]) => boolean): Promise<readonly T[]> {
    while (!condition(this.items)) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.items;
  }
}
