/** Where the clock keeps the latest time it has seen, so that a restart cannot go back behind it. */
export interface ClockFloor {
  /** Unix milliseconds; 0 when none was saved yet. @throws GatepostError `log.unavailable` */
  load(): number;
  /** Durable when it returns; a smaller number than the saved one is ignored. @throws GatepostError `log.unavailable` */
  save(ms: number): void;
}
