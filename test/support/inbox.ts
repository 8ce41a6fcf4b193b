/** Collects the calls of a callback, so that a test can await them instead of sleeping. */
export class Inbox<T> {
  readonly items: T[] = [];
  readonly #waiting: (() => void)[] = [];

  readonly put = (item: T): void => {
    this.items.push(item);
    for (const check of this.#waiting.splice(0)) check();
  };

  /** Resolves when `condition` is true for everything received so far. */
  async until(condition: (items: readonly T[]) => boolean): Promise<readonly T[]> {
    while (!condition(this.items)) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.items;
  }
}
