import { type InputField, type InputReport, notUnderstood } from './descriptor.ts';

/** One key that went down. */
export interface KeyStroke {
  /** Usage on page 07 of the HID usage tables, e.g. 04 for the key that is A on a US keyboard. */
  readonly usage: number;
  /** Bits of MODIFIER. */
  readonly modifiers: number;
}

/** First byte of a boot keyboard report. */
export const MODIFIER = {
  leftControl: 0x01,
  leftShift: 0x02,
  leftAlt: 0x04,
  leftGui: 0x08,
  rightControl: 0x10,
  rightShift: 0x20,
  /** AltGr on layouts that have one. */
  rightAlt: 0x40,
  rightGui: 0x80,
} as const;

/** Where a keyboard's report has what, in bytes, without the report's number. */
interface KeyPlaces {
  readonly bytes: number;
  readonly modifiersAt: number;
  readonly keysAt: number;
  /** How many keys it can tell of at a time. */
  readonly keys: number;
}

/** The report of a boot keyboard: modifiers, a byte for nothing, six keys (USB HID 1.11, B.1). */
const BOOT_REPORT: KeyPlaces = { bytes: 8, modifiersAt: 0, keysAt: 2, keys: 6 };

/** Usages 01 to 03 say that too many keys were down or that the keyboard is ill: strokes are lost. */
const LAST_ERROR_USAGE = 0x03;
const KEYBOARD_PAGE = 0x07;

/** The report with modifiers and numbers of keys among those of a device. */
export function chooseKeyboardReport(reports: readonly InputReport[]): InputReport {
  const found = reports.find((report) => placesOf(report) !== undefined);
  if (found !== undefined) return found;
  throw notUnderstood('it is no keyboard whose reports have modifiers and the numbers of its keys');
}

/** Where a report has its modifiers (eight bits) and its keys (one byte each); undefined for another kind of report. */
function placesOf({ id, application, fields, bytes }: InputReport): KeyPlaces | undefined {
  if (application.page !== 0x01 || application.usage !== 0x06) return undefined;
  let bits = 0;
  let modifiersAt: number | undefined;
  let keys: { readonly at: number; readonly count: number } | undefined;
  for (const field of fields) {
    const at = bits / 8;
    bits += field.bits;
    if (field.constant || field.usagePage !== KEYBOARD_PAGE || !Number.isInteger(at)) continue;
    if (isModifiers(field)) modifiersAt ??= at;
    else if (isKeys(field)) keys ??= { at, count: field.count };
  }
  if (modifiersAt === undefined || keys === undefined) return undefined;
  return { bytes: id === 0 ? bytes : bytes - 1, modifiersAt, keysAt: keys.at, keys: keys.count };
}

function isModifiers({ array, size, count }: InputField): boolean {
  return !array && size === 1 && count === 8;
}

function isKeys({ array, size, count }: InputField): boolean {
  return array && size === 8 && count >= 1;
}

/** Finds the keys that went down between one report and the next. */
export class KeyStrokes {
  #places = BOOT_REPORT;
  #down: readonly number[] = [];

  /** To be called before the first report of a keyboard that has other reports than a boot keyboard. */
  readAs(report: InputReport): void {
    this.#places = placesOf(report) ?? BOOT_REPORT;
  }

  /** @returns the strokes in their order, or undefined for a report that tells of lost ones */
  push(report: Uint8Array): readonly KeyStroke[] | undefined {
    const { bytes, modifiersAt, keysAt, keys } = this.#places;
    if (report.length !== bytes) return undefined;
    const modifiers = report[modifiersAt] ?? 0;
    const down = [...report.subarray(keysAt, keysAt + keys)].filter((usage) => usage !== 0);
    if (down.some((usage) => usage <= LAST_ERROR_USAGE)) return undefined;
    const before = this.#down;
    this.#down = down;
    return down.filter((usage) => !before.includes(usage)).map((usage) => ({ usage, modifiers }));
  }
}
