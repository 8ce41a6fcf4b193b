/** The RFC 6962 tree over the rows of the present epoch, as far as it has grown. */
export interface TreeHead {
  readonly epoch: string;
  /** Number of rows in the tree; the first one is the first of the epoch. */
  readonly size: number;
  readonly root: Uint8Array;
}

/** The rows of one life of the log. */
export interface LogEpoch {
  readonly epoch: string;
  readonly firstSequence: number;
  readonly lastSequence: number;
}

/** The tree of the log. Every method may throw GatepostError `log.unavailable`. */
export interface LogTree {
  /**
   * Takes a few more rows into the tree: one small step, to be called between other work until nothing is left.
   * @returns how many rows are left
   * @throws GatepostError `log.altered` if rows are missing, so that the tree cannot grow
   */
  grow(): number;
  head(): TreeHead;
  /** Every epoch that the log has had, oldest first. */
  epochs(): readonly LogEpoch[];
  /**
   * Root of the first `size` rows of an epoch, from what is stored now.
   * @returns undefined if there are not so many rows, or what it takes is gone
   */
  rootAt(epoch: string, size: number): Uint8Array | undefined;
  /** RFC 6962 proof that the tree of `first` rows of an epoch begins that of `second`; undefined as by rootAt(). */
  consistency(epoch: string, first: number, second: number): readonly Uint8Array[] | undefined;
}

export interface KeptCheckpoint {
  readonly epoch: string;
  readonly size: number;
  /** The signed text. */
  readonly note: string;
}

/** Signed checkpoints that the gate keeps. Every method may throw GatepostError `log.unavailable`. */
export interface CheckpointBook {
  /** Keeps one; the oldest beyond a bounded number end. */
  keep(checkpoint: KeptCheckpoint): void;
  /** Keeps one with a co-signature in the place of the one before. */
  keepCosigned(checkpoint: KeptCheckpoint): void;
  /** Newest first, without the co-signed one. */
  kept(): readonly KeptCheckpoint[];
  cosigned(): KeptCheckpoint | undefined;
}
