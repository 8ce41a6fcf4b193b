import { mkdirSync } from 'node:fs';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MAX_BUNDLE_BYTES } from '../../core/bundle/bundle.ts';
import { GatepostError, messageOf } from '../../core/errors.ts';
import type { EventDraft } from '../../core/events/event.ts';
import type { BundleShelf, KeptBundle } from '../../ports/bundles.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { Connection } from './connection.ts';
import type { ReadConnection } from './read-connection.ts';

const WRITE_BYTES = 1024 * 1024;

/** The bundles in force, trust first. @throws GatepostError `log.unavailable` */
export function keptBundles(connection: ReadConnection): readonly KeptBundle[] {
  const sql = `SELECT type, site, number, issued_at AS issuedAt, next_update AS nextUpdate, key_id AS keyId,
    digest, applied_ms AS appliedMs FROM bundle ORDER BY type = 'trust' DESC, type`;
  return connection.read(() => connection.statement<[], KeptBundle>(sql).all());
}

/** The digest is part of the name, so that a second bundle with the same number cannot overwrite the one in force. */
export function bundleFileName({ type, number, digest }: KeptBundle): string {
  return `${type}.${number}.${digest.slice(0, 16)}.gpb`;
}

/**
 * Keeps bundles as files below the store folder. The database alone says which of them are in force. A file is
 * written under a temporary name, synced and renamed; only then does the transaction of its event point to it.
 */
export class SqliteBundleShelf implements BundleShelf {
  readonly #connection: Connection;
  readonly #log: EventLog;
  readonly #folder: string;

  /** @param folder created with mode 0700 if it does not exist */
  constructor(connection: Connection, log: EventLog, folder: string) {
    this.#connection = connection;
    this.#log = log;
    this.#folder = folder;
  }

  kept(): readonly KeptBundle[] {
    return keptBundles(this.#connection);
  }

  async read(kept: KeptBundle): Promise<Uint8Array> {
    const path = this.#pathOf(kept);
    try {
      const file = await open(path, 'r');
      try {
        const { size } = await file.stat();
        if (size > MAX_BUNDLE_BYTES) throw new Error('it is too large');
        const bytes = await file.readFile();
        return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
      } finally {
        await file.close();
      }
    } catch (cause) {
      throw new GatepostError('bundle.refused', `The file ${path} cannot be read (${messageOf(cause)})`, {
        cause,
      });
    }
  }

  async place(kept: KeptBundle, bytes: Uint8Array): Promise<void> {
    const path = this.#pathOf(kept);
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      const temporary = `${path}.tmp`;
      const file = await open(temporary, 'w', 0o600);
      try {
        for (let at = 0; at < bytes.length; at += WRITE_BYTES)
          await file.writeFile(bytes.subarray(at, at + WRITE_BYTES));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
      await this.#syncFolder();
    } catch (cause) {
      throw new GatepostError(
        'log.unavailable',
        `Cannot write ${path}: ${messageOf(cause)}. Check free space (df) and the rights of the folder.`,
        { cause },
      );
    }
  }

  putInForce(kept: KeptBundle, event: EventDraft): void {
    const { type, site, number, issuedAt, nextUpdate, keyId, digest, appliedMs } = kept;
    this.#connection.write(() => {
      this.#connection
        .statement<unknown[]>('INSERT OR REPLACE INTO bundle VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
        .run(type, site, number, issuedAt, nextUpdate, keyId, digest, Math.floor(appliedMs));
      this.#log.commit({ events: [event] });
    });
  }

  async sweep(): Promise<void> {
    const wanted = new Set(this.kept().map(bundleFileName));
    const names = await readdir(this.#folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    for (const name of names) if (!wanted.has(name)) await rm(join(this.#folder, name), { force: true });
  }

  #pathOf(kept: KeptBundle): string {
    return join(this.#folder, bundleFileName(kept));
  }

  async #syncFolder(): Promise<void> {
    const folder = await open(this.#folder, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}
