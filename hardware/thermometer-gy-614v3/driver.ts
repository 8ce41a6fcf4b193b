import { streamingThermometer } from '../serial/line-sensors.ts';
import { StreamingThermometer } from '../simulators/streaming-thermometer.ts';
import { encodeFrame, Gy614v3Decoder } from './codec.ts';

const NO_VALUE_CENTI_C = 0x7fff;
const EMISSIVITY_PERCENT = 98;
/** A simple replacement for the module's unpublished forehead-to-body model. */
const BODY_ABOVE_OBJECT_CENTI_C = 200;

/**
 * GY-614V3 (hardware/FACTS.md#gy-614v3), which sends by itself. Its emissivity and body estimate are passed on as they
 * came.
 */
export const GY_614V3 = streamingThermometer({
  driver: 'gy-614v3',
  settings: 'speed',
  speeds: [9600, 115_200],
  silenceMs: 2000,
  resolutionC: 0.01,
  tellsAmbient: true,
  tellsEstimate: true,
  decoder: () => new Gy614v3Decoder(),
  simulate: (deps) =>
    new StreamingThermometer({
      ...deps,
      baudRate: 9600,
      periodMs: 100,
      encode: ({ object, ambient }) => encode(object, ambient, object + BODY_ABOVE_OBJECT_CENTI_C),
      withoutValue: ({ ambient }) => encode(NO_VALUE_CENTI_C, ambient, NO_VALUE_CENTI_C),
    }),
});

function encode(objectCentiC: number, ambientCentiC: number, bodyCentiC: number): Uint8Array {
  return encodeFrame({ objectCentiC, ambientCentiC, bodyCentiC, emissivityPercent: EMISSIVITY_PERCENT });
}
