import type { Clock } from '../../src/ports/clock.ts';
import { StreamingDistance } from '../simulators/streaming-distance.ts';
import type { Wire } from '../simulators/wire.ts';
import { encodeFrame } from './codec.ts';

/** The module's side of the line. */
export class Gy53Simulator extends StreamingDistance {
  constructor(options: { readonly wire: Wire; readonly clock: Clock }) {
    super({
      ...options,
      baudRate: 9600,
      periodMs: 50,
      encode: (distanceMm) => encodeFrame(distanceMm),
      nothing: encodeFrame(8190),
    });
  }
}
