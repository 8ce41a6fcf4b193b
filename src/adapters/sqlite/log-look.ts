import { type AlteredRows, CHAIN_START, type ChainHead } from '../../core/events/chain.ts';
import { furthest, judgeLog, type LogVerdict } from '../../core/events/log-mark.ts';
import { databasePath } from './database.ts';
import { examine } from './examination.ts';
import { findMarks } from './log-marks.ts';

/** What can be said of a log from outside. */
interface LogLook {
  /** The row the log says is its last; the start of the chain where nothing is left of it. */
  readonly head: ChainHead;
  /** Rows that are not as they were written, as far as the check at a start looks. */
  readonly altered: readonly AlteredRows[];
  /** What the next start will make of the log. */
  readonly verdict: LogVerdict;
  /** Number of the last event that the gate has noted beside the database. */
  readonly noted: number | undefined;
}

/**
 * Looks at the log in a store folder as the daemon does at its start, beside a running one too, and changes nothing.
 * @returns undefined where there was none yet
 * @throws GatepostError `log.damaged`, `log.empty`, or why it cannot be read
 */
export function lookAtLog(folder: string): LogLook | undefined {
  const path = databasePath(folder);
  // Before the log: a running gate notes after each commit, so that what is read later is never behind.
  const { marks, sameFile } = findMarks(folder, path);
  const seen = examine(path);
  try {
    const { head, marked = false, altered = [], hashAt = () => undefined } = seen ?? {};
    const verdict = judgeLog({ head, marks, marked, sameFile, hashAt });
    if (verdict === 'new') return undefined;
    return { head: head ?? CHAIN_START, altered, verdict, noted: furthest(marks)?.sequence };
  } finally {
    seen?.close(false);
  }
}
