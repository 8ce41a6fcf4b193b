import { streamingDistance } from '../serial/line-sensors.ts';
import { StreamingDistance } from '../simulators/streaming-distance.ts';
import { encodeFrame, REACH_CM, TfLunaDecoder } from './codec.ts';

/**
 * Benewake TFmini and TF-Luna (hardware/FACTS.md#tf-luna), which send by themselves. The simulator also uses
 * centimetres, and is slower than the real 100 Hz so that the demo needs less CPU time.
 */
export const TF_LUNA = streamingDistance({
  driver: 'tf-luna',
  speeds: [115_200],
  silenceMs: 2000,
  seesMm: { from: 200, to: REACH_CM * 10 },
  decoder: () => new TfLunaDecoder(),
  simulate: (deps) =>
    new StreamingDistance({
      ...deps,
      baudRate: 115_200,
      periodMs: 50,
      encode: (distanceMm) => encodeFrame(Math.round(distanceMm / 10)),
      nothing: encodeFrame(0xffff, 10),
    }),
});
