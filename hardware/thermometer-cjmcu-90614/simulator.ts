import type { Clock } from '../../src/ports/clock.ts';
import { StreamingThermometer } from '../simulators/streaming-thermometer.ts';
import type { Noise } from '../simulators/thermopile-noise.ts';
import type { Wire } from '../simulators/wire.ts';
import { encodeFrame } from './codec.ts';

/** A frame of a GY-MCU90614: 34.50 °C, 25.00 °C (hardware/FACTS.md#gy-mcu9061x). */
const GY_MCU9061X_FRAME = [0x5a, 0x5a, 0x45, 0x04, 0x0d, 0x7a, 0x09, 0xc4, 0x51];
const NO_VALUE_CENTI_C = 0x7fff;

interface Cjmcu90614SimulatorOptions {
  readonly wire: Wire;
  readonly clock: Clock;
  /** Added to every object value, in hundredths of a degree; the noise of a thermopile when left out. */
  readonly noise?: Noise;
}

/** The module's side of the line, in continuous mode, which is what it has from the factory. */
export class Cjmcu90614Simulator extends StreamingThermometer {
  constructor(options: Cjmcu90614SimulatorOptions) {
    super({
      ...options,
      baudRate: 115_200,
      periodMs: 100,
      encode: ({ object, ambient }) => encodeFrame(object, ambient),
      withoutValue: ({ ambient }) => encodeFrame(NO_VALUE_CENTI_C, ambient),
      otherFamily: GY_MCU9061X_FRAME,
    });
  }
}
