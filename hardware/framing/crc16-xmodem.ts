const POLYNOMIAL = 0x1021;

/** CRC-16/XMODEM of bytes[from] to bytes[to - 1]: polynomial 0x1021, begins with 0; its high byte comes first. */
export function crc16Xmodem(bytes: ArrayLike<number>, from: number, to: number): number {
  let crc = 0;
  for (let index = from; index < to; index++) {
    crc ^= (bytes[index] ?? 0) << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000 ? (crc << 1) ^ POLYNOMIAL : crc << 1) & 0xffff;
  }
  return crc;
}
