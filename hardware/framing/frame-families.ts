import { sumOf } from './sums.ts';

/** The frames of one module that sends by itself, or whose answers end with a plain sum. */
export interface FrameFamily {
  /** Its name in the fault text of another module's driver. */
  readonly name: string;
  /** First bytes of a frame; undefined stands for any byte. */
  readonly header: readonly (number | undefined)[];
  readonly length: number;
  /** First byte that the checksum, the last byte of the frame, counts. */
  readonly sumFrom: number;
}

/**
 * The modules that people confuse (hardware/FACTS.md#thermometers): knowing them turns "no valid frame" into a name.
 * Only frames long enough not to appear in noise are listed, so the four bytes of DFRobot's ultrasonic modules are
 * not.
 */
const FAMILIES = {
  'gy-mcu9061x': [
    {
      name: 'a GY-MCU90614 or GY-MCU90615 thermometer (5A 5A 45)',
      header: [0x5a, 0x5a, 0x45, 0x04],
      length: 9,
      sumFrom: 0,
    },
  ],
  'gy-53': [
    { name: 'a GY-53 distance module (5A 5A 15)', header: [0x5a, 0x5a, 0x15, 0x03], length: 8, sumFrom: 0 },
  ],
  'gy-614v3': [
    {
      name: 'a GY-614V3 thermometer (A4)',
      header: [0xa4, undefined, undefined, 0x07],
      length: 12,
      sumFrom: 0,
    },
  ],
  lu90614: [
    { name: 'an LU90614 thermometer (FE)', header: [0xfe, 0xaa], length: 9, sumFrom: 0 },
    { name: 'an LU90614 thermometer (FE)', header: [0xfe, 0xac], length: 9, sumFrom: 0 },
  ],
  'cjmcu-90614': [
    { name: 'a CJMCU-90614 thermometer (66 66)', header: [0x66, 0x66, 0x01, 0x04], length: 9, sumFrom: 4 },
    { name: 'a CJMCU-90614 thermometer (66 66)', header: [0x66, 0x66, 0x02, 0x04], length: 9, sumFrom: 4 },
  ],
  'idc-50': [{ name: 'an IDC-50 thermometer (AA 55)', header: [0xaa, 0x55, 0x06], length: 6, sumFrom: 0 }],
  'tf-luna': [
    { name: 'a TFmini or TF-Luna distance module (59 59)', header: [0x59, 0x59], length: 9, sumFrom: 0 },
  ],
} as const satisfies Record<string, readonly FrameFamily[]>;

export type FamilyId = keyof typeof FAMILIES;

/** The forms of one family's frames. */
export function familyForms(id: FamilyId): readonly FrameFamily[] {
  return FAMILIES[id];
}

/** The forms of all families but one's own. */
export function otherFamilies(own: FamilyId | undefined): readonly FrameFamily[] {
  return Object.entries(FAMILIES).flatMap(([id, forms]): readonly FrameFamily[] => (id === own ? [] : forms));
}

/** Whether `bytes` begin with a whole frame of one of these forms, may still become one, or do not. */
export function matchFamily(
  bytes: readonly number[],
  forms: readonly FrameFamily[],
): FrameFamily | 'incomplete' | undefined {
  let incomplete = false;
  for (const form of forms) {
    if (!begins(bytes, form.header)) continue;
    if (bytes.length < form.length) incomplete = true;
    else if (sumOf(bytes, form.sumFrom, form.length - 1) === bytes[form.length - 1]) return form;
  }
  return incomplete ? 'incomplete' : undefined;
}

/** Whether `bytes`, as far as they go, agree with `header`. */
export function begins(bytes: readonly number[], header: readonly (number | undefined)[]): boolean {
  for (let at = 0; at < header.length && at < bytes.length; at++) {
    if (header[at] !== undefined && header[at] !== bytes[at]) return false;
  }
  return true;
}
