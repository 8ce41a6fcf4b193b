import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { GatepostError, messageOf } from '../../core/errors.ts';

/**
 * Makes a folder (mode 0700) that must not exist yet, with everything `fill` writes into it, or nothing of it.
 * @throws GatepostError `usage`, and what `fill` throws
 */
export async function makeNewFolder(path: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const name = path.replace(/\/+$/, '');
  if (existsSync(name)) {
    throw new GatepostError('usage', `${name} exists already; move it away or name another folder.`);
  }
  const temporary = `${name}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    mkdirSync(temporary, { mode: 0o700 });
  } catch (error) {
    throw new GatepostError('usage', `Cannot make the folder ${name}: ${messageOf(error)}`, { cause: error });
  }
  try {
    await fill(temporary);
    renameSync(temporary, name);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
