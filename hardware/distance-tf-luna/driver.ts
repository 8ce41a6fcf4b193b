import type { DeviceLink } from '../../src/ports/device-link.ts';
import type { DistanceEvent, DistanceSensor } from '../../src/ports/distance-sensor.ts';
import { type LineDeps, lineSetting, openDecodedLine } from '../serial/streaming-line.ts';
import { TfLunaDecoder } from './codec.ts';

/** Benewake TFmini and TF-Luna (hardware/FACTS.md#tf-luna), which send by themselves. */
export class TfLunaDistanceSensor implements DistanceSensor {
  readonly driver = 'tf-luna';
  readonly simulated: boolean;
  readonly silenceMs = 2000;
  readonly #line: LineDeps;

  constructor(options: LineDeps & { readonly simulated: boolean }) {
    this.simulated = options.simulated;
    this.#line = options;
  }

  get lineSetting(): string {
    return lineSetting(this.#line);
  }

  open(onEvent: (event: DistanceEvent) => void, signal: AbortSignal): Promise<DeviceLink> {
    return openDecodedLine({ line: this.#line, decoder: new TfLunaDecoder(), onEvent, signal });
  }
}
