import { crc32 } from 'node:zlib';
import type Database from 'better-sqlite3';

/**
 * Tables without a sum: rows of the log have their hashes, what they are about follows from them, and what the probe
 * holds says nothing.
 */
const UNSUMMED: readonly string[] = ['event', 'event_about', 'probe'];
/**
 * Sums stand among the kept numbers, in a page that a passage writes anyway; a table of their own would cost each commit
 * a page more.
 */
const KEPT = 'kept_number';
const PREFIX = 'sum-';
/** What a backup has beside the store; its files have digests of their own. */
const OF_A_COPY = 'copied_file';

/** What is compared beside the tables, by the name under which its sum is kept. */
const BESIDE: Readonly<Record<string, { readonly sum: string; readonly words: string }>> = {
  user_version: {
    sum: '(SELECT user_version FROM pragma_user_version)',
    words: 'its header names another version of the tables than they have',
  },
  header: {
    sum: `(SELECT row_crc(application_id || ' ' || encoding || ' ' || auto_vacuum)
      FROM pragma_application_id, pragma_encoding, pragma_auto_vacuum)`,
    words: 'its header is not as the gate wrote it',
  },
  sqlite_schema: {
    sum: `(SELECT total FROM (SELECT coalesce(sum(row_crc(${rowText(['type', 'name', 'tbl_name', 'sql'])})), 0) AS total
      FROM sqlite_schema WHERE tbl_name <> '${OF_A_COPY}'))`,
    words: 'the description of its tables is not as the gate wrote it',
  },
};

/** The values of a row with their types, as the text of a literal each. Generated columns follow from the others. */
function rowText(columns: readonly string[], row?: 'new' | 'old'): string {
  return columns.map((column) => `quote(${row === undefined ? '' : `${row}.`}${column})`).join(` || ' ' || `);
}

/** Whether a store has sums at all: one of an earlier version has none. */
export function hasSums(database: Database.Database): boolean {
  return summedVersion(database) !== undefined;
}

/** Whether a kept number is no sum. */
function isNoSum(row = ''): string {
  return `substr(${row}name, 1, ${PREFIX.length}) <> '${PREFIX}'`;
}

function sumRow(name: string): string {
  return `'${PREFIX}${name}'`;
}

/** Tables that have a sum, by name. */
export function summedTables(database: Database.Database): readonly string[] {
  return database
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .pluck()
    .all()
    .filter((name) => /^(?!sqlite_)\w+$/.test(name) && name !== OF_A_COPY && !UNSUMMED.includes(name));
}

function columnsOf(database: Database.Database, table: string): readonly string[] {
  const sql = 'SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0 ORDER BY cid';
  return database.prepare<[string], string>(sql).pluck().all(table);
}

/** SQL of what the sum has to be. */
function sumOf(database: Database.Database, name: string): string {
  const row = () => rowText(columnsOf(database, name));
  const rows = name === KEPT ? `${name} WHERE ${isNoSum()}` : name;
  return BESIDE[name]?.sum ?? `(SELECT coalesce(sum(row_crc(${row()})), 0) FROM ${rows})`;
}

/**
 * Each row of a table has a CRC-32 over all of its columns with their types, and the table the sum of them. What a card
 * changes in a row, what it loses of one, and what was not written by the gate's own SQL no longer fits it. A sum does
 * not depend on the order of the rows, so it is kept by adding what comes and subtracting what goes.
 */
export function knowSums(database: Database.Database): void {
  // The types of crc32 name one parameter too many for a function of SQL.
  database.function('row_crc', { deterministic: true }, (text: unknown) => crc32(String(text)));
}

/**
 * Keeps the sums up with every change that is made through this connection, in the transaction of the change. A store
 * without sums is left alone. The triggers are those of the connection alone: in the file they would need functions
 * that a file is not trusted with (`trusted_schema`).
 */
