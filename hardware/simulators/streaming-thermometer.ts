import type { Cancel, Clock } from '../../src/ports/clock.ts';
import {
  type Temperatures,
  ThermometerFrames,
  type ThermometerFramesSettings,
  type ThermometerSimulator,
  type ThermometerTrouble,
} from './thermometer-frames.ts';
import type { Wire } from './wire.ts';

interface StreamingThermometerDeps extends ThermometerFramesSettings {
  readonly wire: Wire;
  readonly clock: Clock;
  readonly baudRate: number;
  readonly periodMs: number;
}

/** A module that sends a frame every `periodMs` from power-on, and takes no commands. */
export class StreamingThermometer implements ThermometerSimulator {
  readonly #deps: StreamingThermometerDeps;
  readonly #frames: ThermometerFrames;
  #cancelTick: Cancel | undefined;

  constructor(deps: StreamingThermometerDeps) {
    this.#deps = deps;
    this.#frames = new ThermometerFrames(deps);
  }

  powerOn(): void {
    if (this.#cancelTick !== undefined) return;
    this.#deps.wire.setBaudRate?.(this.#deps.baudRate);
    this.#scheduleTick();
  }

  powerOff(): void {
    this.#cancelTick?.();
    this.#cancelTick = undefined;
  }

  setTemperatures(temperatures: Temperatures): void {
    this.#frames.setTemperatures(temperatures);
  }

  setTrouble(trouble: ThermometerTrouble): void {
    this.#frames.setTrouble(trouble);
  }

  #scheduleTick(): void {
    const { clock, periodMs, wire } = this.#deps;
    this.#cancelTick = clock.schedule(periodMs, () => {
      this.#scheduleTick();
      const bytes = this.#frames.next();
      if (bytes.length > 0) wire.write(bytes);
    });
  }
}
