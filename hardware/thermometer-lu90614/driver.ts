import type { DeviceLink } from '../../src/ports/device-link.ts';
import type { Thermometer, ThermometerEvent } from '../../src/ports/thermometer.ts';
import { openAskedLine } from '../serial/polled-line.ts';
import { type LineDeps, lineSetting } from '../serial/streaming-line.ts';
import { COMMANDS, Lu90614Decoder } from './codec.ts';

const PERIOD_MS = 150;
/** What other readers of this module allow for an answer (hardware/FACTS.md#lu90614). */
const DEADLINE_MS = 800;

/**
 * LU90614 (hardware/FACTS.md#lu90614): put into surface mode at open and asked for every value. It does not tell its
 * own temperature.
 */
export class Lu90614Thermometer implements Thermometer {
  readonly driver = 'lu90614';
  readonly simulated: boolean;
  readonly silenceMs = 3000;
  readonly resolutionC = 0.02;
  readonly #line: LineDeps;

  constructor(options: LineDeps & { readonly simulated: boolean }) {
    this.simulated = options.simulated;
    this.#line = options;
  }

  get lineSetting(): string {
    return lineSetting(this.#line);
  }

  open(onEvent: (event: ThermometerEvent) => void, signal: AbortSignal): Promise<DeviceLink> {
    const decoder = new Lu90614Decoder();
    return openAskedLine({
      line: this.#line,
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
  }
}
