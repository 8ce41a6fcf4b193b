import type { Sql } from 'postgres';
import { GatepostError } from '../../core/errors.ts';
import { MIGRATIONS } from './migrations.ts';

/** Of the one process at a time that changes the schema. */
const SCHEMA_LOCK = 0x67617465706f;
/** Months whose partitions are there before anything comes that belongs into them. */
const FROM_MONTH = -1;
const TO_MONTH = 2;

/**
 * Makes the schema, or moves it up.
 * @throws GatepostError `database.unavailable` if a newer Gatepost has made it
 */
export async function createSchema(sql: Sql): Promise<void> {
  await sql.begin(async (transaction) => {
    await transaction`SELECT pg_advisory_xact_lock(${SCHEMA_LOCK})`;
    await transaction`CREATE SCHEMA IF NOT EXISTS gatepost`;
    await transaction`
      CREATE TABLE IF NOT EXISTS gatepost.migration (
        number int PRIMARY KEY, done timestamptz NOT NULL DEFAULT clock_timestamp())`;
    const [{ newest } = { newest: 0 }] = await transaction<{ newest: number }[]>`
      SELECT coalesce(max(number), 0) AS newest FROM gatepost.migration`;
    if (newest > MIGRATIONS.length)
      throw new GatepostError(
        'database.unavailable',
        'The schema gatepost of this database was made by a newer Gatepost. Use that one.',
      );
    for (const [at, step] of MIGRATIONS.entries()) {
      if (at < newest) continue;
      await transaction.unsafe(step);
      await transaction`INSERT INTO gatepost.migration (number) VALUES (${at + 1})`;
    }
  });
  await monthsAhead(sql);
}

/** Makes the partitions of the months around now. What is of another month goes into the default one. */
export async function monthsAhead(sql: Sql): Promise<void> {
  const now = new Date();
  for (let offset = FROM_MONTH; offset <= TO_MONTH; offset += 1) {
    const [from, to] = [offset, offset + 1].map((one) =>
      new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + one)).toISOString(),
    );
    if (from === undefined || to === undefined) continue;
    const name = `event_${from.slice(0, 7).replace('-', '_')}`;
    await sql.begin(async (transaction) => {
      await transaction`SELECT pg_advisory_xact_lock(${SCHEMA_LOCK})`;
      const [{ is_there: isThere, is_taken: isTaken } = { is_there: true, is_taken: true }] =
        await transaction<{ is_there: boolean; is_taken: boolean }[]>`
          SELECT to_regclass(${`gatepost.${name}`}) IS NOT NULL AS is_there,
            EXISTS (SELECT FROM gatepost.event_other WHERE hour >= ${from} AND hour < ${to}) AS is_taken`;
      // Rows of a gate whose clock was ahead may lie in the default partition: then the month stays there.
      if (isThere || isTaken) return;
      await transaction.unsafe(
        `CREATE TABLE gatepost.${name} PARTITION OF gatepost.event FOR VALUES FROM ('${from}') TO ('${to}')`,
      );
    });
  }
}
