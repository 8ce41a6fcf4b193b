import type { Clock } from '../../src/ports/clock.ts';
import { StreamingDistance } from '../simulators/streaming-distance.ts';
import type { Wire } from '../simulators/wire.ts';
import { encodeFrame } from './codec.ts';

/** The module's side of the line. */
export class DfrobotUltrasonicSimulator extends StreamingDistance {
  constructor(options: { readonly wire: Wire; readonly clock: Clock }) {
    super({
      ...options,
      baudRate: 9600,
      periodMs: 100,
      encode: encodeFrame,
      nothing: encodeFrame(0),
    });
  }
}
