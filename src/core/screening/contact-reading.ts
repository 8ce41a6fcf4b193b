/** Where a person measures by hand, with a thermometer that touches: in the armpit, the mouth or the ear. */
export const CONTACT_METHODS = ['axillary', 'oral', 'tympanic'] as const;
export type ContactMethod = (typeof CONTACT_METHODS)[number];

/** What such a thermometer can show of somebody who stands at a gate, °C, with one digit behind the point. */
export const CONTACT_MIN_C = 30;
export const CONTACT_MAX_C = 43;

/** What a guard has read. The number is never changed. */
export interface ContactMeasure {
  readonly method: ContactMethod;
  readonly degreesC: number;
}

/** The same as it was judged, and who entered it. */
export interface ContactReading extends ContactMeasure {
  readonly outcome: 'normal' | 'elevated';
  readonly enteredBy: string;
}

export interface ContactSettings {
  /** The thermometers that the guard has; none: nothing can be entered. */
  readonly methods: readonly ContactMethod[];
  /** From this on: elevated. °C. */
  readonly thresholdsC: Readonly<Record<ContactMethod, number>>;
}

export function contactOutcome(
  { method, degreesC }: ContactMeasure,
  { thresholdsC }: ContactSettings,
): ContactReading['outcome'] {
  return degreesC >= thresholdsC[method] ? 'elevated' : 'normal';
}

/** Whether a contact thermometer can show this number: within its bounds, in tenths. */
export function isContactDegrees(degreesC: number): boolean {
  return (
    degreesC >= CONTACT_MIN_C && degreesC <= CONTACT_MAX_C && Math.round(degreesC * 10) / 10 === degreesC
  );
}

/**
 * Degrees as a guard types them, or what is wrong: no number (`form`), more than one digit behind the point (`tenths`),
 * no reading of a person (`range`), or three digits without their point (`point`), with what was probably meant. Nothing
 * is corrected by itself.
 */
export type TypedDegrees =
  | { readonly degreesC: number }
  | { readonly problem: 'form' | 'tenths' | 'range' }
  | { readonly problem: 'point'; readonly meant: string };

/** @param text at most a few characters; full-width digits and a comma count as what they mean */
export function readDegrees(text: string): TypedDegrees {
  const typed = text
    .normalize('NFKC')
    .trim()
    .replace(/[,。、·]/, '.');
  if (/^\d{3}$/.test(typed)) {
    const meant = `${typed.slice(0, 2)}.${typed.slice(2)}`;
    return isContactDegrees(Number(meant)) ? { problem: 'point', meant } : { problem: 'range' };
  }
  if (!/^\d{1,3}(\.\d{1,4})?$/.test(typed)) return { problem: 'form' };
  const degreesC = Number(typed);
  if (degreesC < CONTACT_MIN_C || degreesC > CONTACT_MAX_C) return { problem: 'range' };
  return isContactDegrees(degreesC) ? { degreesC } : { problem: 'tenths' };
}
