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

/** A part of a report with keys: their numbers one after the other, or one bit for each. */
interface KeyField {
  /** Where it begins, in bits, without the report's number. */
  readonly at: number;
  readonly count: number;
  readonly form: 'numbers' | 'bits';
  /** What is added to a number, or to the place of a bit, to get the usage. */
  readonly offset: number;
}

interface KeyPlaces {
  /** Length of the report without its number. */
  readonly bytes: number;
  readonly fields: readonly KeyField[];
}

/** The report of a boot keyboard: modifiers, a byte for nothing, six keys (USB HID 1.11, B.1). */
const BOOT_REPORT: KeyPlaces = {
  bytes: 8,
  fields: [
    { at: 0, count: 8, form: 'bits', offset: 0xe0 },
    { at: 16, count: 6, form: 'numbers', offset: 0 },
  ],
};

/** Usages 01 to 03 report too many keys or a keyboard fault: keystrokes are lost. */
const LAST_ERROR_USAGE = 0x03;
const KEYBOARD_PAGE = 0x07;

const FIRST_MODIFIER = 0xe0;
const LAST_MODIFIER = 0xe7;
/** A keyboard, and a keypad. */
const APPLICATIONS = [0x06, 0x07];

/** The report with keys, among those of a device. */
export function chooseKeyboardReport(reports: readonly InputReport[]): InputReport {
  const found = reports.find((report) => placesOf(report) !== undefined);
  if (found !== undefined) return found;
  throw notUnderstood('it is no keyboard whose reports have the numbers of its keys or a bit for each');
}

/** Where a report has its keys; undefined for a report without any beside the modifiers. */
function placesOf({ id, application, fields, bytes }: InputReport): KeyPlaces | undefined {
  if (application.page !== 0x01 || !APPLICATIONS.includes(application.usage)) return undefined;
  let at = 0;
  const found: KeyField[] = [];
  for (const field of fields) {
    const key = keyField(field, at);
    if (key !== undefined) found.push(key);
    at += field.bits;
  }
  if (found.every(({ form, offset, count }) => form === 'bits' && isModifiers(offset, count)))
    return undefined;
  return { bytes: id === 0 ? bytes : bytes - 1, fields: found };
}

function keyField(field: InputField, at: number): KeyField | undefined {
  const { array, size, count, firstUsage, least } = field;
  if (field.constant || field.usagePage !== KEYBOARD_PAGE) return undefined;
  if (array && size === 8 && at % 8 === 0) {
    return { at, count, form: 'numbers', offset: (firstUsage ?? least) - least };
  }
  if (!array && size === 1) {
    return { at, count, form: 'bits', offset: firstUsage ?? (count === 8 ? FIRST_MODIFIER : 0) };
  }
  return undefined;
}

function isModifiers(first: number, count: number): boolean {
  return first >= FIRST_MODIFIER && first + count - 1 <= LAST_MODIFIER;
}

/** Finds the keys that went down between one report and the next. */
export class KeyStrokes {
  #places = BOOT_REPORT;
  #down: readonly number[] = [];

  /** To be called before the first report of a keyboard that has other reports than a boot keyboard. */
  readAs(report: InputReport): void {
    this.#places = placesOf(report) ?? BOOT_REPORT;
  }

  /** @returns the strokes in their order, or undefined for a report that says that some were lost */
  push(report: Uint8Array): readonly KeyStroke[] | undefined {
    const { bytes, fields } = this.#places;
    if (report.length !== bytes) return undefined;
    const pressed = fields.flatMap((field) => usagesIn(report, field));
    if (pressed.some((usage) => usage <= LAST_ERROR_USAGE)) return undefined;
    const modifiers = pressed.reduce((bits, usage) => bits | modifierOf(usage), 0);
    const down = pressed.filter((usage) => modifierOf(usage) === 0);
    const before = this.#down;
    this.#down = down;
    return down.filter((usage) => !before.includes(usage)).map((usage) => ({ usage, modifiers }));
  }
}

/** The keys that are down in a part of a report. */
function usagesIn(report: Uint8Array, { at, count, form, offset }: KeyField): number[] {
  const usages: number[] = [];
  for (let index = 0; index < count; index++) {
    const byte = report[form === 'numbers' ? at / 8 + index : (at + index) >> 3] ?? 0;
    if (form === 'numbers' && byte !== 0) usages.push(byte + offset);
    if (form === 'bits' && ((byte >> ((at + index) & 7)) & 1) !== 0) usages.push(index + offset);
  }
  return usages;
}

function modifierOf(usage: number): number {
  return usage >= FIRST_MODIFIER && usage <= LAST_MODIFIER ? 1 << (usage - FIRST_MODIFIER) : 0;
}
