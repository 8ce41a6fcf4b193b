/** When the store was looked through while the gate ran, and what was found. */
export interface StoreChecks {
  /** When the last check of its structure in parts that came to its end was begun, Unix milliseconds. */
  readonly quickMs?: number;
  /** The same for the check of the whole file. */
  readonly fullMs?: number;
  /** The last row whose hash was recomputed by the pass under way; absent: no pass is under way. */
  readonly rowsThrough?: number;
}

/** `quick`: the structure of each table with its indexes. `full`: the file as a whole. */
export type StoreCheckKind = 'quick' | 'full';

/** Looks for damage in the store beside the gate's work. */
export interface StoreInspection {
  checks(): StoreChecks;
  /** Keeps them over restarts. A failure is logged only. */
  keep(checks: StoreChecks): void;
  /** The parts of a check in the order in which decisions depend on them; none if the start has checked everything. */
  parts(kind: StoreCheckKind): readonly string[];
  /**
   * Looks through one part without holding up this process, however large it is. A store that is found damaged is not
   * written to any more, and the next start refuses it.
   * @returns what is damaged; undefined if nothing is
   * @throws GatepostError `log.unavailable` if it was not looked through to its end, also because of the signal
   */
  look(part: string, signal: AbortSignal): Promise<string | undefined>;
  /**
   * Recomputes the hashes of the next rows, at most 32, and tells the log of those that were altered.
   * @returns the last row looked at; undefined behind the last one
   * @throws GatepostError `log.unavailable`
   */
  recomputeAfter(sequence: number): number | undefined;
  /** Frees what look() needs. */
  close(): Promise<void>;
}
