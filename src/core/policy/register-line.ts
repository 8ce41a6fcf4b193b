/** The registers of the desk beside the visitors' book, each of which ends after a time of its own. */
export const REGISTERS = ['vehicle', 'delivery'] as const;
export type Register = (typeof REGISTERS)[number];

/** A vehicle or a courier that came in. It stays on the kiosk: never published, never in the log but by its number. */
export interface RegisterLine {
  readonly id: string;
  readonly register: Register;
  /** Who drives or delivers, in the guard's words. */
  readonly label: string;
  /** Of vehicles alone. */
  readonly plate?: string;
  /** The unit that it is for. */
  readonly unit?: string;
  readonly purpose?: string;
  /** What was brought was disinfected; of couriers alone. */
  readonly disinfected?: boolean;
  /** Unix milliseconds. */
  readonly cameMs: number;
  readonly registeredBy: string;
  /** Unix milliseconds; undefined while it is inside. */
  readonly leftMs?: number;
}
