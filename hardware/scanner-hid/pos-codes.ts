import { judgeCodeBytes, MAX_CODE_BYTES, type ScannedCode } from '../../src/core/scan/scanned-code.ts';
import { type InputReport, notUnderstood } from './descriptor.ts';

const BARCODE_PAGE = 0x8c;
/** With the report's number. */
const REPORT_BYTES = 64;
/** Places in a report without its number (hardware/FACTS.md#hid-pos). */
const AT = { count: 0, more: 62 } as const;
/** Where the AIM identifier begins; the data follow it. Some makers have one more byte before it. */
const AIM_AT = [1, 2];
const AIM_FLAG = 0x5d;
const AIM_BYTES = 3;
export const DATA_BYTES_MAX = 56;
const MORE_FOLLOWS = 0x01;

/** The bar code report among those of a device. */
export function choosePosReport(reports: readonly InputReport[]): InputReport {
  const found = reports.find(
    ({ application, bytes, id }) => application.page === BARCODE_PAGE && bytes === REPORT_BYTES && id !== 0,
  );
  if (found !== undefined) return found;
  throw notUnderstood('it is no bar code scanner in HID-POS mode with reports of 64 bytes');
}

/** Puts the reports of one code together. At most 4,096 bytes are kept. */
export class PosCodes {
  readonly #bytes = new Uint8Array(MAX_CODE_BYTES);
  #length = 0;
  /** What kind of code is being read; all reports of one code say the same. */
  #aim = '';
  #state: 'idle' | 'reading' | 'dropping' = 'idle';

  /** Whether more reports of a code are to come. */
  get pending(): boolean {
    return this.#state !== 'idle';
  }

  /** @param report without its number */
  push(report: Uint8Array): ScannedCode[] {
    const count = report[AT.count] ?? 0;
    const aimAt = AIM_AT.find((at) => report[at] === AIM_FLAG) ?? report.length;
    const dataAt = aimAt + AIM_BYTES;
    const aim = `${aimAt}${String.fromCharCode(...report.subarray(aimAt, dataAt))}`;
    const good = report.length === REPORT_BYTES - 1 && dataAt < report.length && count <= DATA_BYTES_MAX;
    const codes: ScannedCode[] = [];
    if (this.#state === 'reading' && (!good || aim !== this.#aim)) codes.push(...this.flush());
    if (this.#state === 'idle') {
      this.#length = 0;
      this.#aim = aim;
      this.#state = good ? 'reading' : 'dropping';
      if (!good && codes.length === 0) codes.push(rejected('incomplete', 0));
    }
    if (this.#state === 'reading') codes.push(...this.#append(report.subarray(dataAt, dataAt + count)));
    if (((report[AT.more] ?? 0) & MORE_FOLLOWS) === 0) codes.push(...this.#end());
    return codes;
  }

  /** Ends a code whose next report does not come. */
  flush(): ScannedCode[] {
    const unfinished = this.#state === 'reading';
    this.#state = 'idle';
    return unfinished ? [rejected('incomplete', this.#length)] : [];
  }

  #append(data: Uint8Array): ScannedCode[] {
    if (this.#length + data.length > MAX_CODE_BYTES) {
      this.#state = 'dropping';
      return [rejected('too_long', this.#length + data.length)];
    }
    this.#bytes.set(data, this.#length);
    this.#length += data.length;
    return [];
  }

  #end(): ScannedCode[] {
    const whole = this.#state === 'reading';
    this.#state = 'idle';
    const code = whole ? judgeCodeBytes(this.#bytes.subarray(0, this.#length)) : undefined;
    return code === undefined ? [] : [code];
  }
}

function rejected(cause: 'incomplete' | 'too_long', lengthBytes: number): ScannedCode {
  return { type: 'rejected', cause, lengthBytes };
}
