import type { DeviceLink } from '../../src/ports/device-link.ts';
import type { Thermometer, ThermometerEvent } from '../../src/ports/thermometer.ts';
import { type LineDeps, lineSetting, openDecodedLine } from '../serial/streaming-line.ts';
import { Cjmcu90614Decoder, COMMANDS } from './codec.ts';

/**
 * CJMCU-90614 (hardware/FACTS.md#cjmcu-90614), told at open to send continuously. Values are passed on exactly as they
 * came.
 */
export class Cjmcu90614Thermometer implements Thermometer {
  readonly driver = 'cjmcu-90614';
  readonly simulated: boolean;
  readonly silenceMs = 2000;
  readonly resolutionC = 0.01;
  readonly #line: LineDeps;

  constructor(options: LineDeps & { readonly simulated: boolean }) {
    this.simulated = options.simulated;
    this.#line = options;
  }

  get lineSetting(): string {
    return lineSetting(this.#line);
  }

  open(onEvent: (event: ThermometerEvent) => void, signal: AbortSignal): Promise<DeviceLink> {
    return openDecodedLine({
      line: this.#line,
      decoder: new Cjmcu90614Decoder(),
      onEvent,
      greeting: COMMANDS.continuous,
      signal,
    });
  }
}
