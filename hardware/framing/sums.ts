/** Low byte of the sum of bytes[from] to bytes[to - 1]. */
export function sumOf(bytes: ArrayLike<number>, from: number, to: number): number {
  let sum = 0;
  for (let index = from; index < to; index++) sum += bytes[index] ?? 0;
  return sum & 0xff;
}

/** Reflected form of the polynomial 0x8005. */
const CRC16_POLYNOMIAL = 0xa001;

/** CRC-16/MODBUS of bytes[from] to bytes[to - 1]; on the wire its low byte comes first. */
export function crc16Modbus(bytes: ArrayLike<number>, from: number, to: number): number {
  let crc = 0xffff;
  for (let index = from; index < to; index++) {
    crc ^= bytes[index] ?? 0;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ CRC16_POLYNOMIAL : crc >> 1;
  }
  return crc;
}

/** Bytes as people write them in data sheets: `5A 5A 45`. */
export function hexOf(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(' ');
}
