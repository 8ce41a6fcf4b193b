import type {
  Holder,
  HolderPhotograph,
  HolderPhotos,
  HolderRegister,
  HolderSearch,
} from '../../ports/holder-register.ts';
import type { ReadConnection } from './read-connection.ts';

/** The generation of the directory that is in force; a newer one is still being written or deleted. */
export const PRESENT_GENERATION = '(SELECT generation FROM directory)';

export class SqliteHolderRegister implements HolderRegister, HolderPhotos, HolderSearch {
  readonly #connection: ReadConnection;

  constructor(connection: ReadConnection) {
    this.#connection = connection;
  }

  find(holderRef: string): Holder | undefined {
    const sql = `SELECT label, unit,
        EXISTS (SELECT 1 FROM holder_photo p WHERE p.generation = h.generation AND p.holder_ref = h.holder_ref) AS photo
      FROM holder h WHERE generation = ${PRESENT_GENERATION} AND holder_ref = ?`;
    const row = this.#connection.read(() =>
      this.#connection
        .statement<[string], { label: string; unit: string; photo: number }>(sql)
        .get(holderRef),
    );
    if (row === undefined) return undefined;
    const { label, unit } = row;
    return row.photo === 1 ? { label, unit, hasPhotograph: true } : { label, unit };
  }

  photograph(holderRef: string): HolderPhotograph | undefined {
    const sql = `SELECT type, photo AS bytes FROM holder_photo
      WHERE generation = ${PRESENT_GENERATION} AND holder_ref = ?`;
    return this.#connection.read(() =>
      this.#connection.statement<[string], HolderPhotograph>(sql).get(holderRef),
    );
  }

  search(text: string, limit: number): readonly (Holder & { readonly holderRef: string })[] {
    const sql = `SELECT holder_ref AS holderRef, label, unit FROM holder
      WHERE generation = ${PRESENT_GENERATION} AND (label LIKE $like ESCAPE '!' OR unit LIKE $like ESCAPE '!')
      ORDER BY unit, label, holder_ref LIMIT $limit`;
    const like = `%${text.replace(/[!%_]/g, '!$&')}%`;
    return this.#connection.read(() =>
      this.#connection
        .statement<[{ like: string; limit: number }], { holderRef: string; label: string; unit: string }>(sql)
        .all({ like, limit }),
    );
  }

  /** All holders in order of their pseudonyms, read one at a time. */
  *all(): Generator<Holder & { readonly holderRef: string }> {
    const sql = `SELECT holder_ref AS holderRef, label, unit FROM holder
      WHERE generation = ${PRESENT_GENERATION} ORDER BY holder_ref`;
    yield* this.#connection.statement<[], { holderRef: string; label: string; unit: string }>(sql).iterate();
  }
}
