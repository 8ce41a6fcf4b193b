/**
 * Frames of other modules that people plug in by mistake (hardware-facts 1.2 to 1.7). Knowing them turns "no valid
 * frame" into a name. Only families whose frames are long enough not to appear in noise are listed.
 */
interface ForeignFamily {
  readonly name: string;
  /** First bytes of a frame; undefined stands for any byte. */
  readonly header: readonly (number | undefined)[];
  readonly length: number;
  /** First byte that the checksum counts. */
  readonly sumFrom: number;
}

const FAMILIES: readonly ForeignFamily[] = [
  { name: 'a GY-53 distance module (5A 5A 15)', header: [0x5a, 0x5a, 0x15, 0x03], length: 8, sumFrom: 0 },
  {
    name: 'a GY-614V3 thermometer (A4)',
    header: [0xa4, undefined, undefined, 0x07],
    length: 12,
    sumFrom: 0,
  },
  { name: 'an LU90614 thermometer (FE)', header: [0xfe, 0xaa], length: 9, sumFrom: 0 },
  { name: 'an LU90614 thermometer (FE)', header: [0xfe, 0xac], length: 9, sumFrom: 0 },
  { name: 'a CJMCU-90614 thermometer (66 66)', header: [0x66, 0x66, 0x01, 0x04], length: 9, sumFrom: 4 },
  { name: 'a CJMCU-90614 thermometer (66 66)', header: [0x66, 0x66, 0x02, 0x04], length: 9, sumFrom: 4 },
  { name: 'an IDC-50 thermometer (AA 55)', header: [0xaa, 0x55, 0x06], length: 6, sumFrom: 0 },
  { name: 'a TFmini or TF-Luna distance module (59 59)', header: [0x59, 0x59], length: 9, sumFrom: 0 },
];

/** Low byte of the sum of bytes[from] to bytes[to - 1]: the checksum of all these modules. */
export function sumOf(bytes: ArrayLike<number>, from: number, to: number): number {
  let sum = 0;
  for (let index = from; index < to; index++) sum += bytes[index] ?? 0;
  return sum & 0xff;
}

/** Whether `bytes` begin with a whole frame of another family, may yet turn out to, or do not. */
export function foreignFrame(
  bytes: readonly number[],
): { readonly name: string; readonly length: number } | 'incomplete' | undefined {
  let incomplete = false;
  for (const family of FAMILIES) {
    if (!family.header.every((byte, at) => byte === undefined || at >= bytes.length || bytes[at] === byte)) {
      continue;
    }
    if (bytes.length < family.length) incomplete = true;
    else if (sumOf(bytes, family.sumFrom, family.length - 1) === bytes[family.length - 1]) return family;
  }
  return incomplete ? 'incomplete' : undefined;
}
