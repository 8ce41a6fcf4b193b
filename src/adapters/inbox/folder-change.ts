import { statSync } from 'node:fs';
import type { Clock } from '../../ports/clock.ts';

/** A change is looked at for this long: the time of a folder moves in steps, so two changes may have one time. */
const CHANGING_MS = 2_000;
/** Looked at without any sign of a change, too. */
const LOOK_AT_LEAST_EVERY_MS = 10_000;

/**
 * Tells whether a folder is worth a look: one into which files come by renaming shows each in its own time. A look takes
 * several calls on other threads, this one takes microseconds, and nearly always there is nothing.
 */
export class FolderChange {
  readonly #folder: string;
  readonly #clock: Clock;
  #state = '';
  #changedAtMs = 0;
  #lookedAtMs = 0;

  constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  /** Whether to look now; whoever asks then looks. A folder that cannot be asked is looked at. */
  isDue(): boolean {
    const { monotonicMs } = this.#clock.read();
    const state = this.#read();
    if (state === undefined || state !== this.#state) {
      this.#state = state ?? '';
      this.#changedAtMs = monotonicMs;
    }
    const isQuiet = monotonicMs - this.#changedAtMs >= CHANGING_MS;
    if (isQuiet && monotonicMs - this.#lookedAtMs < LOOK_AT_LEAST_EVERY_MS) return false;
    this.#lookedAtMs = monotonicMs;
    return true;
  }

  #read(): string | undefined {
    try {
      const { ino, mtimeNs } = statSync(this.#folder, { bigint: true });
      return `${ino} ${mtimeNs}`;
    } catch {
      return undefined;
    }
  }
}
