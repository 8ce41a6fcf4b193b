import { wrong } from './fields.ts';

/** Records checked between two yields: well below a millisecond on a small computer. */
const RECORDS_A_TURN = 4096;

/**
 * Records of one length in ascending order of their bytes, each beginning with its key. Lookups search the bytes: a
 * million records create no objects.
 */
export class Records {
  /** A multiple of the record's length. */
  readonly bytes: Uint8Array;
  readonly recordBytes: number;
  readonly keyBytes: number;

  private constructor(bytes: Uint8Array, recordBytes: number, keyBytes: number) {
    this.bytes = bytes;
    this.recordBytes = recordBytes;
    this.keyBytes = keyBytes;
  }

  /**
   * Takes ownership of `bytes` after checking length, number and order. Yields after every turn.
   * @throws GatepostError `bundle.refused`
   */
  static *check(
    bytes: Uint8Array,
    form: { readonly what: string; readonly recordBytes: number; readonly keyBytes: number; most: number },
  ): Generator<void, Records> {
    const { what, recordBytes, keyBytes, most } = form;
    if (bytes.length % recordBytes !== 0) throw wrong(`${what} must be a multiple of ${recordBytes} bytes`);
    const records = new Records(bytes, recordBytes, keyBytes);
    if (records.count > most) throw wrong(`${what} must be at most ${most} records`);
    for (let index = 1; index < records.count; index++) {
      if (compareAt(bytes, (index - 1) * recordBytes, bytes, index * recordBytes, recordBytes) >= 0)
        throw wrong(`${what} must be sorted and without repeats`);
      if (index % RECORDS_A_TURN === 0) yield;
    }
    return records;
  }

  get count(): number {
    return this.bytes.length / this.recordBytes;
  }

  /** Index of the first record that begins with `key`, or -1. */
  indexOf(key: Uint8Array): number {
    const { bytes, recordBytes, keyBytes } = this;
    if (key.length !== keyBytes) return -1;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareAt(bytes, middle * recordBytes, key, 0, keyBytes) < 0) low = middle + 1;
      else high = middle;
    }
    return low < this.count && this.#hasKey(low, key) ? low : -1;
  }

  /** The bytes behind the key of every record that begins with `key`, in order. */
  *valuesOf(key: Uint8Array): Generator<DataView> {
    const first = this.indexOf(key);
    if (first < 0) return;
    for (let index = first; index < this.count && this.#hasKey(index, key); index++)
      yield this.valueAt(index);
  }

  keyAt(index: number): Uint8Array {
    const at = index * this.recordBytes;
    return this.bytes.subarray(at, at + this.keyBytes);
  }

  /** The bytes behind the key of one record. */
  valueAt(index: number): DataView {
    const at = this.bytes.byteOffset + index * this.recordBytes + this.keyBytes;
    return new DataView(this.bytes.buffer, at, this.recordBytes - this.keyBytes);
  }

  #hasKey(index: number, key: Uint8Array): boolean {
    return compareAt(this.bytes, index * this.recordBytes, key, 0, this.keyBytes) === 0;
  }
}

/** The given records in ascending order, without duplicates, as Records requires. */
export function joinRecords(records: readonly Uint8Array[]): Uint8Array {
  const sorted = [...records].sort(Buffer.compare);
  const different = sorted.filter((record, index) => {
    const before = sorted[index - 1];
    return before === undefined || Buffer.compare(before, record) !== 0;
  });
  return new Uint8Array(Buffer.concat(different));
}

/** The bytes of a key in hex; undefined if the text is not a key of that length. */
export function keyOf(hex: string, bytes: number): Uint8Array | undefined {
  return hex.length === 2 * bytes && /^[0-9a-f]+$/.test(hex) ? Buffer.from(hex, 'hex') : undefined;
}

function compareAt(a: Uint8Array, atA: number, b: Uint8Array, atB: number, length: number): number {
  for (let index = 0; index < length; index++) {
    const difference = (a[atA + index] ?? 0) - (b[atB + index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
