import type { ChainRow } from '../../core/events/chain.ts';
import { viewOf } from '../../core/events/row-view.ts';
import type { Connection } from './connection.ts';
import { type About, aboutOf, notedFrom } from './event-about.ts';
import { chainRowsIn } from './event-rows.ts';
import type { ReadConnection } from './read-connection.ts';

const PUT = 'INSERT OR REPLACE INTO event_about VALUES (?, ?, ?, ?, ?, ?)';
const NOTHING: About = [null, null, null, null, null];

/**
 * Rows of which it stands wrongly what they are about. Nothing rests on that but what is searched, exported and erased
 * by it, and it follows from the log, so it is noted anew instead of being damage.
 * @param rows sound rows of the log, ascending, with nothing between them but what ended
 */
export function wrongAbouts(connection: ReadConnection, rows: readonly ChainRow[]): readonly number[] {
  const from = notedFrom(connection);
  const first = rows.find(({ sequence }) => sequence >= from)?.sequence;
  const last = rows.at(-1)?.sequence;
  if (first === undefined || last === undefined || !connection.hasTable('event_about')) return [];
  const noted = readAbouts(connection, first, last);
  const wrong = rows.flatMap((row) => {
    const wanted = row.sequence < from ? undefined : wantedOf(row);
    if (wanted === undefined) return [];
    return textOf(noted.get(row.sequence) ?? NOTHING) === textOf(wanted) ? [] : [row.sequence];
  });
  const orphans = connection.statement<[number, number], { sequence: number }>(
    'SELECT sequence FROM event_about WHERE sequence BETWEEN ? AND ? AND sequence NOT IN (SELECT sequence FROM event)',
  );
  return [...wrong, ...orphans.all(first, last).map(({ sequence }) => sequence)];
}

/** Notes anew what these rows are about. */
export function mendAbouts(connection: Connection, sequences: readonly number[]): void {
  connection.write(() => {
    for (const sequence of sequences) {
      const [row] = chainRowsIn(connection, sequence, sequence);
      const wanted = row === undefined ? NOTHING : (wantedOf(row) ?? NOTHING);
      if (wanted.every((value) => value === null))
        connection.statement<[number]>('DELETE FROM event_about WHERE sequence = ?').run(sequence);
      else connection.statement<unknown[]>(PUT).run(sequence, ...wanted);
    }
  });
}

/** Undefined where it does not follow from the row: one of the form before parts of which the hash alone is left. */
function wantedOf({ body, columns }: ChainRow): About | undefined {
  const name = columns?.name ?? '';
  if (body === undefined) return name === '' ? NOTHING : undefined;
  const view = viewOf(body);
  return view && aboutOf(name, view.envelope.subject, view.data);
}

function readAbouts(connection: ReadConnection, first: number, last: number): ReadonlyMap<number, About> {
  const rows = connection
    .statement<[number, number]>('SELECT * FROM event_about WHERE sequence BETWEEN ? AND ?')
    .raw()
    .all(first, last) as [number, ...About][];
  return new Map(rows.map(([sequence, ...about]) => [sequence, about]));
}

function textOf(about: About): string {
  return about
    .map((value) => (value instanceof Uint8Array ? `x${Buffer.from(value).toString('hex')}` : value))
    .join('\n');
}
