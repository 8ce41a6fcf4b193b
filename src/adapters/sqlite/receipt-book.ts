import { reachOf } from '../../core/contract/receipt.ts';
import type { KeptReceipt, ReceiptBook } from '../../ports/receipt-book.ts';
import type { Connection } from './connection.ts';
import { databasePath, openForReading } from './database.ts';
import { readEventsAfter } from './event-rows.ts';
import { ReadConnection } from './read-connection.ts';
import { readEpochs } from './tree-rows.ts';

/** What each server says that it has. The broker retains the same; this is for a start without it. */
export class SqliteReceiptBook implements ReceiptBook {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  receipts(): readonly KeptReceipt[] {
    return readReceipts(this.#connection);
  }

  keep(receipts: readonly KeptReceipt[]): void {
    const connection = this.#connection;
    connection.write(() => {
      connection.statement<[]>('DELETE FROM server_receipt').run();
      const put = connection.statement<[string, string, number]>(
        'INSERT INTO server_receipt VALUES (?, ?, ?)',
      );
      for (const { server, epoch, upTo } of receipts) put.run(server, epoch, upTo);
    });
  }
}

/** When the oldest event that each of these servers lacks happened; undefined where it has everything. */
export function readLacks(
  folder: string,
  servers: readonly string[],
): readonly { readonly server: string; readonly lacksSinceMs: number | undefined }[] {
  const path = databasePath(folder);
  const connection = new ReadConnection(path);
  connection.attach(openForReading(path));
  try {
    const receipts = readReceipts(connection);
    const epochs = readEpochs(connection);
    return servers.map((server) => {
      const receipt = receipts.find((one) => one.server === server);
      const [lacks] = readEventsAfter(connection, reachOf(receipt, epochs) ?? 0, 1);
      return { server, lacksSinceMs: lacks?.timeMs };
    });
  } finally {
    connection.close();
  }
}

export function readReceipts(connection: ReadConnection): readonly KeptReceipt[] {
  if (!connection.hasTable('server_receipt')) return [];
  const sql = 'SELECT server, epoch, up_to AS upTo FROM server_receipt ORDER BY server';
  return connection.read(() => connection.statement<[], KeptReceipt>(sql).all());
}
