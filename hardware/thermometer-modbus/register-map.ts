/** The registers of a Modbus sensor, from its manual. Every maker has a different map. */
export interface RegisterMap {
  /** 1 to 255; the standard ends at 247, sensors do not. */
  readonly address: number;
  /** 3: holding registers, 4: input registers. */
  readonly function: 3 | 4;
  readonly type: RegisterType;
  /** Which of the two registers of a 32-bit value comes first. */
  readonly wordOrder: 'high-first' | 'low-first';
  /** Steps per degree Celsius, e.g. 10 for a sensor with tenths. */
  readonly stepsPerDegree: number;
  /** Registers by the number on the wire, which counts from 0. */
  readonly objectRegister: number;
  readonly ambientRegister?: number;
  /** `bits` names the bits that make the value invalid when set, by bit number 0 to 15. */
  readonly status?: { readonly register: number; readonly bits: Readonly<Record<string, string>> };
}

type RegisterType = 'int16' | 'uint16' | 'int32' | 'uint32' | 'float32';

/**
 * Highest address of the standard. Makers use higher ones to reach a sensor whose address is unknown; some sensors
 * answer with the address of the request, some with their own.
 */
const LAST_OWN_ADDRESS = 247;

/** Whether an answer with the address `answering` belongs to a request to the sensor of the map. */
export function isAnswerOf({ address }: RegisterMap, answering: number | undefined): boolean {
  return answering === address || (address > LAST_OWN_ADDRESS && answering !== undefined && answering > 0);
}

/** Registers that are read with one request. */
interface RegisterBlock {
  readonly first: number;
  readonly count: number;
}

/**
 * The block from the lowest to the highest register. It is read at once, so that all values are of one moment and one
 * answer.
 */
export function blockOf(map: RegisterMap): RegisterBlock {
  const last = registersOf(map.type) - 1;
  const values = [map.objectRegister, ...(map.ambientRegister === undefined ? [] : [map.ambientRegister])];
  const status = map.status === undefined ? [] : [map.status.register];
  const first = Math.min(...values, ...status);
  return { first, count: Math.max(...values.map((register) => register + last), ...status) - first + 1 };
}

/** The temperature at `register`, in degrees Celsius; not finite if the sensor sends no number. */
export function registerValue(data: DataView, map: RegisterMap, register: number): number {
  return rawValue(data, map, (register - blockOf(map).first) * 2) / map.stepsPerDegree;
}

/** What sensors send for "no value": no bit, all but the sign, only the sign, all bits. */
const NO_VALUE_16 = [0x0000, 0x7fff, 0x8000, 0xffff];
const NO_VALUE_32 = [0x0000_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

function rawValue(data: DataView, { type, wordOrder }: RegisterMap, at: number): number {
  if (type === 'int16' || type === 'uint16') {
    if (NO_VALUE_16.includes(data.getUint16(at))) return Number.NaN;
    return type === 'int16' ? data.getInt16(at) : data.getUint16(at);
  }
  const [high, low] = wordOrder === 'high-first' ? [at, at + 2] : [at + 2, at];
  const value = new DataView(new ArrayBuffer(4));
  value.setUint16(0, data.getUint16(high));
  value.setUint16(2, data.getUint16(low));
  if (NO_VALUE_32.includes(value.getUint32(0))) return Number.NaN;
  if (type === 'float32') return value.getFloat32(0);
  return type === 'int32' ? value.getInt32(0) : value.getUint32(0);
}

function registersOf(type: RegisterType): 1 | 2 {
  return type === 'int16' || type === 'uint16' ? 1 : 2;
}
