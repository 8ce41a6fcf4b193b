import type { PassageShow } from '../../core/passage/passage.ts';
import type { Guidance } from '../../core/screening/guidance.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';

/** How long a second person is told to wait while the first is led to the sensor, in milliseconds. */
const ASIDE_MS = 1_500;

const NOTHING: Guidance = { hint: undefined, progress: 0 };

/** What the screen says to lead a person to the sensor, and when it is silent about that. */
export class SensorGuide {
  readonly #clock: Clock;
  readonly #onChange: () => void;
  #guidance = NOTHING;
  #endAside: Cancel | undefined;

  /** @param onChange called when something else is to be said from now on */
  constructor(clock: Clock, onChange: () => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** Takes how the measurement goes. */
  take(guidance: Guidance): void {
    this.#guidance = guidance;
    if (this.#endAside === undefined) this.#onChange();
  }

  /** Another person is told something for a moment. */
  beginAside(): void {
    this.endAside();
    this.#endAside = this.#clock.schedule(ASIDE_MS, () => {
      this.#endAside = undefined;
      this.#onChange();
    });
  }

  endAside(): void {
    this.#endAside?.();
    this.#endAside = undefined;
  }

  /** What to say to the person of this view; nothing in the pause before a second measurement. */
  about({ feedback, waitMs }: PassageShow): Guidance {
    const isLed = feedback === 'Measure' && waitMs === undefined && this.#endAside === undefined;
    return isLed ? this.#guidance : NOTHING;
  }
}
