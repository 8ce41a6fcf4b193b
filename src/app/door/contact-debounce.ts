import type { DoorPhysicalState } from '../../core/access/vocabulary.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';

/**
 * More changes than this within the window are a Fault, e.g. a loose cable or a person with a magnet. Each person of a
 * queue makes two, and no queue passes more than 72 people a minute.
 */
const CHANGES_ALLOWED = 24;
const WINDOW_MS = 10_000;

/** A contact that flickered is trusted again when it has not changed for this time. */
const CALM_MS = 2_000;

/**
 * Debounces a door contact. A state counts when it has lasted long enough. A contact that never stays in one state, or
 * changes too often for a door, is Fault. Unknown and Fault count at once.
 */
export class ContactDebounce {
  readonly #clock: Clock;
  readonly #lastMs: number;
  readonly #onState: (state: DoorPhysicalState) => void;
  #settled: DoorPhysicalState = 'Unknown';
  #raw: DoorPhysicalState = 'Unknown';
  #flickers = false;
  /** Times of the latest changes of the raw state, monotonic milliseconds. */
  #changes: number[] = [];
  #cancel: Cancel | undefined;

  /** @param deps.lastMs how long a state must last, in milliseconds */
  constructor(deps: { clock: Clock; lastMs: number; onState: (state: DoorPhysicalState) => void }) {
    this.#clock = deps.clock;
    this.#lastMs = deps.lastMs;
    this.#onState = deps.onState;
  }

  /** Takes a state from the driver. */
  take(state: DoorPhysicalState): void {
    if (state === this.#raw) return;
    const nothingKnown = this.#raw === 'Unknown' || this.#raw === 'Fault';
    this.#raw = state;
    this.#stopTimer();
    if (nothingKnown || state === 'Unknown' || state === 'Fault') {
      this.#settle();
      return;
    }
    this.#countChange();
    if (this.#flickers) this.#settleTo('Fault');
    this.#cancel = this.#clock.schedule(this.#flickers ? CALM_MS : this.#lastMs, () => this.#settle());
  }

  /** Accepts a pending change now, unless the contact flickers. */
  flush(): void {
    if (this.#cancel === undefined || this.#flickers) return;
    this.#stopTimer();
    this.#settle();
  }

  #countChange(): void {
    const now = this.#clock.read().monotonicMs;
    this.#changes = [...this.#changes.filter((at) => now - at < WINDOW_MS), now].slice(-CHANGES_ALLOWED - 1);
    if (this.#changes.length > CHANGES_ALLOWED) this.#flickers = true;
  }

  #settle(): void {
    this.#cancel = undefined;
    if (this.#flickers) this.#changes = [];
    this.#flickers = false;
    this.#settleTo(this.#raw);
  }

  #settleTo(state: DoorPhysicalState): void {
    if (state === this.#settled) return;
    this.#settled = state;
    this.#onState(state);
  }

  #stopTimer(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
