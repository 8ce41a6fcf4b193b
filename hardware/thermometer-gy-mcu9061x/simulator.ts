import type { Cancel, Clock } from '../../src/ports/clock.ts';
import { type Noise, thermopileNoise } from '../simulators/thermopile-noise.ts';
import type { Wire } from '../simulators/wire.ts';
import { COMMANDS, encodeFrame } from './codec.ts';

/** 10 frames a second, as the module sends. */
const PERIOD_MS = 100;

/** What is wrong with the module right now. */
export type ThermometerTrouble =
  | 'none'
  | 'silent'
  | 'garbage'
  | 'half_frames'
  | 'bad_checksum'
  | 'wrong_family'
  | 'no_value'
  | 'stuck';

/** A frame of a GY-53 distance module: 50 mm (hardware-facts 1.7). */
const GY53_FRAME = [0x5a, 0x5a, 0x15, 0x03, 0x00, 0x32, 0x01, 0xff];
const GARBAGE = [0x13, 0x5a, 0xf0, 0x5a, 0x5a, 0x00, 0x45, 0xff, 0x0d, 0x0a, 0x80];
const NO_VALUE_CENTI_C = 0x7fff;

export interface GyMcu9061xSimulatorOptions {
  readonly wire: Wire;
  readonly clock: Clock;
  /** Added to every object value, in hundredths of a degree; the module's own noise when left out. */
  readonly noise?: Noise;
}

/** The module's side of the line: frames, commands, and everything that goes wrong with them. */
export class GyMcu9061xSimulator {
  readonly #wire: Wire;
  readonly #clock: Clock;
  readonly #noise: Noise;
  #objectC = 22;
  #ambientC = 22;
  #trouble: ThermometerTrouble = 'none';
  #lastFrame: Uint8Array | undefined;
  #continuous = false;
  /** Kept in the module's flash: they survive a power cycle and hold from then on. */
  #stored = { baudRate: 9600, sendsAfterPowerOn: true };
  #command: number[] = [];
  #cancelTick: Cancel | undefined;
  #stopListening: (() => void) | undefined;

  constructor(options: GyMcu9061xSimulatorOptions) {
    this.#wire = options.wire;
    this.#clock = options.clock;
    this.#noise = options.noise ?? thermopileNoise();
  }

  /** Gives the module power; it sends continuously unless it was told to stay silent. Idempotent. */
  powerOn(): void {
    if (this.#stopListening !== undefined) return;
    this.#wire.setBaudRate?.(this.#stored.baudRate);
    this.#stopListening = this.#wire.onBytes((bytes) => this.#receive(bytes));
    if (this.#stored.sendsAfterPowerOn) this.#sendContinuously();
  }

  /** Takes the power away. Idempotent. */
  powerOff(): void {
    this.#stopListening?.();
    this.#stopListening = undefined;
    this.#cancelTick?.();
    this.#cancelTick = undefined;
    this.#continuous = false;
    this.#command = [];
  }

  /** What the sensor sees and how warm it is itself, in degrees Celsius from -327.68 to 327.67. */
  setTemperatures(temperatures: { readonly objectC: number; readonly ambientC: number }): void {
    this.#objectC = temperatures.objectC;
    this.#ambientC = temperatures.ambientC;
  }

  setTrouble(trouble: ThermometerTrouble): void {
    this.#trouble = trouble;
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
    const bytes = this.#troubled(this.#trouble);
    if (bytes.length > 0) this.#wire.write(bytes);
  }

  #troubled(trouble: ThermometerTrouble): Uint8Array {
    switch (trouble) {
      case 'none':
        return this.#newFrame();
      case 'silent':
        return new Uint8Array();
      case 'garbage':
        return Uint8Array.from(GARBAGE);
      case 'half_frames':
        return this.#newFrame().subarray(0, 5);
      case 'bad_checksum':
        return this.#newFrame().map((byte, at) => (at === 8 ? byte ^ 0x01 : byte));
      case 'wrong_family':
        return Uint8Array.from(GY53_FRAME);
      case 'no_value':
        return encodeFrame(NO_VALUE_CENTI_C, centi(this.#ambientC));
      case 'stuck':
        return this.#lastFrame ?? this.#newFrame();
    }
  }

  #newFrame(): Uint8Array {
    const noise = this.#noise();
    // The chip's own temperature is three times as quiet as what it sees.
    this.#lastFrame = encodeFrame(
      centi(this.#objectC) + noise,
      centi(this.#ambientC) + Math.trunc(noise / 3),
    );
    return this.#lastFrame;
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

function centi(celsius: number): number {
  return Math.round(celsius * 100);
}
