import { streamingThermometer } from '../serial/line-sensors.ts';
import { StreamingThermometer } from '../simulators/streaming-thermometer.ts';
import { Cjmcu90614Decoder, COMMANDS, encodeFrame } from './codec.ts';

const NO_VALUE_CENTI_C = 0x7fff;

/**
 * CJMCU-90614 (hardware/FACTS.md#cjmcu-90614), told at open to send continuously. Values are passed on exactly as they
 * came. The simulator is in continuous mode, which is what the module has from the factory.
 */
export const CJMCU_90614 = streamingThermometer({
  driver: 'cjmcu-90614',
  settings: 'speed',
  speeds: [115_200, 9600, 57_600],
  silenceMs: 2000,
  resolutionC: 0.01,
  tellsAmbient: true,
  tellsEstimate: false,
  decoder: () => new Cjmcu90614Decoder(),
  greeting: COMMANDS.continuous,
  simulate: (deps) =>
    new StreamingThermometer({
      ...deps,
      baudRate: 115_200,
      periodMs: 100,
      encode: ({ object, ambient }) => encodeFrame(object, ambient),
      withoutValue: ({ ambient }) => encodeFrame(NO_VALUE_CENTI_C, ambient),
    }),
});
