import { PURGE_CLASSES, type PurgeClass } from '../../core/access/vocabulary.ts';
import { coverOf } from '../../core/events/cover.ts';
import type { StoredEvent } from '../../core/events/event.ts';
import type { LeaveEvent } from '../../core/events/given-leave.ts';
import { purgePointer, readSound } from './event-rows.ts';
import { readKept } from './kept-numbers.ts';
import type { ReadConnection } from './read-connection.ts';

/** Rows of which the latest time counts as the time at which the next one was written: a clock may have been set back. */
const ROWS_BEFORE = 1_000;
const PAGE_ROWS = 64;
/** Erasures that no checkpoint covers beyond this number are told as one; there is a checkpoint every 15 minutes. */
const MOST = 1_000;

/** Events behind a row that let parts of others be gone, and are as they were written: of log.purged the newest of each class. */
export function readLeave(connection: ReadConnection, after: number): readonly LeaveEvent[] {
  const purges = PURGE_CLASSES.flatMap((part) => {
    const sequence = readKept(connection, purgePointer(part));
    return sequence <= after ? [] : [{ part, sequence }];
  });
  return [
    ...purges.flatMap(({ part, sequence }) =>
      readSound(connection, [sequence]).flatMap((event) => {
        const last = coverOf([event]).purged[part];
        return last === 0 ? [] : [{ ...leaveOf(connection, event), part, first: 1, last }];
      }),
    ),
    ...readErasuresAfter(connection, after),
  ];
}

/** All of them that name rows: one that is not told would hide what it lets be gone. */
function readErasuresAfter(connection: ReadConnection, after: number): readonly LeaveEvent[] {
  const page = connection.statement<[number, number], { sequence: number }>(
    `SELECT sequence FROM event WHERE name IN ('privacy.erased', 'site.stooddown') AND sequence > ?
      ORDER BY sequence LIMIT ?`,
  );
  const found: LeaveEvent[] = [];
  for (let from = after; ; ) {
    const rows = page.all(from, PAGE_ROWS).map(({ sequence }) => sequence);
    for (const event of readSound(connection, rows)) {
      const { erased, stoodDown } = coverOf([event]);
      const [first, last] =
        stoodDown > 0 ? [1, stoodDown - 1] : [erased[0]?.first ?? 1, erased.at(-1)?.last ?? 0];
      if (first > last) continue;
      const before = found.length < MOST ? undefined : found.pop();
      found.push({
        ...leaveOf(connection, event),
        first: Math.min(first, before?.first ?? first),
        last: Math.max(last, before?.last ?? last),
      });
    }
    if (rows.length < PAGE_ROWS) return found;
    from = rows.at(-1) ?? from;
  }
}

function leaveOf(connection: ReadConnection, { sequence, name, timeMs }: StoredEvent) {
  const latest = connection.statement<[number, number], { timeMs: number | null }>(
    'SELECT max(time_ms) AS timeMs FROM event WHERE sequence BETWEEN ? AND ?',
  );
  const before = latest.get(sequence - ROWS_BEFORE, sequence)?.timeMs ?? 0;
  return { sequence, name, timeMs: Math.max(timeMs, before) };
}

/** Up to where the newest log.purged of a class, up to a row, lets the part be gone, and when it was written. */
export function readPurged(
  connection: ReadConnection,
  part: PurgeClass,
  upTo: number,
): { readonly through: number; readonly timeMs: number } | undefined {
  const page = connection.statement<[number, number], { sequence: number }>(
    "SELECT sequence FROM event WHERE name = 'log.purged' AND sequence <= ? ORDER BY sequence DESC LIMIT ?",
  );
  for (let from = upTo; from > 0; ) {
    const found = page.all(from, PAGE_ROWS).map(({ sequence }) => sequence);
    for (const event of readSound(connection, found)) {
      const through = coverOf([event]).purged[part];
      if (through > 0) return { through, timeMs: leaveOf(connection, event).timeMs };
    }
    from = (found.at(-1) ?? 0) - 1;
  }
  return undefined;
}
