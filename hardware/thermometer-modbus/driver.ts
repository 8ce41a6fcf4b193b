import type { DeviceLink } from '../../src/ports/device-link.ts';
import type { Thermometer, ThermometerEvent } from '../../src/ports/thermometer.ts';
import { openAskedLine } from '../serial/polled-line.ts';
import { type LineDeps, lineSetting } from '../serial/streaming-line.ts';
import { encodeRequest, ModbusDecoder } from './codec.ts';
import type { RegisterMap } from './register-map.ts';

const PERIOD_MS = 200;

interface ModbusThermometerOptions extends LineDeps {
  readonly map: RegisterMap;
  /** How long an answer is waited for, in milliseconds. */
  readonly replyMs: number;
  readonly simulated: boolean;
}

/**
 * A sensor on RS-485 that speaks Modbus RTU (hardware/FACTS.md#modbus-rtu). It is asked for one block of registers,
 * over and over, with one request on its way; so an answer that comes late is old, but never another register's.
 */
export class ModbusThermometer implements Thermometer {
  readonly driver = 'modbus';
  readonly simulated: boolean;
  readonly silenceMs = 3000;
  readonly resolutionC: number;
  readonly #options: ModbusThermometerOptions;

  constructor(options: ModbusThermometerOptions) {
    this.simulated = options.simulated;
    this.resolutionC = 1 / options.map.stepsPerDegree;
    this.#options = options;
  }

  get lineSetting(): string {
    return `${lineSetting(this.#options)}, address ${this.#options.map.address}`;
  }

  open(onEvent: (event: ThermometerEvent) => void, signal: AbortSignal): Promise<DeviceLink> {
    const { map, replyMs } = this.#options;
    const request = Array.from(encodeRequest(map));
    return openAskedLine({
      line: this.#options,
      decoder: new ModbusDecoder(map),
      onEvent,
      signal,
      request: () => request,
      periodMs: PERIOD_MS,
      deadlineMs: replyMs,
    });
  }
}
