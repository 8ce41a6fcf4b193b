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

const REPORT_BYTES = 8;
const FIRST_USAGE_AT = 2;
/** Usages 01 to 03 say that too many keys were down or that the keyboard is ill: strokes are lost. */
const LAST_ERROR_USAGE = 0x03;
const KEYBOARD_PAGE = 0x07;

/** The boot keyboard report among those of a device: modifiers, a byte for nothing, six keys (USB HID 1.11, B.1). */
export function chooseKeyboardReport(reports: readonly InputReport[]): InputReport {
  const found = reports.find(
    ({ application, fields }) =>
      application.page === 0x01 && application.usage === 0x06 && isBootLayout(fields),
  );
  if (found !== undefined) return found;
  throw notUnderstood('it is no keyboard with the usual 8-byte reports');
}

function isBootLayout([modifiers, nothing, keys, ...more]: readonly InputField[]): boolean {
  return (
    more.length === 0 &&
    modifiers?.usagePage === KEYBOARD_PAGE &&
    modifiers.bits === 8 &&
    modifiers.size === 1 &&
    nothing?.bits === 8 &&
    nothing.constant &&
    keys?.usagePage === KEYBOARD_PAGE &&
    keys.array &&
    keys.size === 8 &&
    keys.count === 6
  );
}

/** Finds the keys that went down between one report and the next. */
export class KeyStrokes {
  #down: readonly number[] = [];

  /** @returns the strokes in their order, or undefined for a report that tells of lost ones */
  push(report: Uint8Array): readonly KeyStroke[] | undefined {
    if (report.length !== REPORT_BYTES) return undefined;
    const modifiers = report[0] ?? 0;
    const down = [...report.subarray(FIRST_USAGE_AT)].filter((usage) => usage !== 0);
    if (down.some((usage) => usage <= LAST_ERROR_USAGE)) return undefined;
    const before = this.#down;
    this.#down = down;
    return down.filter((usage) => !before.includes(usage)).map((usage) => ({ usage, modifiers }));
  }
}
