import type { SensorFault, ThermometerFrame } from '../core/screening/screening.ts';
import type { DeviceLink } from './device-link.ts';

export type ThermometerEvent =
  | { readonly type: 'frame'; readonly frame: ThermometerFrame }
  /** Bytes that are no reading. Reported once per spell, again after a good frame. */
  | { readonly type: 'fault'; readonly cause: SensorFault; readonly detail: string; readonly atMs: number };

/** A contactless thermometer that delivers frames continuously while open, by itself or because its driver asks. */
export interface Thermometer {
  readonly driver: string;
  readonly simulated: boolean;
  /** Longest pause between two frames of a healthy device, in milliseconds. */
  readonly silenceMs: number;
  /** How its line is read, for people who look for another speed: `9600 baud, 8N1`. */
  readonly lineSetting: string;
  /** Smallest step of its values in °C. Noise does not move the last digit of steps of 0.1 °C. */
  readonly resolutionC: number;
  /** Opens the device once and makes it send; rejects with a `device.*` error. */
  open(onEvent: (event: ThermometerEvent) => void, signal: AbortSignal): Promise<DeviceLink>;
}
