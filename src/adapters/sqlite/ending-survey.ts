import { hashedRow, isLawful } from '../../core/events/chain.ts';
import { type ChainCover, isCovered, type RowRange } from '../../core/events/cover.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EndingSurvey, LogStretch, ReduceLimit } from '../../ports/row-reducer.ts';
import { chainRowsIn, readCover } from './event-rows.ts';
import type { ReadConnection } from './read-connection.ts';
import { plainClassOf } from './reduced-rows.ts';

/** Rows that are read at once. */
const PAGE_ROWS = 64;

/**
 * What of a stretch may end, and which rows of it stay. Of a row that ended nobody can tell what it was, so log.purged
 * names those that did not: a row that somebody took away before is then among them, and one that goes later too.
 */
export function surveyEnding(
  connection: ReadConnection,
  {
    stretch: { after, through },
    acknowledged,
    limit: { rows, ms = Number.POSITIVE_INFINITY },
    clock,
  }: {
    readonly stretch: LogStretch;
    readonly acknowledged: number;
    readonly limit: ReduceLimit;
    readonly clock: Clock;
  },
): EndingSurvey {
  const untilMs = clock.read().monotonicMs + ms;
  const end = Math.min(through, after + rows);
  const cover = readCover(connection);
  const seen = connection.statement<[number, number], SeenRow>(SEEN);
  const staying: RowRange[] = [];
  const stays = (first: number, last: number): void => {
    const before = staying.at(-1);
    if (first > last) return;
    if (before?.last === first - 1) staying[staying.length - 1] = { first: before.first, last };
    else staying.push({ first, last });
  };
  let count = 0;
  let unacknowledged: RowRange | undefined;
  let done = after;
  while (done < end) {
    const to = Math.min(end, done + PAGE_ROWS);
    let before: SeenRow | undefined;
    for (const row of seen.all(done, to)) {
      const { sequence } = row;
      const previousHash = before?.sequence === sequence - 1 ? before.hash : null;
      before = row;
      if (sequence <= done) continue;
      stays(done + 1, sequence - 1);
      done = sequence;
      if (!mayEnd(connection, cover, { ...row, previousHash })) stays(sequence, sequence);
      else {
        count += 1;
        if (sequence > acknowledged)
          unacknowledged = { first: unacknowledged?.first ?? sequence, last: sequence };
      }
    }
    stays(done + 1, to);
    done = to;
    if (clock.read().monotonicMs >= untilMs) break;
  }
  return { through: done, count, staying, ...(unacknowledged && { unacknowledged }) };
}

/** A row with what is needed to see that it is reduced. */
interface SeenRow {
  readonly sequence: number;
  readonly name: string;
  readonly timeMs: number;
  readonly hash: Buffer;
  /** Null of a row that is whole, or nothing but a hash. */
  readonly reduced: Buffer | null;
  readonly epoch: string | null;
  readonly source: string | null;
}

/** With the row before. */
const SEEN = `SELECT sequence, name, time_ms AS timeMs, hash, epoch, source,
  CASE WHEN body IS NULL AND salt IS NULL THEN reduced END AS reduced
  FROM event LEFT JOIN row_origin ON row_origin.id = origin WHERE sequence BETWEEN ? AND ? ORDER BY sequence`;

/** Whether a row is as the log reduced it, and may be. */
function mayEnd(
  connection: ReadConnection,
  cover: ChainCover,
  { reduced, epoch, source, ...row }: SeenRow & { readonly previousHash: Buffer | null },
): boolean {
  if (reduced !== null && epoch !== null && source !== null) {
    const rowClass = plainClassOf({ ...row, reduced, epoch, source }, row.hash);
    if (rowClass !== undefined) return isCovered(cover, row.sequence, rowClass);
  }
  return chainRowsIn(connection, row.sequence, row.sequence).every((read) => {
    const hashed = hashedRow(read);
    const isLeft =
      read.body === undefined || (hashed?.form === 'reduced' && hashed.sequence === row.sequence);
    return isLeft && isLawful(cover, read, hashed);
  });
}
