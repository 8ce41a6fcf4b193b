import type { SiteOrders } from '../../core/command/site-order.ts';
import type { SiteOrderStore } from '../../ports/rule-store.ts';
import type { Connection } from './connection.ts';

/** What the gate remembers of the centre's orders to the site: one line of JSON that is replaced as a whole. */
export class SqliteSiteOrders implements SiteOrderStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  load(): SiteOrders | undefined {
    const sql = 'SELECT orders FROM site_order';
    const row = this.#connection.read(() => this.#connection.statement<[], { orders: string }>(sql).get());
    // Nobody else writes this table, and the database finds damage by itself.
    return row === undefined ? undefined : (JSON.parse(row.orders) as SiteOrders);
  }

  /** Runs inside a transaction. */
  keep(text: string): void {
    this.#connection.statement<[string]>('INSERT OR REPLACE INTO site_order VALUES (1, ?)').run(text);
  }
}
