import type { Config } from '../config/schema.ts';
import type { SimulatedWorld } from '../demo/simulated-devices.ts';
import type { Clock } from '../ports/clock.ts';

/** What devices are made from. */
export interface DeviceContext {
  readonly config: Config;
  readonly clock: Clock;
  /** Where what the config calls simulated is plugged in. */
  readonly world: SimulatedWorld;
}
