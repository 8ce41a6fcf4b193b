import type { ThermometerFrame } from './screening.ts';

/**
 * Real thermopile noise moves the last digit; an object value that stays the same to 0.01 °C for this long comes
 * from a stuck module (hardware-facts 1.10), whatever it says.
 */
const STUCK_MS = 10_000;
/** A slow module repeats itself by chance; this many equal frames do not happen by chance. */
const STUCK_FRAMES = 20;

export interface StuckWatch {
  readonly objectC: number | undefined;
  readonly sinceMs: number;
  readonly frames: number;
}

export const INITIAL_STUCK_WATCH: StuckWatch = { objectC: undefined, sinceMs: 0, frames: 0 };

/** Follows one frame. */
export function watchForStuck(watch: StuckWatch, frame: ThermometerFrame): StuckWatch {
  if (watch.objectC !== frame.objectC) return { objectC: frame.objectC, sinceMs: frame.atMs, frames: 1 };
  return { ...watch, frames: watch.frames + 1 };
}

/** Whether the module repeats one value for so long that it must be stuck. */
export function isStuck(watch: StuckWatch, nowMs: number): boolean {
  return watch.frames >= STUCK_FRAMES && nowMs - watch.sinceMs >= STUCK_MS;
}
