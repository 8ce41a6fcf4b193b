import type { Effect } from '../../core/decision/effect.ts';
import type { DayCell } from '../../core/report/day-counts.ts';
import type { DayCounts } from '../../ports/site-store.ts';
import type { Connection } from './connection.ts';
import { readKept, writeKept } from './kept-numbers.ts';

/** Both tables of counts: decisions, and people counted while the gate was held open. */
const ALL_CELLS = `SELECT site_day AS siteDay, access_point AS accessPoint, direction, counted, nullif(what, '') AS of, count
    FROM day_count
  UNION ALL SELECT site_day, access_point, direction, 'open', NULL, count FROM open_count`;

interface CellRow extends Omit<DayCell, 'of'> {
  readonly of: string | null;
}

export class SqliteDayCounts implements DayCounts {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  cells(siteDay: number): readonly DayCell[] {
    const sql = `SELECT accessPoint, direction, counted, of, count FROM (${ALL_CELLS})
      WHERE siteDay = ? ORDER BY accessPoint, direction, counted, of`;
    return this.#connection
      .read(() => this.#connection.statement<[number], CellRow>(sql).all(siteDay))
      .map(({ of, ...cell }) => (of === null ? cell : { ...cell, of }));
  }

  openDaysBefore(siteDay: number): readonly number[] {
    const closed = readKept(this.#connection, 'closed-day');
    return this.days().filter((day) => day > closed && day < siteDay);
  }

  days(): readonly number[] {
    const sql = `SELECT DISTINCT siteDay FROM (${ALL_CELLS}) ORDER BY siteDay`;
    return this.#connection
      .read(() => this.#connection.statement<[], { siteDay: number }>(sql).all())
      .map(({ siteDay }) => siteDay);
  }

  /** Runs inside a transaction. */
  count(cell: Extract<Effect, { kind: 'countDay' }>): void {
    this.#connection
      .statement<[number, string, string, string, string]>(
        `INSERT INTO day_count VALUES (?, ?, ?, ?, ?, 1)
          ON CONFLICT (site_day, access_point, direction, counted, what) DO UPDATE SET count = count + 1`,
      )
      .run(cell.siteDay, cell.accessPoint, cell.direction, cell.counted, cell.of ?? '');
  }

  /** Runs inside a transaction. */
  close(siteDay: number): void {
    writeKept(this.#connection, 'closed-day', siteDay);
  }

  /** Runs inside a transaction. */
  drop(beforeDay: number): void {
    for (const table of ['day_count', 'open_count'])
      this.#connection.statement<[number]>(`DELETE FROM ${table} WHERE site_day < ?`).run(beforeDay);
  }
}
