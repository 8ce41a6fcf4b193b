import { LineThermometer, type ThermometerManifest, withSpeed } from '../serial/line-sensors.ts';
import { openPolledLine } from '../serial/polled-line.ts';
import { COMMANDS, Lu90614Decoder } from './codec.ts';
import { Lu90614Simulator } from './simulator.ts';

const PERIOD_MS = 150;
/** Longest wait for an answer, as in other programs for this module (hardware/FACTS.md#lu90614). */
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
 * LU90614 (hardware/FACTS.md#lu90614): put into surface mode at open and polled for every value. It does not send its
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
          // After a power cut the module is in its factory mode again.
          request: () =>
            decoder.isInOtherMode ? [...COMMANDS.surfaceMode, ...COMMANDS.measure] : COMMANDS.measure,
          periodMs: PERIOD_MS,
          deadlineMs: DEADLINE_MS,
        });
      },
    }),
  simulate: ({ clock: _clock, ...deps }) => new Lu90614Simulator(deps),
};
