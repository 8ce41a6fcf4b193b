import type { PurgeClass } from '../core/access/vocabulary.ts';

/** Rows of the log: those after `after`, up to and with `through`. */
export interface LogStretch {
  readonly after: number;
  readonly through: number;
}

/** What a stretch still holds of a part. */
export interface StretchSurvey {
  /** Rows that have it. */
  readonly count: number;
  /** First and last of them that are not acknowledged. */
  readonly unacknowledged?: { readonly first: number; readonly last: number };
}

/** What a stretch holds that ends, and what of it stays. */
export interface EndingSurvey extends StretchSurvey {
  /** The last row that was looked at. */
  readonly through: number;
  /** Rows that are not, as they should be, reduced: those of class `operator`, and any that were altered or are missing. */
  readonly staying: readonly { readonly first: number; readonly last: number }[];
}

/**
 * How much one call may do: about so many rows, and no further row once so many milliseconds passed. A block of rows that
 * ends as a whole counts as a few.
 */
export interface ReduceLimit {
  readonly rows: number;
  readonly ms?: number;
}

/**
 * Takes parts of log rows away, so that the hash of each row can still be proved (config/contract/README.md#reduced-rows).
 * Whoever calls has put on record what goes (log.purged, privacy.erased, site.stooddown): a part that is missing
 * without that counts as tampering. Every call is one transaction; called again with the same rows, it changes
 * nothing. Every method may throw GatepostError `log.unavailable`.
 */
export interface RowReducer {
  /**
   * The last row by which all before it are surely older than `ms` (Unix milliseconds): recorded at or before then by
   * a clock that was in step. 0 if there is none. Never a row that is younger; of a reduced row only the hour is known.
   */
  newestBefore(ms: number): number;
  /**
   * When the first of the next rows after a row that still has a part was written, in Unix milliseconds; undefined if none of
   * them has it.
   */
  oldestWith(part: PurgeClass, after: number): number | undefined;
  /**
   * Looks at a whole stretch, at a cost that grows with its rows.
   * @param acknowledged rows up to this one are acknowledged
   */
  survey(part: PurgeClass, stretch: LogStretch, acknowledged: number): StretchSurvey;
  /**
   * Looks at rows of a stretch before what is left of them ends: whether each is as the log reduced it.
   * @param acknowledged rows up to this one are acknowledged
   */
  surveyEnding(stretch: LogStretch, acknowledged: number, limit: ReduceLimit): EndingSurvey;
  /**
   * Takes a part from the rows of a stretch in their order: `screening`, or everything personal (and with it the
   * screening) of the rows of class `access` or `operator`. `ended` takes the rest of rows that are reduced already.
   * @returns how far it came (`through` of the stretch: all of it is done), and how many rows it changed
   */
  reduce(
    part: PurgeClass,
    stretch: LogStretch,
    limit: ReduceLimit,
  ): { readonly through: number; readonly count: number };
  /**
   * Stores rows of a stretch shorter, which loses nothing: whoever reads them gets the same bytes. Rows that still have
   * the outcome of a screening stay as they are.
   */
  pack(stretch: LogStretch, limit: ReduceLimit): { readonly through: number; readonly count: number };
  /**
   * Takes everything personal from rows that privacy.erased names and that still have it, because whoever erased was
   * killed: oldest first, as far as the limit goes.
   * @returns whether there may be more
   */
  finishErasures(limit: ReduceLimit): boolean;
  /**
   * Takes everything personal from these rows, at most 1,000 in a call; rows that are gone or reduced are passed over.
   * @returns how many it changed
   */
  reduceRows(sequences: readonly number[]): number;
}
