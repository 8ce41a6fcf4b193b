import type { DataRequest } from '../core/report/data-request.ts';
import type { LinesBeside, PassRow } from '../core/report/pass-account.ts';

/** Requests about the data of a pass; the effects `addRequest`, `answerRequest` and `endRequests` write them. */
export interface DataRequestBook {
  /** A number that no request has had. @throws GatepostError `log.unavailable` */
  nextNumber(): number;
  /** Those nobody has answered, oldest first. @throws GatepostError `log.unavailable` */
  open(): readonly DataRequest[];
  find(number: number): DataRequest | undefined;
  /** Erasures that are confirmed and not begun, oldest first. @throws GatepostError `log.unavailable` */
  toErase(): readonly number[];
  /** Whether an erasure was begun, has no receipt yet, and nobody is at work on it. @throws GatepostError `log.unavailable` */
  hasUnfinished(): boolean;
  /** The newest one about a pass. @throws GatepostError `log.unavailable` */
  newestOf(passId: string): DataRequest | undefined;
  /** Whether `endRequests` would change anything. @throws GatepostError `log.unavailable` */
  hasEnded(overMs: number): boolean;
}

/** Erases beside the gate, which goes on meanwhile. */
export interface Eraser {
  /**
   * Erases what is kept about the pass of a confirmed request, and keeps the signed receipt with the request; `unfinished`:
   * completes what an earlier run has begun, here or by a command, unless that is at work. Killed by the signal, it is
   * completed by the next call.
   * @throws GatepostError `log.unavailable` if it could not be done
   */
  erase(request: number | 'unfinished', signal: AbortSignal): Promise<void>;
}

/** What is kept about one pass, as far as it can be counted while the gate goes on. */
export interface PassRecords {
  /**
   * The rows of the log that bear the number of the pass and no pseudonym but this one, in short stretches: what is
   * yielded is one of them. @throws GatepostError `log.unavailable`
   */
  rows(pass: PassNumber): Generator<readonly PassRow[], void>;
  /** Lines in the tables beside the log. @throws GatepostError `log.unavailable` */
  beside(passId: string): LinesBeside;
}

/** A pass and, where it names one, its pseudonym. */
export interface PassNumber {
  readonly passId: string;
  readonly holderRef?: string | undefined;
}
