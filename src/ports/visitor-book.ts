import type { VisitorEntry } from '../core/policy/visitor.ts';

export interface VisitorLine extends VisitorEntry {
  readonly hostConfirmed: boolean;
}

/** The visitors' book; the effects `registerVisitor` and `confirmHost` write it. */
export interface VisitorBook {
  /** @throws GatepostError `log.unavailable` */
  find(passId: string): VisitorLine | undefined;
  /** Visits not over at `nowMs`, newest first. @throws GatepostError `log.unavailable` */
  present(nowMs: number, limit: number): readonly VisitorLine[];
}
