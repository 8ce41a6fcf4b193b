import { existsSync, readFileSync } from 'node:fs';
import { appendLines } from '../../adapters/files/new-files.ts';
import { plainForm } from '../../core/text/visible.ts';

/** A list of revoked passes in a file, one id a line with a comment behind it, from which `gatepost bundle sign` signs. */
export class RevocationList {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** What is said of a revoked pass: the id of the one that it became on another phone, if that is known. */
  find(passId: string): { readonly movedTo?: string } | undefined {
    if (!existsSync(this.#path)) return undefined;
    for (const line of readFileSync(this.#path, 'utf8').split(/\r?\n/)) {
      const [id] = plainForm(line.replace(/#.*$/, ''))
        .toLowerCase()
        .split(/[,;\s]+/);
      if (id !== passId) continue;
      const movedTo = /# moved to ([0-9a-f]{16})$/.exec(line)?.[1];
      return movedTo === undefined ? {} : { movedTo };
    }
    return undefined;
  }

  /** On disk when this returns. @throws GatepostError `usage` */
  addMoved(passId: string, movedTo: string): void {
    appendLines(this.#path, [`${passId} # moved to ${movedTo}`]);
  }
}
