import { streamingDistance } from '../serial/line-sensors.ts';
import { StreamingDistance } from '../simulators/streaming-distance.ts';
import { COMMANDS, encodeFrame, Gy53Decoder, REACH_MM } from './codec.ts';

/** GY-53 and GY-53L1 (hardware/FACTS.md#gy-53), told at open to send continuously. */
export const GY_53 = streamingDistance({
  driver: 'gy-53',
  speeds: [9600, 115_200],
  silenceMs: 2000,
  seesMm: { from: 30, to: REACH_MM },
  decoder: () => new Gy53Decoder(),
  greeting: COMMANDS.continuous,
  simulate: (deps) =>
    new StreamingDistance({
      ...deps,
      baudRate: 9600,
      periodMs: 50,
      encode: (distanceMm) => encodeFrame(distanceMm),
      nothing: encodeFrame(8190),
    }),
});
