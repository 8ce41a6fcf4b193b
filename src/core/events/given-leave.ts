import type { PurgeClass } from '../access/vocabulary.ts';
import type { CheckedRow, LogFinding } from './row-check.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Rows in memory at a time. */
const READ_ROWS = 256;

/** How old a row is before a part of it goes, in milliseconds. */
export type PurgeAges = Readonly<Record<PurgeClass, number>>;

/** What config/contract says where no config says otherwise. */
export const USUAL_AGES: PurgeAges = {
  screening: 72 * HOUR_MS,
  access: 14 * DAY_MS,
  operator: 180 * DAY_MS,
  ended: 90 * DAY_MS,
};

/** An event by which the log lets parts of others be gone. */
export interface LeaveEvent {
  readonly sequence: number;
  readonly name: string;
  /** When it was written, by its own word. */
  readonly timeMs: number;
  /** Of log.purged. */
  readonly part?: PurgeClass;
  /** The rows of which it lets parts be gone lie between these, both included. */
  readonly first: number;
  readonly last: number;
}

/** Rows of which parts are gone by the word of an event that no checkpoint covers yet. */
export interface UnprovedLeave {
  readonly by: number;
  readonly name: string;
  readonly first: number;
  readonly last: number;
}

/** What has to be known of a log to judge them. */
export interface LeaveSource {
  /** Rows that are there, in their order. */
  rows(from: number, count: number): readonly CheckedRow[];
  /** Events behind a row that let parts of others be gone: of log.purged the newest of each class. */
  leave(after: number): readonly LeaveEvent[];
  /** Up to where log.purged had let a part be gone when the log ended at a row. */
  purgedThrough(part: PurgeClass, upTo: number): number;
  /** Whether an erasure, or the end of the checkpoint, lets everything about persons in a row be gone. */
  isErased(sequence: number): boolean;
  /** When the last row up to this one of which a time is left happened, Unix milliseconds. */
  timeUpTo(sequence: number): number | undefined;
}

interface Judged {
  readonly findings: readonly LogFinding[];
  readonly unproved: readonly UnprovedLeave[];
}

/**
 * Judges events that let parts of rows be gone and that nobody outside has signed for: whoever can write the file can
 * append one. log.purged is believed only for rows that were old enough when it was written; of an erasure nothing can be
 * told before a checkpoint covers it.
 * @param good last row for which a checkpoint agrees; 0: none does, so nothing is proved and nothing judged
 * @param nowMs nothing was written later
 */
export function judgeLeave(
  source: LeaveSource,
  {
    good,
    ages,
    nowMs,
  }: { readonly good: number; readonly ages: PurgeAges | undefined; readonly nowMs: number },
): Judged {
  const findings: LogFinding[] = [];
  const unproved: UnprovedLeave[] = [];
  // Where what is proved lies in the future, it is this clock that is wrong.
  const latestMs = (source.timeUpTo(good) ?? 0) <= nowMs ? nowMs : Number.POSITIVE_INFINITY;
  for (const leave of source.leave(good)) {
    const { sequence: by, name, part, last } = leave;
    const first = part === undefined ? leave.first : source.purgedThrough(part, good) + 1;
    if (first > last) continue;
    const isJudged = part !== undefined && good > 0 && ages !== undefined;
    const early = !isJudged ? [] : tooEarly(source, { ...leave, part, first }, ages[part], latestMs);
    findings.push(...early);
    if (early.length === 0) unproved.push({ by, name, first, last });
  }
  return { findings, unproved };
}

/** Rows that lack the part and were not old enough. */
function tooEarly(
  source: LeaveSource,
  { sequence, part, first, last, timeMs }: LeaveEvent & { readonly part: PurgeClass },
  ageMs: number,
  latestMs: number,
): readonly LogFinding[] {
  const oldMs = Math.min(timeMs, latestMs) - ageMs;
  // Everything up to a row is older than it; what is left of the row itself tells the hour.
  const newestMs = source.timeUpTo(last);
  if (newestMs === undefined || newestMs <= oldMs) return [];
  const found: { first: number; last: number }[] = [];
  const add = (row: number): void => {
    const before = found.at(-1);
    if (before?.last === row - 1) before.last = row;
    else found.push({ first: row, last: row });
  };
  for (let from = first; from <= last; from += READ_ROWS) {
    const to = Math.min(last, from + READ_ROWS - 1);
    const rows = new Map(source.rows(from, to - from + 1).map((row) => [row.sequence, row]));
    for (let row = from; row <= to; row++) {
      const { lacks = 'ended', timeMs: writtenMs = Number.POSITIVE_INFINITY } = rows.get(row) ?? {};
      const isWhole = rows.get(row)?.left === 'all';
      if (!isWhole && lacks === part && writtenMs > oldMs && !source.isErased(row)) add(row);
    }
  }
  const detail = `log.purged ${sequence}, which no checkpoint covers, says that their time is over, and it is not`;
  return found.map((range) => ({ problem: 'erased', ...range, detail }));
}
