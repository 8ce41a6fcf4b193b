import { isFramePossible } from '../../src/core/screening/possible.ts';
import type { ThermometerEvent } from '../../src/ports/thermometer.ts';
import { type FrameContent, FrameDecoder } from '../framing/frame-decoder.ts';
import { crc16Modbus } from '../framing/sums.ts';
import { blockOf, isAnswerOf, type RegisterMap, registerValue } from './register-map.ts';

/** Added to the function in the answer to a request that the sensor refuses. */
const REFUSED = 0x80;
const REFUSAL_BYTES = 5;
/** Address, function and number of bytes before the data, CRC after it. */
const HEAD_BYTES = 3;
const CRC_BYTES = 2;
const REQUEST_BYTES = 8;
/** About the length of one answer, because the sensor sends only when polled. */
const NOISE_LIMIT = 16;

/** Exceptions up to this one mean that the request does not fit the sensor; later ones that the sensor has a fault. */
const LAST_OF_THE_CONFIG = 3;
/** Modbus Application Protocol 1.1b3, section 7. */
const EXCEPTIONS: Readonly<Record<number, string>> = {
  1: 'it does not know the function',
  2: 'it does not have the registers',
  3: 'it does not accept the number of registers',
  4: 'it has failed',
  5: 'it needs longer',
  6: 'it is busy',
  8: 'its memory is damaged',
  10: 'the gateway has no path to it',
  11: 'the gateway does not reach it',
};

/** The only request: reads the whole block of registers (hardware/FACTS.md#modbus-rtu). */
export function encodeRequest(map: RegisterMap): Uint8Array {
  const { first, count } = blockOf(map);
  const request = new Uint8Array(REQUEST_BYTES);
  const view = new DataView(request.buffer);
  request.set([map.address, map.function]);
  view.setUint16(2, first);
  view.setUint16(4, count);
  view.setUint16(6, crc16Modbus(request, 0, 6), true);
  return request;
}

/** Finds the answers to that request, and the exceptions of the sensor. */
export class ModbusDecoder extends FrameDecoder<ThermometerEvent> {
  constructor(map: RegisterMap) {
    const expected = blockOf(map).count * 2;
    super({
      device: 'a Modbus sensor',
      noiseLimit: NOISE_LIMIT,
      find: (bytes) => find(bytes, map, expected),
      read: (frame, atMs) => read(frame, atMs, map),
    });
  }
}

/** @param expected bytes of data in an answer */
function find(
  bytes: readonly number[],
  map: RegisterMap,
  expected: number,
): number | 'incomplete' | undefined {
  const [address, fn, dataBytes] = bytes;
  if (!isAnswerOf(map, address)) return undefined;
  if (fn === undefined) return 'incomplete';
  if (fn === (map.function | REFUSED)) return checked(bytes, REFUSAL_BYTES);
  if (fn !== map.function) return undefined;
  if (dataBytes !== undefined && dataBytes !== expected) return undefined;
  return checked(bytes, HEAD_BYTES + expected + CRC_BYTES);
}

function checked(bytes: readonly number[], length: number): number | 'incomplete' | undefined {
  if (bytes.length < length) return 'incomplete';
  const crc = crc16Modbus(bytes, 0, length - CRC_BYTES);
  return bytes[length - 2] === (crc & 0xff) && bytes[length - 1] === crc >> 8 ? length : undefined;
}

function read(frame: DataView, atMs: number, map: RegisterMap): FrameContent<ThermometerEvent> {
  if (frame.getUint8(1) !== map.function) {
    const code = frame.getUint8(2);
    return {
      cause: 'sensor_invalid',
      detail: `The sensor refuses the request with exception ${code}: ${EXCEPTIONS[code] ?? 'not a code of the standard'}. ${code <= LAST_OF_THE_CONFIG ? 'Compare function and registers in the config with its manual.' : 'Cut its power for a moment; if it stays so, look at its wiring and its manual.'}`,
    };
  }
  const data = new DataView(frame.buffer, HEAD_BYTES, frame.byteLength - HEAD_BYTES - CRC_BYTES);
  const problems = statusOf(data, map);
  if (problems.length > 0) {
    return {
      cause: 'sensor_invalid',
      detail: `The sensor says about its own value: ${problems.join(', ')}.`,
    };
  }
  const objectC = registerValue(data, map, map.objectRegister);
  const ambientC =
    map.ambientRegister === undefined ? undefined : registerValue(data, map, map.ambientRegister);
  const frameRead = { objectC, ...(ambientC === undefined ? {} : { ambientC }), atMs };
  if (!isFramePossible(frameRead)) {
    return {
      cause: 'sensor_invalid',
      detail:
        'The sensor sends no temperature. Compare type, word order and stepsPerDegree in the config with its manual; if they are right, it is the sensor that has no value.',
    };
  }
  return { reading: { type: 'frame', frame: frameRead } };
}

/** The names of the status bits that are set and make the value invalid. */
function statusOf(data: DataView, map: RegisterMap): string[] {
  const { status } = map;
  if (status === undefined) return [];
  const word = data.getUint16((status.register - blockOf(map).first) * 2);
  return Object.entries(status.bits).flatMap(([bit, name]) => ((word >> Number(bit)) & 1 ? [name] : []));
}
