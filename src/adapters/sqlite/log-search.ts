import type { StoredEvent } from '../../core/events/event.ts';
import { isAskedFor, type RowQuery } from '../../core/events/row-view.ts';
import { notedAbout, notedFrom } from './event-about.ts';
import { readEventsAfter } from './event-rows.ts';
import type { ReadConnection } from './read-connection.ts';

/** Rows looked at in one statement: by what is noted beside the log, and by their bodies. */
interface StepRows {
  readonly noted: number;
  readonly whole: number;
}

/**
 * For a reader in a process of its own. A statement that reads for long would keep the write-ahead file of the running gate
 * from being reused. Of a row that is looked up beside the log some 30 bytes are read, else all of it.
 */
const LONG_STEPS: StepRows = { noted: 200_000, whole: 10_000 };
/** Beside the gate: short even on a slow card. */
export const SHORT_STEPS: StepRows = { noted: 5_000, whole: 500 };
/** Rows in memory at a time when all are asked for. */
const PAGE_ROWS = 500;

export interface SearchProgress {
  /** Rows that were looked at, of how many. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Sequences between which everything asked for lies, both included; undefined if there is nothing. */
interface Span {
  readonly first: number;
  readonly last: number;
}

/** The rows asked for, oldest first, a few in memory at a time. */
export function* rowsAskedFor(
  connection: ReadConnection,
  query: RowQuery,
  { onProgress }: SearchProgress = {},
): Generator<StoredEvent> {
  const span = spanOf(connection, query);
  if (span === undefined) return;
  for (const window of windowsOf(connection, query, span, LONG_STEPS)) {
    yield* rowsIn(connection, query, window);
    onProgress?.(window.last - span.first + 1, span.last - span.first + 1);
  }
}

/** The newest rows asked for, newest first, at most `limit`. Stops as soon as it has them. */
export function newestAskedFor(
  connection: ReadConnection,
  query: RowQuery,
  limit: number,
  { onProgress }: SearchProgress = {},
): readonly StoredEvent[] {
  const found: StoredEvent[] = [];
  for (const { event } of newestInSteps(connection, query, { rows: LONG_STEPS, onProgress })) {
    if (event !== undefined) found.push(event);
    if (found.length === limit) break;
  }
  return found;
}

/** One step of a search: what it has found, and the number down to which everything was looked at. */
interface SearchStep {
  readonly event?: StoredEvent;
  readonly reached: number;
}

/** The rows asked for below the number `before`, newest first, in steps. A step reads at most one row, or looks at so many. */
export function* newestInSteps(
  connection: ReadConnection,
  query: RowQuery,
  {
    rows,
    before = Number.MAX_SAFE_INTEGER,
    onProgress,
  }: SearchProgress & { readonly rows: StepRows; readonly before?: number },
): Generator<SearchStep, void> {
  const span = spanOf(connection, query);
  if (span === undefined) return;
  const last = Math.min(span.last, before - 1);
  for (const window of windowsOf(connection, query, { first: span.first, last }, rows).reverse()) {
    for (const sequence of sequencesIn(connection, query, window).reverse()) {
      const event = rowAt(connection, sequence);
      yield { reached: sequence, ...(event !== undefined && isAskedFor(event, query) && { event }) };
    }
    onProgress?.(last - window.first + 1, last - span.first + 1);
    yield { reached: window.first };
  }
}

/** Stretches that are searched in one go, in order; each lies on one side of the first row that was noted. */
function windowsOf(
  connection: ReadConnection,
  query: RowQuery,
  { first, last }: Span,
  rows: StepRows,
): Span[] {
  const noted = connection.read(() => notedFrom(connection));
  const isQuick = isRare(query) || (!isAbout(query) && query.types !== undefined && query.kind === undefined);
  const windows: Span[] = [];
  for (let from = first; from <= last; ) {
    const isNoted = from >= noted;
    const to = Math.min(
      last,
      from + (isQuick && isNoted ? rows.noted : rows.whole) - 1,
      isNoted ? last : noted - 1,
    );
    windows.push({ first: from, last: to });
    from = to + 1;
  }
  return windows;
}

function isAbout({ accessPoint, reason, passId, holderRef }: RowQuery): boolean {
  return [accessPoint, reason, passId, holderRef].some((one) => one !== undefined);
}

/** Whether few rows are about what is asked for, so that no other row has to be touched. */
function isRare({ reason, passId, holderRef }: RowQuery): boolean {
  return [reason, passId, holderRef].some((one) => one !== undefined);
}

/** One row, unless there is nothing left of it to read. */
export function rowAt(connection: ReadConnection, sequence: number): StoredEvent | undefined {
  const [event] = connection.read(() => readEventsAfter(connection, sequence - 1, 1));
  return event?.sequence === sequence ? event : undefined;
}

function* rowsIn(connection: ReadConnection, query: RowQuery, window: Span): Generator<StoredEvent> {
  if (Object.keys(query).length > 0) {
    for (const sequence of sequencesIn(connection, query, window)) {
      const event = rowAt(connection, sequence);
      if (event !== undefined && isAskedFor(event, query)) yield event;
    }
    return;
  }
  for (let after = window.first - 1; after < window.last; ) {
    const page = connection.read(() => readEventsAfter(connection, after, PAGE_ROWS));
    for (const event of page) if (event.sequence <= window.last) yield event;
    after = page.at(-1)?.sequence ?? window.last;
  }
}

/**
 * By the index of times, which holds all that is needed, so that a search for a day reads the rows of that day only,
 * however the clock has moved meanwhile.
 */
function spanOf(connection: ReadConnection, { fromMs, toMs }: RowQuery): Span | undefined {
  const timed = fromMs !== undefined || toMs !== undefined;
  const sql = timed
    ? 'SELECT min(sequence) AS first, max(sequence) AS last FROM event WHERE time_ms >= ? AND time_ms < ?'
    : 'SELECT (SELECT min(sequence) FROM event) AS first, (SELECT max(sequence) FROM event) AS last';
  const values = timed ? [fromMs ?? 0, toMs ?? Number.MAX_SAFE_INTEGER] : [];
  const { first, last } = connection.read(
    () =>
      connection.statement<number[], { first: number | null; last: number | null }>(sql).get(...values) ?? {
        first: null,
        last: null,
      },
  );
  return first === null || last === null ? undefined : { first, last };
}

/** Ascending. May hold rows that are not asked for after all. */
function sequencesIn(connection: ReadConnection, query: RowQuery, window: Span): number[] {
  return connection.read(() => {
    if (isAbout(query) && window.first >= notedFrom(connection)) {
      const { types, kind } = query;
      const names = types && namesIn(connection, types);
      return notedAbout(connection, query, window, {
        names,
        text: kind === undefined ? undefined : kindIn(kind),
      });
    }
    const { sql, values } = conditionsOf(connection, query);
    return connection
      .statement<(number | string | Uint8Array)[], { sequence: number }>(
        `SELECT sequence FROM event ${sql} AND sequence BETWEEN ? AND ? ORDER BY sequence`,
      )
      .all(...values, window.first, window.last)
      .map(({ sequence }) => sequence);
  });
}

/** What the database itself can leave out, without reading JSON. */
function conditionsOf(
  connection: ReadConnection,
  {
    fromMs = 0,
    toMs = Number.MAX_SAFE_INTEGER,
    types,
    accessPoint,
    reason,
    kind,
    passId,
    holderRef,
  }: RowQuery,
): { readonly sql: string; readonly values: readonly (number | string | Uint8Array)[] } {
  const texts = [accessPoint, passId, holderRef].filter((text) => text !== undefined);
  const bodies = [
    ...texts.map(() => 'AND instr(body, ?) > 0'),
    // The reason stays when a row is reduced, and is then no longer in its body.
    ...(reason === undefined ? [] : ['AND (body IS NULL OR instr(body, ?) > 0)']),
    ...(kind === undefined ? [] : ['AND instr(body, ?) > 0']),
  ].join(' ');
  const words = [
    ...[...texts, ...(reason === undefined ? [] : [reason])].map((text) => Buffer.from(JSON.stringify(text))),
    ...(kind === undefined ? [] : [kindIn(kind)]),
  ];
  if (types === undefined)
    return { sql: `WHERE time_ms >= ? AND time_ms < ? ${bodies}`, values: [fromMs, toMs, ...words] };
  const names = namesIn(connection, types);
  return {
    sql: `INDEXED BY event_by_name WHERE name IN (${names.map(() => '?').join(', ')}) ${bodies}`,
    values: [...names, ...words],
  };
}

/** How a body says the kind of the pass, whole or packed. */
function kindIn(kind: string): Uint8Array {
  return Buffer.from(`"kind":${JSON.stringify(kind)}`);
}

/** The names that are in the log, of these events and groups: one step in the index for each. */
function namesIn(connection: ReadConnection, types: readonly string[]): readonly string[] {
  const next = connection.statement<[string], { name: string | null }>(
    'SELECT min(name) AS name FROM event WHERE name > ?',
  );
  const names: string[] = [];
  for (let name = next.get('')?.name ?? null; name !== null; name = next.get(name)?.name ?? null)
    if (types.some((type) => name === type || name?.startsWith(`${type}.`))) names.push(name);
  return names;
}
