import { type Noise, thermopileNoise } from './thermopile-noise.ts';

/** The present fault of a module. */
export type ThermometerTrouble =
  | 'none'
  | 'silent'
  | 'garbage'
  | 'half_frames'
  | 'bad_checksum'
  | 'wrong_family'
  | 'no_value'
  | 'stuck';

/** A simulated thermometer, with any protocol. */
export interface ThermometerSimulator {
  /** Switches the module on. Idempotent. */
  powerOn(): void;
  /** Switches the module off. Idempotent. */
  powerOff(): void;
  /**
   * Sets the temperatures of the object and of the sensor itself, in degrees Celsius, within the range of its frames.
   */
  setTemperatures(temperatures: Temperatures): void;
  setTrouble(trouble: ThermometerTrouble): void;
}

export interface Temperatures {
  readonly objectC: number;
  readonly ambientC: number;
}

/** Both in hundredths of a degree Celsius. */
export interface CentiTemperatures {
  readonly object: number;
  readonly ambient: number;
}

/** A frame of another family: 34.50 °C, 25.00 °C (hardware/FACTS.md#gy-mcu9061x). */
export const GY_MCU9061X_FRAME = [0x5a, 0x5a, 0x45, 0x04, 0x0d, 0x7a, 0x09, 0xc4, 0x51];
const GARBAGE = [0x13, 0x5a, 0xf0, 0x5a, 0x5a, 0x00, 0x45, 0xff, 0x0d, 0x0a, 0x80];

export interface ThermometerFramesSettings {
  readonly encode: (temperatures: CentiTemperatures) => Uint8Array;
  /** What the module sends when its chip has no value. */
  readonly withoutValue: (temperatures: CentiTemperatures) => Uint8Array;
  /** A frame of some other module; one of a GY-MCU9061x when left out. */
  readonly otherFamily?: readonly number[];
  /** Added to every object value, in hundredths of a degree; the module's own noise when left out. */
  readonly noise?: Noise;
}

/** The bytes that a module sends one after the other, including its faults. */
export class ThermometerFrames {
  readonly #settings: ThermometerFramesSettings;
  readonly #noise: Noise;
  #temperatures: Temperatures = { objectC: 22, ambientC: 22 };
  #trouble: ThermometerTrouble = 'none';
  #last: Uint8Array | undefined;

  constructor(settings: ThermometerFramesSettings) {
    this.#settings = settings;
    this.#noise = settings.noise ?? thermopileNoise();
  }

  setTemperatures(temperatures: Temperatures): void {
    this.#temperatures = temperatures;
  }

  setTrouble(trouble: ThermometerTrouble): void {
    this.#trouble = trouble;
  }

  /** The bytes for one reading; possibly none. */
  next(): Uint8Array {
    switch (this.#trouble) {
      case 'none':
        return this.#newFrame();
      case 'silent':
        return new Uint8Array();
      case 'garbage':
        return Uint8Array.from(GARBAGE);
      case 'half_frames':
        return this.#newFrame().subarray(0, 5);
      case 'bad_checksum':
        return withBadChecksum(this.#newFrame());
      case 'wrong_family':
        return Uint8Array.from(this.#settings.otherFamily ?? GY_MCU9061X_FRAME);
      case 'no_value':
        return this.#settings.withoutValue(this.#centi());
      case 'stuck':
        return this.#last ?? this.#newFrame();
    }
  }

  #newFrame(): Uint8Array {
    const noise = this.#noise();
    const { object, ambient } = this.#centi();
    // The chip's own temperature has a third of the noise of the object's.
    this.#last = this.#settings.encode({ object: object + noise, ambient: ambient + Math.trunc(noise / 3) });
    return this.#last;
  }

  #centi(): CentiTemperatures {
    const { objectC, ambientC } = this.#temperatures;
    return { object: Math.round(objectC * 100), ambient: Math.round(ambientC * 100) };
  }
}

function withBadChecksum(frame: Uint8Array): Uint8Array {
  return frame.map((byte, at) => (at === frame.length - 1 ? byte ^ 0x01 : byte));
}
