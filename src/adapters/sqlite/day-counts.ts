import type { Effect } from '../../core/decision/effect.ts';
import {
  type DayCell,
  type DayReview,
  type DeviceTime,
  QUARTERED,
  type QuarterCell,
  type SensorDay,
} from '../../core/report/day-counts.ts';
import { medianOf } from '../../core/report/day-curve.ts';
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

  quarters(siteDay: number): readonly QuarterCell[] {
    const sql = `SELECT quarter, access_point AS accessPoint, direction, counted, count FROM quarter_count
      WHERE site_day = ? ORDER BY quarter, access_point, direction, counted`;
    return this.#connection.read(() => this.#connection.statement<[number], QuarterCell>(sql).all(siteDay));
  }

  sensors(fromDay: number, toDay: number): readonly SensorDay[] {
    const sql = `SELECT site_day AS siteDay, access_point AS accessPoint, tenths / 10.0 AS medianC, readings
      FROM sensor_day WHERE site_day BETWEEN ? AND ? ORDER BY site_day, access_point`;
    return this.#connection.read(() => {
      const closed = this.#connection.statement<[number, number], SensorDay>(sql).all(fromDay, toDay);
      const open = this.#readings(toDay).flatMap(({ siteDay, accessPoint, counts }): SensorDay[] => {
        const median = medianOf(counts);
        if (median === undefined || siteDay < fromDay) return [];
        return [{ siteDay, accessPoint, medianC: median.tenths / 10, readings: median.readings }];
      });
      return [...closed, ...open];
    });
  }

  devices(siteDay: number): readonly DeviceTime[] {
    const sql =
      'SELECT device, ok_ms AS okMs, down_ms AS downMs FROM device_day WHERE site_day = ? ORDER BY device';
    return this.#connection.read(() => this.#connection.statement<[number], DeviceTime>(sql).all(siteDay));
  }

  reviewOf(siteDay: number): DayReview | undefined {
    const sql = 'SELECT reviewed_by AS by, note, at_ms AS atMs FROM day_review WHERE site_day = ?';
    return this.#connection.read(() => this.#connection.statement<[number], DayReview>(sql).get(siteDay));
  }

  /** Runs inside a transaction. */
  count(cell: Extract<Effect, { kind: 'countDay' }>): void {
    this.#connection
      .statement<[number, string, string, string, string]>(
        `INSERT INTO day_count VALUES (?, ?, ?, ?, ?, 1)
          ON CONFLICT (site_day, access_point, direction, counted, what) DO UPDATE SET count = count + 1`,
      )
      .run(cell.siteDay, cell.accessPoint, cell.direction, cell.counted, cell.of ?? '');
    const counted = QUARTERED.find((one) => one === cell.counted);
    if (counted !== undefined) this.countQuarter(cell, counted);
  }

  /** Runs inside a transaction. */
  countReading({ siteDay, accessPoint, tenths }: Extract<Effect, { kind: 'countReading' }>): void {
    this.#connection
      .statement<[number, string, number]>(
        `INSERT INTO reading_count VALUES (?, ?, ?, 1)
          ON CONFLICT (site_day, access_point, tenths) DO UPDATE SET count = count + 1`,
      )
      .run(siteDay, accessPoint, tenths);
  }

  /** Runs inside a transaction. Nothing where the quarter is not known. */
  countQuarter(
    { siteDay, quarter, accessPoint, direction }: Extract<Effect, { kind: 'countDay' | 'countOpen' }>,
    counted: QuarterCell['counted'],
  ): void {
    if (quarter === undefined) return;
    this.#connection
      .statement<[number, number, string, string, string]>(
        `INSERT INTO quarter_count VALUES (?, ?, ?, ?, ?, 1)
          ON CONFLICT (site_day, quarter, access_point, direction, counted) DO UPDATE SET count = count + 1`,
      )
      .run(siteDay, quarter, accessPoint, direction, counted);
  }

  /** Runs inside a transaction. */
  addUptime(siteDay: number, devices: readonly DeviceTime[]): void {
    const add = this.#connection.statement<[number, string, number, number]>(
      `INSERT INTO device_day VALUES (?, ?, ?, ?) ON CONFLICT (site_day, device) DO UPDATE SET
        ok_ms = ok_ms + excluded.ok_ms, down_ms = down_ms + excluded.down_ms`,
    );
    for (const { device, okMs, downMs } of devices)
      add.run(siteDay, device, Math.round(okMs), Math.round(downMs));
  }

  /** Runs inside a transaction. The first review of a day stays. */
  review(siteDay: number, { by, note, atMs }: DayReview): void {
    this.#connection
      .statement<[number, string, string, number]>('INSERT OR IGNORE INTO day_review VALUES (?, ?, ?, ?)')
      .run(siteDay, by, note, atMs);
  }

  /** Runs inside a transaction. */
  close(siteDay: number): void {
    writeKept(this.#connection, 'closed-day', siteDay);
    // Of the readings of a day that is over the median is left.
    const keep = this.#connection.statement<[number, string, number, number]>(
      'INSERT OR REPLACE INTO sensor_day VALUES (?, ?, ?, ?)',
    );
    for (const { siteDay: day, accessPoint, counts } of this.#readings(siteDay)) {
      const median = medianOf(counts);
      if (median !== undefined) keep.run(day, accessPoint, median.tenths, median.readings);
    }
    this.#connection.statement<[number]>('DELETE FROM reading_count WHERE site_day <= ?').run(siteDay);
  }

  /** Runs inside a transaction. */
  drop(beforeDay: number): void {
    for (const table of [
      'day_count',
      'open_count',
      'quarter_count',
      'reading_count',
      'sensor_day',
      'device_day',
    ])
      this.#connection.statement<[number]>(`DELETE FROM ${table} WHERE site_day < ?`).run(beforeDay);
  }

  #readings(throughDay: number) {
    const sql = `SELECT site_day AS siteDay, access_point AS accessPoint,
        json_group_array(json_object('tenths', tenths, 'count', count)) AS counts
      FROM reading_count WHERE site_day <= ? GROUP BY site_day, access_point`;
    return this.#connection
      .statement<[number], { siteDay: number; accessPoint: string; counts: string }>(sql)
      .all(throughDay)
      .map((row) => ({ ...row, counts: JSON.parse(row.counts) as { tenths: number; count: number }[] }));
  }
}
