import type { Parity } from '../../src/ports/serial-ports.ts';
import { crc16Modbus } from '../framing/sums.ts';
import {
  type CentiTemperatures,
  type Temperatures,
  ThermometerFrames,
  type ThermometerSimulator,
  type ThermometerTrouble,
} from '../simulators/thermometer-frames.ts';
import type { Noise } from '../simulators/thermopile-noise.ts';
import type { Wire } from '../simulators/wire.ts';
import { encodeRequest } from './codec.ts';
import { blockOf, type RegisterMap } from './register-map.ts';

const REQUEST_BYTES = 8;
const ILLEGAL_REGISTER = 2;

interface ModbusSimulatorDeps {
  readonly wire: Wire;
  readonly map: RegisterMap;
  readonly baudRate?: number;
  readonly parity?: Parity;
  /** Added to every object value, in hundredths of a degree; the noise of a thermopile when left out. */
  readonly noise?: Noise;
}

/** The sensor's side of the line: it has the registers of the map and refuses every other request. */
export class ModbusSimulator implements ThermometerSimulator {
  readonly #deps: ModbusSimulatorDeps;
  readonly #frames: ThermometerFrames;
  readonly #expected: Uint8Array;
  #request: number[] = [];
  #exception: number | undefined;
  #stopListening: (() => void) | undefined;

  constructor(deps: ModbusSimulatorDeps) {
    this.#deps = deps;
    this.#expected = encodeRequest(deps.map);
    this.#frames = new ThermometerFrames({
      encode: (temperatures) => this.#answer(temperatures, 0),
      withoutValue: (temperatures) => this.#withoutValue(temperatures),
      ...(deps.noise === undefined ? {} : { noise: deps.noise }),
    });
  }

  powerOn(): void {
    if (this.#stopListening !== undefined) return;
    this.#deps.wire.setBaudRate?.(this.#deps.baudRate ?? 9600);
    this.#deps.wire.setParity?.(this.#deps.parity ?? 'none');
    this.#stopListening = this.#deps.wire.onBytes((bytes) => this.#receive(bytes));
  }

  powerOff(): void {
    this.#stopListening?.();
    this.#stopListening = undefined;
    this.#request = [];
  }

  setTemperatures(temperatures: Temperatures): void {
    this.#frames.setTemperatures(temperatures);
  }

  setTrouble(trouble: ThermometerTrouble): void {
    this.#frames.setTrouble(trouble);
  }

  /** Answers everything with this exception code until it is undefined again. */
  setException(code: number | undefined): void {
    this.#exception = code;
  }

  #receive(bytes: Uint8Array): void {
    for (const byte of bytes) {
      this.#request = [...this.#request, byte].slice(-REQUEST_BYTES);
      if (this.#request.length < REQUEST_BYTES || crc16Modbus(this.#request, 0, REQUEST_BYTES) !== 0)
        continue;
      if (this.#request[0] === this.#deps.map.address) this.#reply();
      this.#request = [];
    }
  }

  #reply(): void {
    const known = this.#expected.every((byte, at) => this.#request[at] === byte);
    const exception = this.#exception ?? (known ? undefined : ILLEGAL_REGISTER);
    const fn = this.#request[1] ?? 0;
    const bytes =
      exception === undefined ? this.#frames.next() : withCrc([this.#deps.map.address, fn | 0x80, exception]);
    if (bytes.length > 0) this.#deps.wire.write(bytes);
  }

  /**
   * An answer with the first bit set that makes the value invalid; a sensor without a status register sends "not a
   * number" instead.
   */
  #withoutValue(temperatures: CentiTemperatures): Uint8Array {
    const [bit] = Object.keys(this.#deps.map.status?.bits ?? {});
    return bit === undefined
      ? this.#answer({ ...temperatures, object: Number.NaN }, 0)
      : this.#answer(temperatures, 1 << Number(bit));
  }

  #answer({ object, ambient }: CentiTemperatures, status: number): Uint8Array {
    const { map } = this.#deps;
    const { first, count } = blockOf(map);
    const data = new DataView(new ArrayBuffer(count * 2));
    if (map.ambientRegister !== undefined) putValue(data, map, map.ambientRegister - first, ambient);
    putValue(data, map, map.objectRegister - first, object);
    if (map.status !== undefined) data.setUint16((map.status.register - first) * 2, status);
    return withCrc([map.address, map.function, count * 2, ...new Uint8Array(data.buffer)]);
  }
}

function putValue(
  data: DataView,
  { type, wordOrder, stepsPerDegree }: RegisterMap,
  at: number,
  centiC: number,
): void {
  const exact = (centiC * stepsPerDegree) / 100;
  if (type === 'int16' || type === 'uint16') {
    data.setInt16(at * 2, Math.round(exact));
    return;
  }
  const value = new DataView(new ArrayBuffer(4));
  if (type === 'float32') value.setFloat32(0, exact);
  else value.setInt32(0, Math.round(exact));
  const [high, low] = wordOrder === 'high-first' ? [at, at + 1] : [at + 1, at];
  data.setUint16(high * 2, value.getUint16(0));
  data.setUint16(low * 2, value.getUint16(2));
}

function withCrc(bytes: readonly number[]): Uint8Array {
  const crc = crc16Modbus(bytes, 0, bytes.length);
  return Uint8Array.of(...bytes, crc & 0xff, crc >> 8);
}
