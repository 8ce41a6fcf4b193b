/** Collects the calls of a callback, so that a test can await them instead of sleeping. */
export class Inbox<T> {
  readonly items: T[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #listeners: ((item: T) => void)[] = [];

  readonly put = (item: T): void => {
    this.items.push(item);
    for (const listener of this.#listeners) listener(item);
    for (const check of this.#waiting.splice(0)) check();
  };

  /** Calls the listener with everything that is received from now on. */
  onPut(listener: (item: T) => void): void {
    this.#listeners.push(listener);
  }

  /** Resolves when `condition` is true for everything received so far. */
  async until(condition: (items: readonly T[]) => boolean): Promise<readonly T[]> {
    while (!condition(this.items)) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.items;
  }
}
