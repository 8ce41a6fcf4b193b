import type { Direction, PassKind } from '../access/vocabulary.ts';

/** What a site does with a screening outcome. */
export const SCREENING_MODES = ['off', 'advise', 'enforce'] as const;
export type ScreeningMode = (typeof SCREENING_MODES)[number];

/** One checked frame of a thermometer; temperatures in degrees Celsius exactly as the module sent them. */
export interface ThermometerFrame {
  readonly objectC: number;
  /** The sensor's own temperature; absent if the module's protocol has none. */
  readonly ambientC?: number;
  /** The module's own body estimate, if its protocol has one. */
  readonly bodyC?: number;
  /** Emissivity that the module has already applied, 1 for a black body; if its protocol reports it. */
  readonly emissivity?: number;
  /** Monotonic milliseconds at which the last byte of the frame arrived. */
  readonly atMs: number;
}

export const SENSOR_FAULTS = [
  'sensor_missing',
  'sensor_silent',
  'sensor_framing',
  'sensor_wrong_family',
  'sensor_invalid',
  'sensor_stuck',
] as const;
export type SensorFault = (typeof SENSOR_FAULTS)[number];

/** Why there is no temperature. The first group is about the person or the place, the second about the device. */
export const NOT_MEASURABLE_CAUSES = [
  'no_subject',
  'unstable',
  'cold_skin',
  'out_of_skin_range',
  'environment',
  'ambient_drift',
  ...SENSOR_FAULTS,
] as const;
export type NotMeasurableCause = (typeof NOT_MEASURABLE_CAUSES)[number];

/** The three separate numbers of one measurement. Raw values are never moved towards normal. */
export interface Measurement {
  readonly objectC: number;
  readonly ambientC?: number;
  /** The number that was compared with the threshold. */
  readonly estimateC: number;
  /** Name and version of the model that made the estimate, e.g. `none/1`, `offset/1`. */
  readonly model: string;
  /** Monotonic milliseconds of the last frame that counted. */
  readonly atMs: number;
  readonly frames: number;
}

export type ScreeningOutcome =
  | { readonly class: 'normal' | 'elevated'; readonly measurement: Measurement; readonly attempts: number }
  | {
      readonly class: 'notMeasurable';
      readonly cause: NotMeasurableCause;
      readonly measurement?: Measurement;
      readonly attempts: number;
      /** How long the person should wait before trying again, if waiting helps (cold skin). */
      readonly waitMs?: number;
    }
  | { readonly class: 'skipped' };

/** Site settings of the screening. Temperatures in degrees Celsius, durations in milliseconds. */
export interface ScreeningSettings {
  readonly thresholdC: number;
  /** Which number the threshold applies to. `offset` adds `offsetC` (site calibration, at most ±2.0) to the object. */
  readonly estimate: 'object' | 'module' | 'offset';
  readonly offsetC: number;
  /** Air temperatures in which the sensor is reliable. */
  readonly ambientMinC: number;
  readonly ambientMaxC: number;
  /** What to do with the readings of a sensor that does not report the air temperature. */
  readonly unknownAmbient: 'refuse' | 'accept';
  /** Colder skin with a warm sensor means that the person came in from the cold. */
  readonly skinMinC: number;
  readonly skinMaxC: number;
  /** Waiting time shown for cold skin. */
  readonly coldWaitMs: number;
  /** Pause before the repeat that an elevated reading requires. */
  readonly repeatAfterMs: number;
  /** `class`: only the outcome is logged; `value`: degrees too (needs a legal ground). */
  readonly record: 'class' | 'value';
}

/** Which screening applies to whom. */
export interface ScreeningRule {
  readonly direction: Record<Direction, ScreeningMode>;
  /** Kinds of pass with their own mode, whatever the direction. */
  readonly kinds: Partial<Record<PassKind, ScreeningMode>>;
}

/** The mode for a pass of `kind` in `direction`. An emergency pass is never screened. */
export function screeningMode(rule: ScreeningRule, direction: Direction, kind: PassKind): ScreeningMode {
  if (kind === 'emergency') return 'off';
  return rule.kinds[kind] ?? rule.direction[direction];
}
