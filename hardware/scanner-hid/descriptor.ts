import { GatepostError } from '../../src/core/errors.ts';

/** The kernel's own limit (HID_MAX_DESCRIPTOR_SIZE). */
export const DESCRIPTOR_BYTES_MAX = 4096;
/** The kernel's own limit for one report (HID_MAX_BUFFER_SIZE). */
const REPORT_BYTES_MAX = 16_384;

/** Some bits of an input report. */
export interface InputField {
  readonly usagePage: number;
  readonly bits: number;
  /** Size of one value in bits, and how many there are. */
  readonly size: number;
  readonly count: number;
  readonly constant: boolean;
  /** Values are numbers of keys; otherwise each value stands for one key or number. */
  readonly array: boolean;
  /** Usage of its first value, or of the least value of an array; undefined where the descriptor names none. */
  readonly firstUsage: number | undefined;
  /** The least value. */
  readonly least: number;
}

/** One kind of input report of a device. */
export interface InputReport {
  /** 0 for a device whose reports carry no number. */
  readonly id: number;
  /** Usage page and usage of the application it belongs to, e.g. 01 06 for a keyboard. */
  readonly application: { readonly page: number; readonly usage: number };
  readonly fields: readonly InputField[];
  /** Length of the report on the wire, with its number. */
  readonly bytes: number;
}

interface Globals {
  page: number;
  size: number;
  count: number;
  id: number;
  least: number;
}

const TYPE_MAIN = 0;
const TYPE_GLOBAL = 1;
const TYPE_LOCAL = 2;
const LONG_ITEM = 0xfe;
const APPLICATION = 1;
const STACK_MAX = 16;

/**
 * The input reports in a HID report descriptor (USB HID 1.11, section 6.2.2).
 * @throws GatepostError `device.failed` if it is incomplete or contradicts itself
 */
export function inputReports(descriptor: Uint8Array): readonly InputReport[] {
  if (descriptor.length > DESCRIPTOR_BYTES_MAX) throw notUnderstood('it is too long');
  const reader = new DescriptorReader();
  let at = 0;
  while (at < descriptor.length) {
    const prefix = descriptor[at] ?? 0;
    if (prefix === LONG_ITEM) throw notUnderstood('it has a long item');
    const length = [0, 1, 2, 4][prefix & 3] ?? 0;
    if (at + 1 + length > descriptor.length) throw notUnderstood('it breaks off');
    let value = 0;
    for (let index = length; index > 0; index--) value = value * 256 + (descriptor[at + index] ?? 0);
    reader.take((prefix >> 2) & 3, prefix >> 4, value, length);
    at += 1 + length;
  }
  return reader.reports();
}

class DescriptorReader {
  #globals: Globals = { page: 0, size: 0, count: 0, id: 0, least: 0 };
  readonly #stack: Globals[] = [];
  #usage: { page: number; usage: number } | undefined;
  #firstUsage: number | undefined;
  #application = { page: 0, usage: 0 };
  readonly #reports = new Map<number, { application: InputReport['application']; fields: InputField[] }>();

  take(type: number, tag: number, value: number, length: number): void {
    if (type === TYPE_MAIN) this.#main(tag, value);
    if (type === TYPE_GLOBAL) this.#global(tag, value);
    // A usage of four bytes contains its own page.
    if (type === TYPE_LOCAL && tag === 0) {
      this.#usage ??=
        length === 4
          ? { page: Math.floor(value / 0x10000), usage: value & 0xffff }
          : { page: this.#globals.page, usage: value };
    }
    if (type === TYPE_LOCAL && tag === 1) this.#firstUsage = value & 0xffff;
  }

  reports(): readonly InputReport[] {
    const numbered = [...this.#reports.keys()].some((id) => id !== 0);
    return [...this.#reports].map(([id, { application, fields }]) => {
      const bits = fields.reduce((sum, field) => sum + field.bits, 0);
      const bytes = Math.ceil(bits / 8) + (numbered ? 1 : 0);
      if (bytes > REPORT_BYTES_MAX) throw notUnderstood('it has reports without bounds');
      return { id, application, fields, bytes };
    });
  }

  #main(tag: number, value: number): void {
    const { page, size, count, id, least } = this.#globals;
    if (tag === 0xa && value === APPLICATION && this.#usage !== undefined) this.#application = this.#usage;
    if (tag === 0x8) {
      const report = this.#reports.get(id) ?? { application: this.#application, fields: [] };
      this.#reports.set(id, report);
      report.fields.push({
        usagePage: page,
        size,
        count,
        bits: size * count,
        constant: (value & 1) !== 0,
        array: (value & 2) === 0,
        firstUsage: this.#firstUsage ?? this.#usage?.usage,
        least,
      });
    }
    this.#usage = undefined;
    this.#firstUsage = undefined;
  }

  #global(tag: number, value: number): void {
    if (tag === 0x0) this.#globals.page = value;
    if (tag === 0x1) this.#globals.least = value;
    if (tag === 0x7) this.#globals.size = value;
    if (tag === 0x8) this.#globals.id = value;
    if (tag === 0x9) this.#globals.count = value;
    if (tag === 0xa) {
      if (this.#stack.length >= STACK_MAX) throw notUnderstood('it pushes without end');
      this.#stack.push({ ...this.#globals });
    }
    if (tag === 0xb) {
      const globals = this.#stack.pop();
      if (globals === undefined) throw notUnderstood('it pops what it has not pushed');
      this.#globals = globals;
    }
  }
}

/** The error for a device whose descriptor is not understood. */
export function notUnderstood(why: string): GatepostError {
  return new GatepostError(
    'device.failed',
    `The scanner's description of itself is not understood: ${why}. Check that the path is the scanner's, or switch it to USB virtual COM port and use driver: serial.`,
  );
}
