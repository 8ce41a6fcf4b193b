import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { StoreChecks } from '../../ports/store-check.ts';
import { databasePath, syncFolder } from './database.ts';
import { damaged } from './store-errors.ts';

const LONGEST_BYTES = 4096;

const Ms = z.number().min(0);
const Note = z.object({
  quickMs: Ms.optional(),
  fullMs: Ms.optional(),
  rowsThrough: z.int().min(0).optional(),
  damage: z
    .object({ atMs: Ms, part: z.string().max(80), detail: z.string().max(1000), file: z.string().max(200) })
    .optional(),
});

/** What is kept of the checks of a store, in a file beside it, because nothing is written to a damaged database. */
type CheckNote = z.output<typeof Note>;

/** Empty where there is none, or none that can be read: then everything is looked through anew. */
function readCheckNote(database: string): CheckNote {
  try {
    const text = readFileSync(noteOf(database), 'utf8');
    const { data = {} } = Note.safeParse(JSON.parse(text.slice(0, LONGEST_BYTES)));
    return data;
  } catch {
    return {};
  }
}

/** When the store in a folder was looked through, beside a running gate too. */
export function readStoreChecks(folder: string): StoreChecks {
  const { quickMs, fullMs, rowsThrough } = readCheckNote(databasePath(folder));
  return {
    ...(quickMs === undefined ? {} : { quickMs }),
    ...(fullMs === undefined ? {} : { fullMs }),
    ...(rowsThrough === undefined ? {} : { rowsThrough }),
  };
}

/** Durable when it returns. @throws the system's own error */
function writeCheckNote(database: string, note: CheckNote): void {
  const path = noteOf(database);
  const file = openSync(`${path}.new`, 'w', 0o600);
  try {
    writeSync(file, `${JSON.stringify(note)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
  syncFolder(dirname(path));
}

/** Notes what has been looked through. */
export function keepChecks(database: string, { quickMs, fullMs, rowsThrough }: StoreChecks): void {
  const { damage } = readCheckNote(database);
  writeCheckNote(database, { quickMs, fullMs, rowsThrough, damage });
}

/** Notes that this very file is damaged, so that the next start does not have to find out again. */
export function keepDamage(database: string, found: { atMs: number; part: string; detail: string }): void {
  const detail = found.detail.slice(0, 1000);
  writeCheckNote(database, {
    ...readCheckNote(database),
    damage: { ...found, detail, file: stateOf(database) },
  });
}

/** @throws GatepostError `log.damaged` if a check has found this file damaged and it was not changed since */
export function refuseFoundDamaged(database: string): void {
  const { damage } = readCheckNote(database);
  if (damage === undefined || damage.file !== stateOf(database)) return;
  const time = new Date(damage.atMs).toISOString();
  throw damaged(database, `the check of ${time} has found: ${damage.detail}`);
}

function noteOf(database: string): string {
  return join(dirname(database), 'gatepost.check');
}

/** The file and its last change: another one, or a mended one, has another. */
function stateOf(database: string): string {
  const { ino, size, mtimeNs } = statSync(database, { bigint: true });
  return `${ino} ${size} ${mtimeNs}`;
}
