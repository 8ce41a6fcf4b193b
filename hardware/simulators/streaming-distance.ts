import type { Cancel, Clock } from '../../src/ports/clock.ts';
import { GY_MCU9061X_FRAME } from './thermometer-frames.ts';
import type { Wire } from './wire.ts';

export type DistanceTrouble = 'none' | 'silent' | 'garbage' | 'bad_checksum' | 'wrong_family';

/** A simulated distance sensor, with any protocol. */
export interface DistanceSimulator {
  /** Switches the module on. Idempotent. */
  powerOn(): void;
  /** Switches the module off. Idempotent. */
  powerOff(): void;
  /** Distance of the object in front, in millimetres; undefined: nothing in reach. */
  setDistance(distanceMm: number | undefined): void;
  setTrouble(trouble: DistanceTrouble): void;
}

interface StreamingDistanceDeps {
  readonly wire: Wire;
  readonly clock: Clock;
  readonly baudRate: number;
  readonly periodMs: number;
  readonly encode: (distanceMm: number) => Uint8Array;
  /** What the module sends when nothing is in reach. */
  readonly nothing: Uint8Array;
}

const GARBAGE = [0x13, 0x5a, 0xf0, 0x5a, 0x5a, 0x00, 0x45, 0x01, 0x0d, 0x0a, 0x80];

/** A module that sends a frame every `periodMs` from power-on. */
export class StreamingDistance implements DistanceSimulator {
  readonly #deps: StreamingDistanceDeps;
  #distanceMm: number | undefined;
  #trouble: DistanceTrouble = 'none';
  #cancelTick: Cancel | undefined;

  constructor(deps: StreamingDistanceDeps) {
    this.#deps = deps;
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

  setDistance(distanceMm: number | undefined): void {
    this.#distanceMm = distanceMm;
  }

  setTrouble(trouble: DistanceTrouble): void {
    this.#trouble = trouble;
  }

  #scheduleTick(): void {
    const { clock, periodMs, wire } = this.#deps;
    this.#cancelTick = clock.schedule(periodMs, () => {
      this.#scheduleTick();
      const bytes = this.#next();
      if (bytes.length > 0) wire.write(bytes);
    });
  }

  #next(): Uint8Array {
    switch (this.#trouble) {
      case 'none':
        return this.#frame();
      case 'silent':
        return new Uint8Array();
      case 'garbage':
        return Uint8Array.from(GARBAGE);
      case 'bad_checksum':
        return this.#frame().map((byte, at, { length }) => (at === length - 1 ? byte ^ 0x01 : byte));
      case 'wrong_family':
        return Uint8Array.from(GY_MCU9061X_FRAME);
    }
  }

  #frame(): Uint8Array {
    const { encode, nothing } = this.#deps;
    return this.#distanceMm === undefined ? nothing : encode(this.#distanceMm);
  }
}
