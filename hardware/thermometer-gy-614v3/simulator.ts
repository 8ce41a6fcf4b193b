import type { Clock } from '../../src/ports/clock.ts';
import { StreamingThermometer } from '../simulators/streaming-thermometer.ts';
import type { Noise } from '../simulators/thermopile-noise.ts';
import type { Wire } from '../simulators/wire.ts';
import { encodeFrame } from './codec.ts';

/** A frame of a GY-MCU90614: 34.50 °C, 25.00 °C (hardware/FACTS.md#gy-mcu9061x). */
const GY_MCU9061X_FRAME = [0x5a, 0x5a, 0x45, 0x04, 0x0d, 0x7a, 0x09, 0xc4, 0x51];
const NO_VALUE_CENTI_C = 0x7fff;
const EMISSIVITY_PERCENT = 98;
/** A simple stand-in for the module's own, unpublished, forehead-to-body model. */
const BODY_ABOVE_OBJECT_CENTI_C = 200;

interface Gy614v3SimulatorOptions {
  readonly wire: Wire;
  readonly clock: Clock;
  /** Added to every object value, in hundredths of a degree; the noise of a thermopile when left out. */
  readonly noise?: Noise;
}

/** The module's side of the line. */
export class Gy614v3Simulator extends StreamingThermometer {
  constructor(options: Gy614v3SimulatorOptions) {
    super({
      ...options,
      baudRate: 9600,
      periodMs: 100,
      encode: ({ object, ambient }) => encode(object, ambient, object + BODY_ABOVE_OBJECT_CENTI_C),
      withoutValue: ({ ambient }) => encode(NO_VALUE_CENTI_C, ambient, NO_VALUE_CENTI_C),
      otherFamily: GY_MCU9061X_FRAME,
    });
  }
}

function encode(objectCentiC: number, ambientCentiC: number, bodyCentiC: number): Uint8Array {
  return encodeFrame({ objectCentiC, ambientCentiC, bodyCentiC, emissivityPercent: EMISSIVITY_PERCENT });
}
