import type { Shift } from '../core/desk/shift.ts';

/** Stores who is on duty at the gate; the effect `keepShift` writes it. */
export interface ShiftBook {
  /** Undefined if nobody ever was. @throws GatepostError `log.unavailable` */
  load(): Shift | undefined;
}
