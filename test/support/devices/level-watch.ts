import { type FSWatcher, readFileSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { Inbox } from '../inbox.ts';

/** Records every change in the level file of a simulated lock. */
export class LevelWatch {
  /** '1' released, '0' at rest; the level at the beginning is not in it. */
  readonly changes = new Inbox<string>();
  readonly #path: string;
  readonly #onRise: () => void;
  readonly #watcher: FSWatcher;
  #last = '0';

  /** @param onRise called as soon as the release is seen */
  constructor(path: string, onRise: () => void = () => undefined) {
    this.#path = path;
    this.#onRise = onRise;
    this.#watcher = watch(dirname(path), (_event, name) => {
      if (name === basename(path)) this.#look();
    });
  }

  /** The level right now. */
  get level(): string {
    return readFileSync(this.#path, 'utf8').trim();
  }

  /** How often the lock was released so far. */
  get releases(): number {
    return this.changes.items.filter((level) => level === '1').length;
  }

  stop(): void {
    this.#watcher.close();
  }

  #look(): void {
    const { level } = this;
    // The file is empty for a moment when it is created.
    if (level === '' || level === this.#last) return;
    this.#last = level;
    if (level === '1') this.#onRise();
    this.changes.put(level);
  }
}
