import { dirname } from 'node:path';
import { GatepostError } from '../../core/errors.ts';
import { readKept } from './kept-numbers.ts';
import type { ReadConnection } from './read-connection.ts';

/** Unix milliseconds at which the checkpoint of this store was ended; 0 while it is in use. */
export function stoodDownMs(connection: ReadConnection): number {
  return readKept(connection, 'stood-down');
}

/** @throws GatepostError `site.stooddown` if the checkpoint of this store was ended */
export function refuseStoodDown(connection: ReadConnection): void {
  const atMs = stoodDownMs(connection);
  if (atMs === 0) return;
  const folder = dirname(connection.path);
  const date = new Date(atMs).toISOString().slice(0, 10);
  throw new GatepostError(
    'site.stooddown',
    `The checkpoint of the store ${folder} was ended on ${date} and its records are erased; nothing works with this store again. What is left of it is in ${folder}/stand-down.json. For a new checkpoint name another folder as store.folder in the config.`,
  );
}
