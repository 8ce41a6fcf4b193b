import {
  type Temperatures,
  ThermometerFrames,
  type ThermometerSimulator,
  type ThermometerTrouble,
} from '../simulators/thermometer-frames.ts';
import type { Noise } from '../simulators/thermopile-noise.ts';
import type { Wire } from '../simulators/wire.ts';
import { COMMANDS, encodeFrame, MODES } from './codec.ts';

const MAX_CENTI_C = 25_599;
/** A simple replacement for the module's unpublished forehead-to-body model. */
const BODY_ABOVE_OBJECT_CENTI_C = 200;

interface Lu90614SimulatorDeps {
  readonly wire: Wire;
  /** Added to every object value, in hundredths of a degree; the noise of a thermopile when left out. */
  readonly noise?: Noise;
}

/** The module's side of the line: it starts in body mode and answers when asked. Below zero it sends 0. */
export class Lu90614Simulator implements ThermometerSimulator {
  readonly #wire: Wire;
  readonly #frames: ThermometerFrames;
  #mode: number = MODES.body;
  /** Whether it receives commands; false as with an unconnected RX. */
  #obeysMode = true;
  #command: number[] = [];
  #stopListening: (() => void) | undefined;

  constructor(deps: Lu90614SimulatorDeps) {
    this.#wire = deps.wire;
    this.#frames = new ThermometerFrames({
      encode: ({ object }) => this.#answer(object),
      withoutValue: () => encodeFrame(MAX_CENTI_C, this.#mode),
      ...(deps.noise === undefined ? {} : { noise: deps.noise }),
    });
  }

  powerOn(): void {
    if (this.#stopListening !== undefined) return;
    this.#wire.setBaudRate?.(9600);
    this.#mode = MODES.body;
    this.#stopListening = this.#wire.onBytes((bytes) => this.#receive(bytes));
  }

  powerOff(): void {
    this.#stopListening?.();
    this.#stopListening = undefined;
    this.#command = [];
  }

  setTemperatures(temperatures: Temperatures): void {
    this.#frames.setTemperatures(temperatures);
  }

  setTrouble(trouble: ThermometerTrouble): void {
    this.#frames.setTrouble(trouble);
  }

  /** Sets whether the module obeys; if not it stays in its mode. */
  setObeysMode(obeys: boolean): void {
    this.#obeysMode = obeys;
  }

  #answer(objectCentiC: number): Uint8Array {
    const centiC = this.#mode === MODES.body ? objectCentiC + BODY_ABOVE_OBJECT_CENTI_C : objectCentiC;
    return encodeFrame(Math.min(Math.max(centiC, 0), MAX_CENTI_C), this.#mode);
  }

  #receive(bytes: Uint8Array): void {
    for (const byte of bytes) {
      this.#command = [...this.#command, byte].slice(-3);
      if (this.#obey()) this.#command = [];
    }
  }

  #obey(): boolean {
    if (this.#is(COMMANDS.measure)) this.#send();
    else if (this.#is(COMMANDS.bodyMode)) this.#switchTo(MODES.body);
    else if (this.#is(COMMANDS.surfaceMode)) this.#switchTo(MODES.surface);
    else return false;
    return true;
  }

  #switchTo(mode: number): void {
    if (this.#obeysMode) this.#mode = mode;
  }

  #send(): void {
    const bytes = this.#frames.next();
    if (bytes.length > 0) this.#wire.write(bytes);
  }

  #is(command: readonly number[]): boolean {
    return command.every((byte, at) => this.#command[at] === byte);
  }
}
