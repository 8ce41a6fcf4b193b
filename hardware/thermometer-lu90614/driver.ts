import { LineThermometer, type ThermometerManifest, withSpeed } from '../serial/line-sensors.ts';
import { openPolledLine } from '../serial/polled-line.ts';
import { COMMANDS, Lu90614Decoder } from './codec.ts';
import { Lu90614Simulator } from './simulator.ts';

const PERIOD_MS = 150;
/** What other readers of this module allow for an answer (hardware/FACTS.md#lu90614). */
const DEADLINE_MS = 800;

const TRAITS = {
  driver: 'lu90614',
  settings: 'speed',
  speeds: [9600],
  silenceMs: 3000,
  resolutionC: 0.02,
  tellsAmbient: false,
  tellsEstimate: false,
} as const;

/**
 * LU90614 (hardware/FACTS.md#lu90614): put into surface mode at open and asked for every value. It does not tell its
 * own temperature.
 */
export const LU90614: ThermometerManifest = {
  ...TRAITS,
  make: (line, settings) =>
    new LineThermometer({
      ...TRAITS,
      line: withSpeed(line, settings, TRAITS),
      talk: (open, onEvent, signal) => {
        const decoder = new Lu90614Decoder();
        return openPolledLine({
          line: open,
          decoder,
          onEvent,
          signal,
          greeting: COMMANDS.surfaceMode,
          // A power cut puts the module back into the mode it was made with.
          request: () =>
            decoder.isInOtherMode ? [...COMMANDS.surfaceMode, ...COMMANDS.measure] : COMMANDS.measure,
          periodMs: PERIOD_MS,
          deadlineMs: DEADLINE_MS,
        });
      },
    }),
  simulate: ({ clock: _clock, ...deps }) => new Lu90614Simulator(deps),
};
