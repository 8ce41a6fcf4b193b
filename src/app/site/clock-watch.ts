import type { TimeQuality } from '../../core/access/vocabulary.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { GateState } from '../../ports/gate-state.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { EventWriter } from '../log/event-writer.ts';

interface ClockWatchDeps {
  readonly clock: Clock;
  readonly notes: EventWriter;
  readonly state: Pick<GateState, 'clock'>;
  /** Id of this kiosk, the subject of the events. */
  readonly gate: string;
  /** How often it looks, in milliseconds. */
  readonly everyMs: number;
}

/** Publishes the time and its quality; each change of the quality is an event. */
export class ClockWatch implements Lifecycle {
  readonly #deps: ClockWatchDeps;
  #cancel: Cancel | undefined;
  #quality: TimeQuality | undefined;

  constructor(deps: ClockWatchDeps) {
    this.#deps = deps;
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#cancel === undefined) this.#look();
  }

  async stop(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #look(): void {
    const { clock, notes, state, gate, everyMs } = this.#deps;
    const { wallMs, quality } = clock.read();
    state.clock.set({ wallMs, quality });
    const previous = this.#quality;
    if (quality !== previous) {
      this.#quality = quality;
      const data = previous === undefined ? { quality } : { quality, previous };
      notes.tryWrite({ name: 'device.clock', subject: gate, data });
    }
    this.#cancel = clock.schedule(everyMs, () => this.#look());
  }
}
