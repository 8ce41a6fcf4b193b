import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { GatepostError, messageOf } from '../../core/errors.ts';

/**
 * Adds lines to the end of a list (mode 0600 where it is new), on disk when this returns.
 * @throws GatepostError `usage`
 */
export function appendLines(path: string, lines: readonly string[]): void {
  if (lines.length === 0) return;
  try {
    const file = openSync(path, 'a', 0o600);
    try {
      writeSync(file, lines.map((line) => `${line}\n`).join(''));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new GatepostError('usage', `Cannot write ${path}: ${messageOf(error)}`, { cause: error });
  }
}
