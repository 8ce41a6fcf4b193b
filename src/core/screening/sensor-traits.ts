/**
 * What a driver says of its device, as far as a config and its checks have to know. Nothing here has a default: who adds
 * a family has to say it, and what is not said is not counted on.
 */
interface SensorTraits {
  /** Its name in the config. */
  readonly driver: string;
  /** Longest pause between two frames of a healthy device, in milliseconds. */
  readonly silenceMs: number;
}

/** Bits per second; `auto` finds out which it is. */
export type LineSpeed = number | 'auto';

/** The speeds a device can be set to, the usual one first. A single one is no setting. */
export type LineSpeeds = readonly [LineSpeed, ...LineSpeed[]];

export type ThermometerTraits = SensorTraits & {
  /** Whether its frames tell the temperature of the sensor itself, or do where the config has this setting. */
  readonly tellsAmbient: boolean | 'ambientRegister';
  /** Whether its frames have an estimate of the body temperature of the module's own. */
  readonly tellsEstimate: boolean;
} & (
    | {
        /** A fixed frame: of the line the config sets no more than the speed. */
        readonly settings: 'speed';
        readonly speeds: LineSpeeds;
        /** Smallest step of its values in °C. */
        readonly resolutionC: number;
      }
    /** The config says where the values are, and with it how fine they are. */
    | { readonly settings: 'registers' }
  );

export interface DistanceTraits extends SensorTraits {
  readonly speeds: LineSpeeds;
  /** The nearest and the furthest distance that any device of the family measures, in millimetres. */
  readonly seesMm: { readonly from: number; readonly to: number };
}

/** The sensors this program has drivers for. */
export interface SensorFamilies {
  readonly thermometers: readonly [ThermometerTraits, ...ThermometerTraits[]];
  readonly distances: readonly [DistanceTraits, ...DistanceTraits[]];
}
