import { hashedRow, isLawful } from '../../core/events/chain.ts';
import type { RowRange } from '../../core/events/cover.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EndingSurvey, LogStretch, ReduceLimit } from '../../ports/row-reducer.ts';
import { chainRowsIn, readCover } from './event-rows.ts';
import type { ReadConnection } from './read-connection.ts';

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
    for (const row of chainRowsIn(connection, done + 1, to)) {
      const { sequence, body } = row;
      stays(done + 1, sequence - 1);
      done = sequence;
      const read = hashedRow(row);
      const isLeft = body === undefined || (read?.form === 'reduced' && read.sequence === sequence);
      if (!isLeft || !isLawful(cover, row, read)) stays(sequence, sequence);
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
