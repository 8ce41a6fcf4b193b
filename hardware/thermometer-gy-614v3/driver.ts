import type { DeviceLink } from '../../src/ports/device-link.ts';
import type { Thermometer, ThermometerEvent } from '../../src/ports/thermometer.ts';
import { type LineDeps, lineSetting, openDecodedLine } from '../serial/streaming-line.ts';
import { Gy614v3Decoder } from './codec.ts';

/**
 * GY-614V3 (hardware/FACTS.md#gy-614v3), which sends by itself. Its emissivity and body estimate are passed on as they
 * came.
 */
export class Gy614v3Thermometer implements Thermometer {
  readonly driver = 'gy-614v3';
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
    return openDecodedLine({ line: this.#line, decoder: new Gy614v3Decoder(), onEvent, signal });
  }
}
