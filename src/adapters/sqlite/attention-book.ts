import { ATTENTION_KINDS } from '../../core/access/attention.ts';
import type { AttentionView } from '../../ports/boards.ts';
import type { AttentionBook, KeptAttention } from '../../ports/site-store.ts';
import type { Connection } from './connection.ts';

/** Kept as one row: the list is short and always changes as a whole. */
export class SqliteAttentionBook implements AttentionBook {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  load(): KeptAttention {
    const sql = 'SELECT items, sequence FROM attention';
    const row = this.#connection.read(() =>
      this.#connection.statement<[], { items: string; sequence: number }>(sql).get(),
    );
    const items = row === undefined ? undefined : itemsOf(row.items);
    return row === undefined || items === undefined
      ? { items: [], sequence: 0 }
      : { items, sequence: row.sequence };
  }

  keep(items: readonly AttentionView[]): void {
    this.#connection.write(() => {
      this.#connection
        .statement<[string]>(
          `INSERT OR REPLACE INTO attention (one, items, sequence)
            SELECT 1, ?, coalesce(max(last_sequence), 0) FROM log`,
        )
        .run(JSON.stringify(items));
    });
  }
}

function itemsOf(text: string): readonly AttentionView[] | undefined {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    // Damaged text does not stop the start: the list is then rebuilt from the log.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  return Array.isArray(list) ? list.filter(isItem) : undefined;
}

function isItem(value: unknown): value is AttentionView {
  if (typeof value !== 'object' || value === null) return false;
  const { id, kind, accessPoint, sinceMs } = value as Partial<Record<keyof AttentionView, unknown>>;
  const named = typeof id === 'string' && typeof accessPoint === 'string';
  return named && Number.isFinite(sinceMs) && ATTENTION_KINDS.some((one) => one === kind);
}
