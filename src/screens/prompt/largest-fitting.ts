interface Tried {
  readonly isFitting: boolean;
  /** How much of the room is filled, in heights of it: more than 1 is too much. */
  readonly filled: number;
}

/** Where most sizes are found, between the smallest and the largest. */
const FIRST_GUESS = 0.5;
/** Words that get taller and wider fill room by more than their size, and by less than its square: some keep theirs. */
const GROWTH = 1.2;
/** After so many guesses the rest is halved: they are of no use then. */
const MOST_GUESSES = 6;
/** So many too large, and it is asked whether any fits. */
const MOST_TOO_LARGE = 2;

/**
 * The largest whole size from `smallest` to `most` at which something fits; undefined where none does. What fits at one
 * size has to fit at each smaller one. The next size is guessed from how much the others filled, so few are tried.
 */
export function largestFitting(
  smallest: number,
  most: number,
  tryOut: (size: number) => Tried,
): number | undefined {
  let fits: Size = { size: smallest - 1 };
  let exceeds: Size = { size: most + 1 };
  let size = Math.ceil(smallest + (most - smallest) * FIRST_GUESS);
  for (let tries = 1; fits.size + 1 < exceeds.size; tries++) {
    const { isFitting, filled } = tryOut(size);
    if (isFitting) fits = { size, filled };
    else exceeds = { size, filled };
    const isLost = fits.filled === undefined && tries >= MOST_TOO_LARGE;
    const next = isLost
      ? smallest
      : tries < MOST_GUESSES
        ? guessed(fits, exceeds)
        : (fits.size + exceeds.size) / 2;
    size = Math.floor(Math.min(exceeds.size - 1, Math.max(fits.size + 1, next)));
  }
  return fits.filled === undefined ? undefined : fits.size;
}

interface Size {
  readonly size: number;
  readonly filled?: number;
}

/** The size that would fill all the room, as far as these two tell. */
function guessed(fits: Size, exceeds: Size): number {
  const [below, above] = [fits.filled ?? 0, exceeds.filled ?? 0];
  if (below > 0 && above > 1)
    return fits.size * (exceeds.size / fits.size) ** (Math.log(below) / Math.log(below / above));
  if (below > 0 && exceeds.filled === undefined) return fits.size * below ** -(1 / GROWTH);
  // Too wide, as it seems: how much is not told.
  return above > 1 ? exceeds.size * above ** -(1 / GROWTH) : (fits.size + exceeds.size) / 2;
}
