import { existsSync } from 'node:fs';
import { GatepostError } from '../../core/errors.ts';
import type { DataRequest, RequestAnswer, RequestKind } from '../../core/report/data-request.ts';
import { Connection } from './connection.ts';
import { readRequest, readRequests, receiptOf } from './data-requests.ts';
import { databasePath, openForReading } from './database.ts';
import type { DirectoryPlace } from './directory-file.ts';
import { logBesideGate } from './log-beside-gate.ts';
import { readNewestReceipt } from './pending-erasure.ts';
import { ReadConnection } from './read-connection.ts';

/** The requests made at a gate, oldest first. @throws GatepostError `usage`, `log.unavailable` */
export function requestsIn(folder: string): readonly DataRequest[] {
  return reading(folder, (connection) => readRequests(connection)) ?? [];
}

/** The signed receipt of an erasure that was asked for. @throws GatepostError `usage`, `log.unavailable` */
export function receiptOfRequest(folder: string, request: number): string | undefined {
  return reading(folder, (connection) => receiptOf(connection, request));
}

/** The signed receipt of the last erasure. @throws GatepostError `usage`, `log.unavailable` */
export function newestReceipt(folder: string): string | undefined {
  return reading(folder, readNewestReceipt);
}

/**
 * Answers a request, with or without a running daemon, and returns what was asked for.
 * @throws GatepostError `usage` if there is no such open request, `log.*`, `site.stooddown`
 */
export function answerRequest(
  place: DirectoryPlace,
  {
    request,
    answer,
    by,
    note,
  }: { readonly request: number; readonly answer: RequestAnswer; readonly by: string; readonly note: string },
): RequestKind {
  const path = databaseOf(place.folder);
  const connection = new Connection({ path, clock: place.clock, logger: place.logger });
  try {
    const log = logBesideGate(connection, place);
    return connection.write(() => {
      const found = readRequest(connection, request);
      if (found?.state !== 'open')
        throw new GatepostError(
          'usage',
          `There is no request ${request} at this gate that waits for an answer: \`gatepost holder requests\`.`,
        );
      const { wallMs, quality } = place.clock.read();
      const data = { operator: by, action: 'answer-request', request, answer, note } as const;
      log.commit({
        events: [
          { name: 'operator.override', subject: place.gate, data, timeMs: wallMs, timeQuality: quality },
        ],
        effects: [{ kind: 'answerRequest', number: request, answer, by, note, atMs: wallMs }],
      });
      return found.kind;
    });
  } finally {
    connection.close();
  }
}

function reading<T>(folder: string, read: (connection: ReadConnection) => T): T | undefined {
  const path = databaseOf(folder);
  const connection = new ReadConnection(path);
  connection.attach(openForReading(path));
  try {
    return connection.hasTable('data_request') ? read(connection) : undefined;
  } finally {
    connection.close();
  }
}

function databaseOf(folder: string): string {
  const path = databasePath(folder);
  if (existsSync(path)) return path;
  throw new GatepostError('usage', `There is no store in ${folder}.`);
}
