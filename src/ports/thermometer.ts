import type { SensorFault, ThermometerFrame } from '../core/screening/screening.ts';
import type { DeviceLink } from './device-link.ts';

export type ThermometerEvent =
  | { readonly type: 'frame'; readonly frame: ThermometerFrame }
  /** Bytes that are not a reading. Reported once, and again only after a good frame. */
  | { readonly type: 'fault'; readonly cause: SensorFault; readonly detail: string; readonly atMs: number };

/**
 * A contactless thermometer that delivers frames continuously while open, by itself or because its driver polls it.
 */
export interface Thermometer {
  readonly driver: string;
  readonly simulated: boolean;
  /** Longest pause between two frames of a working device, in milliseconds. */
  readonly silenceMs: number;
  /** The setting of its line, for people who look for the right speed: `9600 baud, 8N1`. */
  readonly lineSetting: string;
  /** Smallest step of its values in °C. With steps of 0.1 °C noise does not change the last digit. */
  readonly resolutionC: number;
  /** Opens the device once and makes it send; rejects with a `device.*` error. */
  open(onEvent: (event: ThermometerEvent) => void, signal: AbortSignal): Promise<DeviceLink>;
}
