import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from './connection.ts';

/** A file of this size is rewritten within the time for which a running gate can wait. */
const REWRITTEN_AT_ONCE = 16 * 1024 * 1024;
/** Free pages given back in one step, with pauses in which the gate writes. */
const PAGES_A_STEP = 64;
const PAUSE_MS = 10;
const ATTEMPTS = 200;
const PIECE = 4 * 1024 * 1024;

/**
 * Sees to it that deleted content is in no part of the database file or of the write-ahead file: unused pages are given
 * back and the write-ahead file is emptied. SQLite overwrites what it deletes, but not always what it has moved before:
 * where a copy is left, the file is rewritten.
 * @param isAlone no gate runs with the store, so that the file may be rewritten however large it is
 * @param texts what must be found nowhere; none: rewrite in any case, because some of it has to stay
 * @returns whether the file is clean
 */
export async function cleanPages(
  connection: Connection,
  { isAlone, texts }: { readonly isAlone: boolean; readonly texts: readonly Buffer[] },
): Promise<boolean> {
  const { path, database } = connection;
  for (;;) {
    const free = Number(database.pragma('freelist_count', { simple: true }));
    if (free === 0) break;
    connection.read(() => database.pragma(`incremental_vacuum(${PAGES_A_STEP})`));
    if (Number(database.pragma('freelist_count', { simple: true })) >= free) break;
    await delay(PAUSE_MS);
  }
  const isEmptied = await emptyJournal(connection);
  const isClean = () => isEmptied && texts.length > 0 && !occurs(path, texts);
  if (isClean()) return true;
  if (!isAlone && statSync(path).size > REWRITTEN_AT_ONCE) return false;
  connection.read(() => database.exec('VACUUM'));
  return (await emptyJournal(connection)) && !occurs(path, texts);
}

/** Moves everything into the database and cuts the write-ahead file to nothing, as soon as nobody reads it. */
async function emptyJournal({ database }: Connection): Promise<boolean> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const [result] = database.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
    if (result?.busy === 0) return true;
    await delay(PAUSE_MS);
  }
  return false;
}

/** Whether one of these texts stands anywhere in a file. */
function occurs(path: string, texts: readonly Buffer[]): boolean {
  if (texts.length === 0) return false;
  const overlap = Math.max(...texts.map(({ length }) => length)) - 1;
  const buffer = Buffer.alloc(PIECE + overlap);
  const file = openSync(path, 'r');
  try {
    let kept = 0;
    for (;;) {
      const read = readSync(file, buffer, kept, PIECE, null);
      if (read === 0) return false;
      const piece = buffer.subarray(0, kept + read);
      if (texts.some((text) => piece.includes(text))) return true;
      kept = Math.min(overlap, piece.length);
      buffer.copyWithin(0, piece.length - kept, piece.length);
    }
  } finally {
    closeSync(file);
  }
}
