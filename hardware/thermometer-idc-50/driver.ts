import { streamingThermometer } from '../serial/line-sensors.ts';
import { StreamingThermometer } from '../simulators/streaming-thermometer.ts';
import { encodeFrame, Idc50Decoder } from './codec.ts';

/** What a frame can carry. */
const MAX_DECI_C = 2559;

/** IDC-50 (hardware/FACTS.md#idc-50): two values a second, in tenths, without the temperature of the board itself. */
export const IDC_50 = streamingThermometer({
  driver: 'idc-50',
  settings: 'speed',
  speeds: [115_200],
  silenceMs: 3000,
  resolutionC: 0.1,
  tellsAmbient: false,
  tellsEstimate: false,
  decoder: () => new Idc50Decoder(),
  // Below zero it sends 0.
  simulate: (deps) =>
    new StreamingThermometer({
      ...deps,
      baudRate: 115_200,
      periodMs: 500,
      encode: ({ object }) => encodeFrame(Math.min(Math.max(Math.round(object / 10), 0), MAX_DECI_C)),
      withoutValue: () => encodeFrame(0),
    }),
});
