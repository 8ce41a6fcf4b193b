import type { KeptTime } from '../core/time/wall-clock.ts';

/** What the clock keeps, and how often a person has set it by hand. */
export interface KeptClock extends KeptTime {
  /** Grows with every time that somebody sets the floor (`gatepost clock`). */
  readonly timesSet: number;
}

/** Where the clock keeps the latest time it believed, so that a restart cannot go back behind it. */
export interface ClockFloor {
  /** Zeros where none was saved yet. @throws GatepostError `log.unavailable` */
  load(): KeptClock;
  /**
   * Durable when it returns; a smaller number than the saved one is ignored. Nothing is saved, and false returned,
   * when somebody set the floor after `kept` was loaded. @throws GatepostError `log.unavailable`
   */
  save(kept: KeptClock): boolean;
}
