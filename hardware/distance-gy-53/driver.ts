import type { DeviceLink } from '../../src/ports/device-link.ts';
import type { DistanceEvent, DistanceSensor } from '../../src/ports/distance-sensor.ts';
import { type LineDeps, lineSetting, openDecodedLine } from '../serial/streaming-line.ts';
import { COMMANDS, Gy53Decoder } from './codec.ts';

/** GY-53 and GY-53L1 (hardware/FACTS.md#gy-53), told at open to send continuously. */
export class Gy53DistanceSensor implements DistanceSensor {
  readonly driver = 'gy-53';
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
    return openDecodedLine({
      line: this.#line,
      decoder: new Gy53Decoder(),
      onEvent,
      greeting: COMMANDS.continuous,
      signal,
    });
  }
}
