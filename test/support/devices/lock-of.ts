import { type OutputDriver, TimedOutput } from '../../../hardware/gpio/timed-output.ts';
import type { Clock } from '../../../src/ports/clock.ts';

/** The lock of the main door on this output. */
export function lockOf(clock: Clock, driver: OutputDriver): TimedOutput {
  return new TimedOutput({ name: 'lock of door main', driver, clock });
}
