import type { SensorFault } from '../core/screening/screening.ts';
import type { DeviceLink } from './device-link.ts';

/** Why a valid frame contains no distance. `out_of_range`: nothing in reach, or something too near. */
export type NoDistanceCause = 'out_of_range' | 'too_weak' | 'saturated';

export type DistanceEvent =
  /** `distanceMm` in millimetres as the sensor sent it; `atMs` is the monotonic arrival of the frame's last byte. */
  | { readonly type: 'distance'; readonly distanceMm: number; readonly atMs: number }
  | { readonly type: 'no_distance'; readonly cause: NoDistanceCause; readonly atMs: number }
  /** Bytes that are not a reading. Reported once, and again only after a good frame. */
  | { readonly type: 'fault'; readonly cause: SensorFault; readonly detail: string; readonly atMs: number };

/** Measures the distance of the object in front of it, continuously while open. */
export interface DistanceSensor {
  readonly driver: string;
  readonly simulated: boolean;
  /** Longest pause between two frames of a working device, in milliseconds. */
  readonly silenceMs: number;
  /** The setting of its line, for people who look for the right speed: `9600 baud, 8N1`. */
  readonly lineSetting: string;
  /** Opens the device once; rejects with a `device.*` error. */
  open(onEvent: (event: DistanceEvent) => void, signal: AbortSignal): Promise<DeviceLink>;
}
