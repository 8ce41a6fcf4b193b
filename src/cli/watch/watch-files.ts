import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GatepostError, messageOf } from '../../core/errors.ts';
import { parsePublicKey } from '../../core/pass/public-key.ts';
import type { GateName, KeptCheckpoint } from '../../ports/feed-store.ts';

const LINE = /^([a-z0-9-]{1,32}\/(?:[a-z0-9-]{1,32}|\*))\s+(\S+)$/;

/**
 * Public keys of gates, as `gatepost log checkpoint --public-key` prints them: a line each, `<site>/<gate> <key>`. With
 * `<site>/*` it is the key of all gates of a site that have no line of their own: those of `gatepost conformance`.
 * @throws GatepostError `usage`
 */
export function gateKeysIn(file: string): ReadonlyMap<string, Uint8Array> {
  const keys = new Map<string, Uint8Array>();
  for (const [at, line] of textOf(file).split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, name = '', key = ''] = LINE.exec(line.trim()) ?? [];
    try {
      keys.set(name, parsePublicKey(key));
    } catch (cause) {
      throw new GatepostError('usage', `Line ${at + 1} of ${file} is not <site>/<gate> and a public key.`, {
        cause,
      });
    }
  }
  return keys;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new GatepostError('usage', `${file} cannot be read: ${messageOf(cause)}.`, { cause });
  }
}

/** Keeps the newest co-signed checkpoint of each gate in a folder, as `gatepost log cosign` takes it. */
export function keptIn(folder: string | undefined) {
  return async ({ site, gate }: GateName, { cosigned }: KeptCheckpoint): Promise<void> => {
    if (folder === undefined || cosigned === undefined) return;
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${site}.${gate}.checkpoint`);
    writeFileSync(`${path}.tmp`, cosigned, { flush: true });
    renameSync(`${path}.tmp`, path);
  };
}
