import { databasePath, openForReading } from '../../../src/adapters/sqlite/database.ts';
import type { SystemCall } from './strace-log.ts';

/** In the write-ahead log each page comes after a header of its own, whose first four bytes are its number. */
const HEADER_BYTES = 24;
const CONTROL: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', v: '\v', f: '\f' };

/** How often a page of each table and index was written to the write-ahead log by these calls. */
export function pagesByTable(
  calls: readonly SystemCall[],
  tables: ReadonlyMap<number, string>,
): ReadonlyMap<string, number> {
  const pages = new Map<string, number>();
  for (const { name, path, words, result } of calls) {
    if (name !== 'pwrite64' || !path.endsWith('-wal') || result !== HEADER_BYTES) continue;
    const table = tables.get(bytesOf(words).readUInt32BE(0)) ?? 'others';
    pages.set(table, (pages.get(table) ?? 0) + 1);
  }
  return pages;
}

/** Which table or index has each page of a store whose daemon is gone. */
export function tablesOf(store: string): ReadonlyMap<number, string> {
  const database = openForReading(databasePath(store));
  try {
    const rows = database
      .prepare<[], { name: string; page: number }>('SELECT name, pageno AS page FROM dbstat')
      .all();
    return new Map(rows.map(({ name, page }) => [page, name]));
  } finally {
    database.close();
  }
}

/** The bytes of `, "…", 24, 4152`, as strace escapes them. */
function bytesOf(words: string): Buffer {
  const text = /^, "((?:[^"\\]|\\.)*)"/s.exec(words)?.[1] ?? '';
  const plain = text.replace(/\\([0-7]{1,3}|.)/gs, (_, escaped: string) =>
    /^[0-7]/.test(escaped) ? String.fromCharCode(Number.parseInt(escaped, 8)) : (CONTROL[escaped] ?? escaped),
  );
  return Buffer.from(plain, 'latin1');
}
