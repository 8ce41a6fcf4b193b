import type { DeviceLink } from '../../src/ports/device-link.ts';
import type { Thermometer, ThermometerEvent } from '../../src/ports/thermometer.ts';
import { type LineDeps, lineSetting, openDecodedLine } from '../serial/streaming-line.ts';
import { Idc50Decoder } from './codec.ts';

/** IDC-50 (hardware/FACTS.md#idc-50): two values a second, without the temperature of the board itself. */
export class Idc50Thermometer implements Thermometer {
  readonly driver = 'idc-50';
  readonly simulated: boolean;
  readonly silenceMs = 3000;
  readonly resolutionC = 0.1;
  readonly #line: LineDeps;

  constructor(options: LineDeps & { readonly simulated: boolean }) {
    this.simulated = options.simulated;
    this.#line = options;
  }

  get lineSetting(): string {
    return lineSetting(this.#line);
  }

  open(onEvent: (event: ThermometerEvent) => void, signal: AbortSignal): Promise<DeviceLink> {
    return openDecodedLine({ line: this.#line, decoder: new Idc50Decoder(), onEvent, signal });
  }
}
