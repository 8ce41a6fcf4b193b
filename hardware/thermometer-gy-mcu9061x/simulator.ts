import type { Cancel, Clock } from '../../src/ports/clock.ts';
import {
  type Temperatures,
  ThermometerFrames,
  type ThermometerSimulator,
  type ThermometerTrouble,
} from '../simulators/thermometer-frames.ts';
import type { Noise } from '../simulators/thermopile-noise.ts';
import type { Wire } from '../simulators/wire.ts';
import { COMMANDS, encodeFrame } from './codec.ts';

/** 10 frames a second, as the module sends. */
const PERIOD_MS = 100;

/** A frame of a GY-53 distance module: 50 mm (hardware/FACTS.md#gy-53). */
const GY53_FRAME = [0x5a, 0x5a, 0x15, 0x03, 0x00, 0x32, 0x01, 0xff];
const NO_VALUE_CENTI_C = 0x7fff;

interface GyMcu9061xSimulatorDeps {
  readonly wire: Wire;
  readonly clock: Clock;
  /** Added to every object value, in hundredths of a degree; the module's own noise when left out. */
  readonly noise?: Noise;
}

/** The module's side of the line: frames, commands and faults. */
export class GyMcu9061xSimulator implements ThermometerSimulator {
  readonly #wire: Wire;
  readonly #clock: Clock;
  readonly #frames: ThermometerFrames;
  #continuous = false;
  /** Settings in the module's flash. They take effect at the next power cycle and are kept. */
  #stored = { baudRate: 9600, sendsAfterPowerOn: true };
  #command: number[] = [];
  #cancelTick: Cancel | undefined;
  #stopListening: (() => void) | undefined;

  constructor(deps: GyMcu9061xSimulatorDeps) {
    this.#wire = deps.wire;
    this.#clock = deps.clock;
    this.#frames = new ThermometerFrames({
      encode: ({ object, ambient }) => encodeFrame(object, ambient),
      withoutValue: ({ ambient }) => encodeFrame(NO_VALUE_CENTI_C, ambient),
      otherFamily: GY53_FRAME,
      ...(deps.noise === undefined ? {} : { noise: deps.noise }),
    });
  }

  /** Switches it on. It sends continuously unless it was set to be silent. */
  powerOn(): void {
    if (this.#stopListening !== undefined) return;
    this.#wire.setBaudRate?.(this.#stored.baudRate);
    this.#stopListening = this.#wire.onBytes((bytes) => this.#receive(bytes));
    if (this.#stored.sendsAfterPowerOn) this.#sendContinuously();
  }

  powerOff(): void {
    this.#stopListening?.();
    this.#stopListening = undefined;
    this.#cancelTick?.();
    this.#cancelTick = undefined;
    this.#continuous = false;
    this.#command = [];
  }

  setTemperatures(temperatures: Temperatures): void {
    this.#frames.setTemperatures(temperatures);
  }

  setTrouble(trouble: ThermometerTrouble): void {
    this.#frames.setTrouble(trouble);
  }

  /** Sets what the command of the same name would store, for the next power cycle. */
  setStoredBaudRate(baudRate: 9600 | 115200): void {
    this.#stored.baudRate = baudRate;
  }

  #sendContinuously(): void {
    if (this.#continuous) return;
    this.#continuous = true;
    this.#scheduleTick();
  }

  #scheduleTick(): void {
    this.#cancelTick = this.#clock.schedule(PERIOD_MS, () => {
      this.#scheduleTick();
      this.#sendFrame();
    });
  }

  #sendFrame(): void {
    const bytes = this.#frames.next();
    if (bytes.length > 0) this.#wire.write(bytes);
  }

  #receive(bytes: Uint8Array): void {
    for (const byte of bytes) {
      this.#command = [...this.#command, byte].slice(-3);
      if (this.#obey()) this.#command = [];
    }
  }

  #obey(): boolean {
    if (this.#is(COMMANDS.continuous)) this.#sendContinuously();
    else if (this.#is(COMMANDS.query)) this.#answerOnce();
    else if (this.#is(COMMANDS.baud9600)) this.#stored.baudRate = 9600;
    else if (this.#is(COMMANDS.baud115200)) this.#stored.baudRate = 115200;
    else if (this.#is(COMMANDS.sendAfterPowerOn)) this.#stored.sendsAfterPowerOn = true;
    else if (this.#is(COMMANDS.silentAfterPowerOn)) this.#stored.sendsAfterPowerOn = false;
    else return false;
    return true;
  }

  #answerOnce(): void {
    this.#continuous = false;
    this.#cancelTick?.();
    this.#cancelTick = undefined;
    this.#sendFrame();
  }

  #is(command: readonly number[]): boolean {
    return command.length === this.#command.length && command.every((byte, at) => this.#command[at] === byte);
  }
}
