import type { Config } from '../config/schema.ts';
import type { SimulatedWorld } from '../demo/simulated-devices.ts';
import type { Clock } from '../ports/clock.ts';

/** What devices are made from. */
export interface DeviceContext {
  readonly config: Config;
  readonly clock: Clock;
  /** Takes the devices that the config calls `simulated`. */
  readonly world: SimulatedWorld;
}
