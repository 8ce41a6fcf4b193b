import type { Clock } from '../../src/ports/clock.ts';
import { StreamingThermometer } from '../simulators/streaming-thermometer.ts';
import type { Noise } from '../simulators/thermopile-noise.ts';
import type { Wire } from '../simulators/wire.ts';
import { encodeFrame } from './codec.ts';

/** A frame of a GY-MCU90614: 34.50 °C, 25.00 °C (hardware/FACTS.md#gy-mcu9061x). */
const GY_MCU9061X_FRAME = [0x5a, 0x5a, 0x45, 0x04, 0x0d, 0x7a, 0x09, 0xc4, 0x51];
const MAX_DECI_C = 2559;

interface Idc50SimulatorOptions {
  readonly wire: Wire;
  readonly clock: Clock;
  /** Added to every object value, in hundredths of a degree; the noise of a thermopile when left out. */
  readonly noise?: Noise;
}

/** The board's side of the line: two values a second, in tenths. Below zero it sends 0. */
export class Idc50Simulator extends StreamingThermometer {
  constructor(options: Idc50SimulatorOptions) {
    super({
      ...options,
      baudRate: 115_200,
      periodMs: 500,
      encode: ({ object }) => encodeFrame(Math.min(Math.max(Math.round(object / 10), 0), MAX_DECI_C)),
      withoutValue: () => encodeFrame(0),
      otherFamily: GY_MCU9061X_FRAME,
    });
  }
}
