import { readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { GatepostError, messageOf } from '../../core/errors.ts';
import type { Signer } from '../../core/pass/issue-pass.ts';
import type { EndingFiles } from '../../ports/site-store.ts';
import { gateKeyPath, gateSigner, shred } from './kept-key.ts';
import { writeNewFile } from './new-files.ts';

/** Files that the gate received, results written about them, locks of commands, and the reserve for a full disk. */
const LISTS = [
  'bundles',
  'inbox',
  'inbox-results.jsonl',
  'directory.lock',
  'backup.lock',
  'reserve',
] as const;
/**
 * Databases beside the gate's own: ones that were renamed, unfinished ones, and backups that are being put back. They
 * contain personal data.
 */
const ASIDE = /^(gatepost\.db(-wal|-shm)?\.|restor(ing$|e-))/;
/** Keys, also those that a restore has put aside. */
const KEY = /\.pem(\.replaced-\w+)?$/;

/** The files beside the database, in the store folder. Only names that Gatepost uses are touched. */
export class StoreEndingFiles implements EndingFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get reportPath(): string {
    return join(this.#folder, 'stand-down.json');
  }

  gateKey(): Signer {
    return gateSigner(this.#folder);
  }

  keepReport(text: string): void {
    this.#handling(() => {
      const next = `${this.reportPath}.new`;
      rmSync(next, { force: true });
      writeNewFile(next, text, 0o600);
      renameSync(next, this.reportPath);
    });
  }

  report(): string {
    return this.#handling(() => readFileSync(this.reportPath, 'utf8'));
  }

  eraseLists(): void {
    this.#handling(() => {
      for (const name of LISTS) rmSync(join(this.#folder, name), { recursive: true, force: true });
      for (const name of readdirSync(this.#folder)) {
        const path = join(this.#folder, name);
        if (ASIDE.test(name)) rmSync(path, { recursive: true, force: true });
        else if (KEY.test(name) && path !== gateKeyPath(this.#folder)) shred(path);
      }
    });
  }

  eraseGateKey(): void {
    this.#handling(() => shred(gateKeyPath(this.#folder)));
  }

  #handling<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      if (cause instanceof GatepostError) throw cause;
      throw new GatepostError(
        'usage',
        `A file in ${this.#folder} cannot be handled: ${messageOf(cause)}. Run this as the user of the service, or as root; what was begun is completed then.`,
        { cause },
      );
    }
  }
}
