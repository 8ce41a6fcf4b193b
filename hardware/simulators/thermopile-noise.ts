/** Noise of one reading in hundredths of a degree. */
export type Noise = () => number;

/** Each once, so that the mean of every seven readings is exactly the value without noise. */
const STEPS = [-3, -2, -1, 0, 1, 2, 3] as const;

/**
 * The last-digit noise of a real thermopile: at most ±0.03 °C, the same for the same seed, and never a bias, because
 * each value comes once in every seven readings.
 * @param seed whole number from 0 to 2^32 - 1
 */
export function thermopileNoise(seed = 1): Noise {
  let state = seed >>> 0;
  let left: number[] = [];
  return () => {
    if (left.length === 0) left = [...STEPS];
    // Linear congruential generator of Numerical Recipes; its high bits are good enough for a last digit.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const [step] = left.splice(Math.floor((state / 2 ** 32) * left.length), 1);
    return step ?? 0;
  };
}
