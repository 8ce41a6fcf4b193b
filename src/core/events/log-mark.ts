/**
 * A position of the log. The gate writes it beside the database after each commit, never before one. So a database
 * that is behind its mark went back: it was replaced by an older copy, or the last writes were lost.
 */
export interface LogMark {
  readonly epoch: string;
  readonly sequence: number;
  /** Hash of that row, hex. */
  readonly hash: string;
  /** Transactions so far, those that wrote no row too; absent before they were counted. */
  readonly writes?: number;
}

/** What is known of a log when it is opened. */
export interface LogEvidence {
  /** The log's own end; undefined where the database holds no log. */
  readonly head: LogMark | undefined;
  /** The marks beside the database; several after a stop in the middle of a start. */
  readonly marks: readonly LogMark[];
  /** Whether the database says that a mark must be there. */
  readonly marked: boolean;
  /** Whether the database is the very file that the newest mark was made for, and not a copy. */
  readonly sameFile: boolean;
  /** Whether it was put back from a backup and not started since. */
  readonly putBack?: boolean;
  /** Hash of a row of the log, hex; undefined if the row no longer exists. */
  readonly hashAt: (sequence: number) => string | undefined;
}

/**
 * `new`: there was none before. `intact`: it continues. `lost`: there was one, and nothing of it is left. `restored`:
 * it is not, or cannot be shown to be, the newest; later events may be missing.
 */
export type LogVerdict = 'new' | 'intact' | 'lost' | 'restored';

export function judgeLog({
  head,
  marks,
  marked,
  sameFile,
  putBack = false,
  hashAt,
}: LogEvidence): LogVerdict {
  if (head === undefined) return marks.length === 0 ? 'new' : 'lost';
  if (putBack) return 'restored';
  if (marks.length === 0) return marked ? 'restored' : 'intact';
  if (!sameFile) return 'restored';
  const isContinued = marks.every(({ epoch, sequence, hash, writes = 0 }) => {
    if (epoch !== head.epoch || sequence > head.sequence || writes > (head.writes ?? 0)) return false;
    const there = sequence === head.sequence ? head.hash : hashAt(sequence);
    return there === undefined || there === hash;
  });
  return isContinued ? 'intact' : 'restored';
}

/** The most advanced mark in the newest epoch (epochs are UUIDv7, in the order of their time). */
export function furthest(marks: readonly LogMark[]): LogMark | undefined {
  return marks.reduce<LogMark | undefined>(
    (best, mark) =>
      best === undefined ||
      mark.epoch > best.epoch ||
      (mark.epoch === best.epoch && mark.sequence > best.sequence)
        ? mark
        : best,
    undefined,
  );
}
