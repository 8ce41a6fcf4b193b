import type { Clock } from '../../src/ports/clock.ts';
import { StreamingDistance } from '../simulators/streaming-distance.ts';
import type { Wire } from '../simulators/wire.ts';
import { encodeFrame } from './codec.ts';

/** The module's side of the line, in steps of one centimetre. Slower than the real 100 Hz, to leave the demo its time. */
export class TfLunaSimulator extends StreamingDistance {
  constructor(options: { readonly wire: Wire; readonly clock: Clock }) {
    super({
      ...options,
      baudRate: 115200,
      periodMs: 50,
      encode: (distanceMm) => encodeFrame(Math.round(distanceMm / 10)),
      nothing: encodeFrame(0xffff, 10),
    });
  }
}
