import type { PurgeClass } from '../core/access/vocabulary.ts';
import type { LedgerNeeds } from '../core/policy/ledger.ts';

/** By which time and day records outside of the log are over. Times are Unix milliseconds of confirmed time. */
export interface RecordCuts {
  readonly nowMs: number;
  /** The site's date at that time. */
  readonly today: number;
  /** Visits that ended at or before this are over. */
  readonly visitMs: number;
  /** Vehicles and couriers that left, or came where nobody noted that, at or before these are over. */
  readonly vehicleMs: number;
  readonly deliveryMs: number;
  /** The same for standing orders. */
  readonly orderMs: number;
  /** Reports of observation of days before this one are over. */
  readonly reportDay: number;
  /** Browsers that no operator has signed in with since. */
  readonly browserMs: number;
}

/** Passages of the ledger up to this day are deleted where no rule needs them any more. */
export interface LedgerCut extends LedgerNeeds {
  readonly nowMs: number;
  readonly today: number;
  readonly throughDay: number;
}

/** What the store gives up besides rows of the log. Every method may throw GatepostError `log.unavailable`. */
export interface RecordPurge {
  /**
   * Deletes records that are over, at most `limit` of each table, in one transaction.
   * @returns how many it deleted from the table that had most of them: with fewer than `limit` all are gone
   */
  purgeRecords(cuts: RecordCuts, limit: number): number;
  /**
   * Looks at `limit` rows of the ledger after row `after`, and deletes those that no rule needs, in one transaction.
   * What a decision can find out is the same before and after.
   * @returns the last row looked at (undefined: there are none left), and how many were deleted
   */
  purgeLedger(
    after: number,
    cut: LedgerCut,
    limit: number,
  ): { readonly through: number | undefined; readonly count: number };
  /** Gives up to `pages` free pages of the file back to the disk, once more are free than are soon used again. */
  shrink(pages: number): boolean;
  /**
   * Runs work whose writes need not be on disk when it returns, since it can be done again: they get there with the
   * next commit that needs to. So a turn does not wait for the card.
   */
  unhurried<T>(work: () => T): T;
  /** Begins to put what such work wrote on disk, beside the gate's work: a decision that comes next then need not. */
  flush(): void;
  /** Moves what was written into the database and empties the write-ahead file of what was deleted. */
  settle(): void;
}

/** How far a part of the rows of the log has been taken away. Sequences; 0 if it never was. */
export interface PurgeProgress {
  /** log.purged said so, in the transaction of the effect `announcePurge`. */
  readonly announced: number;
  /** Up to here it is done. */
  readonly reached: number;
  /** When it was last announced, Unix milliseconds of confirmed time. */
  readonly announcedMs: number;
}

/** Remembers it over restarts. Every method may throw GatepostError `log.unavailable`. */
export interface PurgeBook {
  progress(part: PurgeClass): PurgeProgress;
  /** Nothing of the part is left up to this row. */
  reached(part: PurgeClass, sequence: number): void;
  /** Up to here rows are stored in their shorter form. */
  packedThrough(): number;
  packed(sequence: number): void;
}
