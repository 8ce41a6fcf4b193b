import { type AlteredRows, CHAIN_START, type ChainHead } from '../../core/events/chain.ts';
import { furthest, judgeLog, type LogVerdict } from '../../core/events/log-mark.ts';
import { databasePath } from './database.ts';
import { examine } from './examination.ts';
import { findMarks } from './log-marks.ts';

/** What can be found out about a log from outside. */
interface LogLook {
  /** The last row according to the log itself; the start of the chain if there is none left. */
  readonly head: ChainHead;
  /** Altered rows among those that the check at the start covers. */
  readonly altered: readonly AlteredRows[];
  /** What the next start will conclude about the log. */
  readonly verdict: LogVerdict;
  /** Number of the last event that the mark beside the database names. */
  readonly noted: number | undefined;
}

/**
 * Examines the log in a store folder as the daemon does at its start, beside a running one too. Changes nothing.
 * @returns undefined if there was no log yet
 * @throws GatepostError `log.damaged`, `log.empty`, or why it cannot be read
 */
export function lookAtLog(folder: string): LogLook | undefined {
  const path = databasePath(folder);
  // Read before the log: a running gate writes the mark after each commit, so a log read later is never behind it.
  const { marks, sameFile } = findMarks(folder, path);
  const seen = examine(path);
  try {
    const { head, marked = false, putBack = false, altered = [], hashAt = () => undefined } = seen ?? {};
    const verdict = judgeLog({ head, marks, marked, sameFile, putBack, hashAt });
    if (verdict === 'new') return undefined;
    return { head: head ?? CHAIN_START, altered, verdict, noted: furthest(marks)?.sequence };
  } finally {
    seen?.close(false);
  }
}
