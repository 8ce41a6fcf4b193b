import type { DoorPhysicalState } from '../core/access/vocabulary.ts';
import type { DeviceLink } from './device-link.ts';

/** The switch that tells whether a door stands open. */
export interface DoorContact {
  readonly driver: string;
  readonly simulated: boolean;
  /** Reports the present state at once and then every change, undebounced. Rejects with a `device.*` or `gpio.*` error. */
  open(onState: (state: DoorPhysicalState) => void, signal: AbortSignal): Promise<DeviceLink>;
}
