import type { RegisterLine } from '../core/policy/register-line.ts';
import type { VisitorView } from './boards.ts';

/** A line of any register, as the guard sees it. */
export type RegisterView = RegisterLine | ({ readonly register: 'visitor' } & VisitorView);

/** What a signed-in operator reads in the registers. */
export interface RegisterDesk {
  /** Vehicles and couriers that have not left, newest first. @throws GatepostError `log.unavailable` */
  inside(): readonly RegisterLine[];
  /**
   * Lines of all registers that began before `beforeMs` (Unix milliseconds), newest first, one page of them; fewer than
   * a page: there are no older ones. That the operator has read them is on record before. @throws GatepostError `log.unavailable`
   */
  before(
    beforeMs: number,
    operator: string,
  ): { readonly lines: readonly RegisterView[]; readonly isLast: boolean };
}
