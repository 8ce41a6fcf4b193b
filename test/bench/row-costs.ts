import Database from 'better-sqlite3';

/** What a row of one form costs in the file: its page and its share of the indexes. */
export interface RowCost {
  readonly form: string;
  readonly rows: number;
  readonly bytesEach: number;
}

/** Bytes of a row of `event`, by its columns. Numbers and the header of a row take some 24. */
const BYTES = `sum(24 + length(hash) + length(name) + length(id) + length(time_quality)
  + coalesce(length(body), 0) + coalesce(length(reduced), 0) + coalesce(length(passage), 0)
  + coalesce(length(holder_ref), 0))`;
const FORM = `CASE WHEN name = '' THEN 'hash only' WHEN body IS NULL THEN 'reduced'
  WHEN name NOT LIKE 'access.%' AND name NOT LIKE 'door.%' THEN 'operator'
  WHEN substr(body, 1, 1) = CAST('{' AS BLOB) THEN 'written' ELSE 'packed' END`;

/**
 * Measured in a store that a bench has filled: the pages of a table, with what is unused in them, shared out by the
 * bytes of its rows; the pages of its indexes, by their number.
 */
export function rowCosts(path: string): readonly RowCost[] {
  const database = new Database(path, { readonly: true });
  try {
    const pages = new Map(
      database
        .prepare<[], [string, number]>('SELECT name, sum(pgsize) FROM dbstat GROUP BY name')
        .raw()
        .all(),
    );
    const of = (...names: readonly string[]) => names.reduce((sum, name) => sum + (pages.get(name) ?? 0), 0);
    const forms = database
      .prepare<[], { form: string; rows: number; bytes: number }>(
        `SELECT ${FORM} AS form, count(*) AS rows, ${BYTES} AS bytes FROM event GROUP BY 1`,
      )
      .all();
    const all = forms.reduce(
      (sum, { rows, bytes }) => ({ rows: sum.rows + rows, bytes: sum.bytes + bytes }),
      {
        rows: 0,
        bytes: 0,
      },
    );
    const whole = forms.filter(({ form }) => form !== 'hash only' && form !== 'reduced');
    const wholeRows = whole.reduce((sum, { rows }) => sum + rows, 0);
    const about = of('event_about') / Math.max(1, wholeRows);
    const index = of('event_by_name', 'event_by_time') / Math.max(1, all.rows);
    const count = (table: string) =>
      Number(database.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get());
    const beside = (form: string, table: string, ...indexes: readonly string[]): RowCost => {
      const rows = count(table);
      return { form, rows, bytesEach: of(table, ...indexes) / Math.max(1, rows) };
    };
    return [
      ...forms.map(({ form, rows, bytes }) => ({
        form,
        rows,
        bytesEach:
          ((bytes / all.bytes) * of('event')) / rows +
          index +
          (whole.some((one) => one.form === form) ? about : 0),
      })),
      beside(
        'ledger',
        'passage',
        'sqlite_autoindex_passage_1',
        'passage_by_account',
        'passage_by_use',
        'passage_last',
        'passage_by_day',
      ),
      beside('code', 'pass_step'),
    ];
  } finally {
    database.close();
  }
}

/** Without pages that are free for the rows of the next hours. */
export function usedBytes(path: string): number {
  const database = new Database(path, { readonly: true });
  try {
    const [pages = 0, free = 0, bytes = 0] = ['page_count', 'freelist_count', 'page_size'].map((name) =>
      Number(database.pragma(name, { simple: true })),
    );
    return (pages - free) * bytes;
  } finally {
    database.close();
  }
}
