import { receiptFault } from '../../core/contract/receipt.ts';
import { isPublishable, readLogRow } from './event-rows.ts';
import type { ReadConnection } from './read-connection.ts';
import { readReceipts } from './receipt-book.ts';
import { hasSums, knowSums, sumCheck, summedTables } from './row-sums.ts';
import { readEpochs } from './tree-rows.ts';

/** Tables beside the rows that say where the log begins and ends, what of it has gone out, and what was signed. */
const TABLES = ['kept_number', 'log', 'log_checkpoint', 'log_epoch', 'server_receipt'] as const;

/** A number of the log that its gate cannot have written. */
export interface WrongCursor {
  /** `published`: how far it was sent. `receipt`: what a server has of it. `table`: a table does not fit its sum. */
  readonly of: 'published' | 'receipt' | 'table';
  /** For people. */
  readonly detail: string;
}

/**
 * Numbers beside the rows of the log that cannot be. No event is lost by one, but events would never be sent, or count as
 * stored by a server that does not have them. To be read in one transaction.
 */
export function readWrongCursors(connection: ReadConnection): readonly WrongCursor[] {
  const log = readLogRow(connection);
  const found: WrongCursor[] = [];
  if (log !== undefined && !isPublishable(log)) {
    const { publishedSequence: sent, lastSequence: last } = log;
    const detail = `the log says that it was sent up to event ${sent}, and it goes from 1 to ${last}: what was sent is not known, so all of it has to be sent again`;
    found.push({ of: 'published', detail });
  }
  const epochs = readEpochs(connection);
  for (const { server, ...receipt } of readReceipts(connection)) {
    const fault = receiptFault(receipt, epochs);
    if (fault !== undefined)
      found.push({ of: 'receipt', detail: `the receipt that is kept of the server ${server} ${fault}` });
  }
  const { database } = connection;
  const summed = hasSums(database) ? summedTables(database) : [];
  knowSums(database);
  for (const table of TABLES.filter((one) => summed.includes(one))) {
    const answer = String(database.prepare(sumCheck(database, table)).pluck().get());
    if (answer !== 'ok') found.push({ of: 'table', detail: answer });
  }
  return found;
}