export function keepSums(database: Database.Database): void {
  knowSums(database);
  if (!hasSums(database) || triggersOf(database).length > 0) return;
  // Otherwise a row that INSERT OR REPLACE replaces goes without its trigger.
  database.pragma('recursive_triggers = ON');
  for (const table of summedTables(database)) {
    const columns = columnsOf(database, table);
    const [added, gone] = [`+ row_crc(${rowText(columns, 'new')})`, `- row_crc(${rowText(columns, 'old')})`];
    const changes = { INSERT: added, UPDATE: `${added} ${gone}`, DELETE: gone };
    for (const [verb, change] of Object.entries(changes)) {
      const when = table === KEPT ? `WHEN ${isNoSum(verb === 'DELETE' ? 'old.' : 'new.')}` : '';
      database.exec(`CREATE TEMP TRIGGER sum_of_${table}_${verb} AFTER ${verb} ON main.${table} ${when} BEGIN
        UPDATE ${KEPT} SET value = value ${change} WHERE name = ${sumRow(table)};
      END`);
    }
  }
}

/** Ends what keepSums() does, so that tables can be changed. */
export function leaveSums(database: Database.Database): void {
  for (const trigger of triggersOf(database)) database.exec(`DROP TRIGGER temp.${trigger}`);
}

function triggersOf(database: Database.Database): readonly string[] {
  const sql =
    "SELECT name FROM sqlite_temp_schema WHERE type = 'trigger' AND name LIKE 'sum\\_of\\_%' ESCAPE '\\'";
  return database.prepare<[], string>(sql).pluck().all();
}

/**
 * Makes the sums of a store anew after SQL that changed it: of the tables that it names, and of those without a sum.
 * Runs inside a transaction.
 */
export function makeSums(database: Database.Database, sql: string): void {
  if (!hasSums(database)) return;
  const tables = summedTables(database);
  const names = [...Object.keys(BESIDE), ...tables];
  const known = database
    .prepare<[number, string], string>(
      `SELECT substr(name, ?) FROM ${KEPT} WHERE NOT (${isNoSum()}) AND name <> ?`,
    )
    .pluck()
    .all(PREFIX.length + 1, `${PREFIX}user_version`);
  for (const name of known)
    if (!names.includes(name)) database.exec(`DELETE FROM ${KEPT} WHERE name = ${sumRow(name)}`);
  for (const name of names)
    if (!tables.includes(name) || !known.includes(name) || new RegExp(`\\b${name}\\b`).test(sql))
      database.exec(`INSERT OR REPLACE INTO ${KEPT} VALUES (${sumRow(name)}, ${sumOf(database, name)})`);
}

/** SQL that answers `ok`, or what is wrong. @param name of a table, or of what is compared beside them */
export function sumCheck(database: Database.Database, name: string): string {
  const words = BESIDE[name]?.words ?? `the table ${name} is not as the gate wrote it`;
  return `SELECT CASE WHEN ${sumOf(database, name)} IS (SELECT value FROM ${KEPT} WHERE name = ${sumRow(name)})
    THEN 'ok' ELSE '${words}' END`;
}

/**
 * Compares the sums of a store with what is in it.
 * @param without tables to leave out
 * @returns what is wrong; undefined if nothing is, or if the store has no sums yet
 */
export function findWrongSum(
  database: Database.Database,
  without: readonly string[] = [],
): string | undefined {
  if (!hasSums(database)) return undefined;
  const names = [...Object.keys(BESIDE), ...summedTables(database)];
  for (const name of names) {
    if (without.includes(name)) continue;
    const answer = String(database.prepare(sumCheck(database, name)).pluck().get());
    if (answer !== 'ok') return answer;
  }
  return undefined;
}

/** The version of the tables by their sums; undefined if there are none. */
export function summedVersion(database: Database.Database): number | undefined {
  const table = `SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '${KEPT}'`;
  if (database.prepare(table).get() === undefined) return undefined;
  const sql = `SELECT value FROM ${KEPT} WHERE name = ${sumRow('user_version')}`;
  return database.prepare<[], number>(sql).pluck().get();
}
