import type { PurgeClass } from '../access/vocabulary.ts';
import type { CheckedRow, LogFinding } from './row-check.ts';

/** Rows in memory at a time. */
const READ_ROWS = 256;

/** How old a row is before a part of it goes, in milliseconds. */
export type PurgeAges = Readonly<Record<PurgeClass, number>>;

/** How long the parts of rows are kept, as far as it is known: between these. */
export interface KeptAges {
  readonly shortest: PurgeAges;
  readonly longest: PurgeAges;
}

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
  /** Up to where log.purged had let a part be gone when the log ended at a row, and when; undefined: nowhere. */
  purged(part: PurgeClass, upTo: number): { readonly through: number; readonly timeMs: number } | undefined;
  /** Whether an erasure, or the end of the checkpoint, lets everything about persons in a row be gone. */
  isErased(sequence: number): boolean;
  /** When the last row up to this one of which a time is left happened, Unix milliseconds. */
  timeUpTo(sequence: number): number | undefined;
  /** When the epoch of a row began, and behind which row; undefined where that cannot be told. */
  born(sequence: number): NotBefore | undefined;
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
  }: { readonly good: number; readonly ages: KeptAges | undefined; readonly nowMs: number },
): Judged {
  const findings: LogFinding[] = [];
  const unproved: UnprovedLeave[] = [];
  // Where what is proved lies in the future, it is this clock that is wrong.
  const latestMs = (source.timeUpTo(good) ?? 0) <= nowMs ? nowMs : Number.POSITIVE_INFINITY;
  for (const leave of source.leave(good)) {
    const { sequence: by, name, part, last } = leave;
    const first = part === undefined ? leave.first : (source.purged(part, good)?.through ?? 0) + 1;
    if (first > last) continue;
    const isJudged = part !== undefined && good > 0 && ages !== undefined;
    const early = !isJudged ? [] : tooEarly(source, { ...leave, part, first }, { good, ages, latestMs });
    findings.push(...early);
    if (early.length === 0) unproved.push({ by, name, first, last });
  }
  return { findings, unproved };
}

/** A moment before which none of the rows behind another one were written. */
interface NotBefore {
  readonly after: number;
  readonly ms: number;
}

/**
 * What is known of the age of rows of which nothing is left: they are not older than their epoch, and those behind a
 * proved log.purged were too young for it then.
 */
function notBefore(
  source: LeaveSource,
  { last, timeMs }: LeaveEvent,
  good: number,
  ages: KeptAges,
): readonly NotBefore[] {
  const born = source.born(last);
  const proved = (['screening', 'access', 'operator'] as const).flatMap((part) => {
    const purge = source.purged(part, good);
    return purge === undefined || purge.timeMs > timeMs
      ? []
      : [{ after: purge.through, ms: purge.timeMs - ages.longest[part] }];
  });
  return born === undefined || born.ms > timeMs ? proved : [born, ...proved];
}

/** Rows that lack the part and were not old enough. */
function tooEarly(
  source: LeaveSource,
  leave: LeaveEvent & { readonly part: PurgeClass },
  { good, ages, latestMs }: { readonly good: number; readonly ages: KeptAges; readonly latestMs: number },
): readonly LogFinding[] {
  const { sequence, part, first, last, timeMs } = leave;
  const oldMs = Math.min(timeMs, latestMs) - ages.shortest[part];
  // Everything up to a row is older than it; what is left of the row itself tells the hour.
  const isYoung = (source.timeUpTo(last) ?? Number.NEGATIVE_INFINITY) > oldMs;
  const young = notBefore(source, leave, good, ages).filter(({ ms }) => ms > oldMs);
  if (!isYoung && young.every(({ after }) => after >= last)) return [];
  const isKnownYoung = (row: number): boolean => isYoung || young.some(({ after }) => row > after);
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
      const { lacks = 'ended', timeMs: writtenMs } = rows.get(row) ?? {};
      const isWhole = rows.get(row)?.left === 'all';
      const isEarly = writtenMs === undefined ? isKnownYoung(row) : writtenMs > oldMs;
      if (!isWhole && lacks === part && isEarly && !source.isErased(row)) add(row);
    }
  }
  const detail = `log.purged ${sequence}, which no checkpoint covers, says that their time is over, and it is not`;
  return found.map((range) => ({ problem: 'erased', ...range, detail }));
}
