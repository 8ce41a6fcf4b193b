import { existsSync } from 'node:fs';
import { GatepostError } from '../../core/errors.ts';
import type { EventDraft, StoredEvent } from '../../core/events/event.ts';
import type { HolderSubject } from '../../core/policy/standing-order.ts';
import type { RequestKind } from '../../core/report/data-request.ts';
import { StoreFiles } from './clean-pages.ts';
import { Connection } from './connection.ts';
import { readRequest, requestDone } from './data-requests.ts';
import { databasePath } from './database.ts';
import type { DirectoryPlace } from './directory-file.ts';
import type { SqliteEventLog } from './event-log.ts';
import { FolderLock, registerLockPath } from './folder-lock.ts';
import { type HolderRecords, readHolderRecords } from './holder-records.ts';
import { logBesideGate } from './log-beside-gate.ts';
import { rowAt, type SearchProgress } from './log-search.ts';

export interface Opened {
  readonly connection: Connection;
  readonly log: SqliteEventLog;
  readonly files: StoreFiles;
}

/** Whose data it is: a holder's, or those of the pass that a request made at the gate is about. */
export type DataOf = { readonly holderRef: string } | { readonly request: number };

interface Exported {
  readonly subject: HolderSubject;
  readonly records: HolderRecords;
  readonly events: readonly StoredEvent[];
}

/**
 * Reads everything that is kept about a holder or a pass, and writes the event. A request is answered by it, once
 * `handOut` has not failed. Works with or without a running daemon.
 * @throws GatepostError `usage` if nothing is kept or the request is over, `log.*`, `site.stooddown`
 */
export async function exportHolder(
  place: DirectoryPlace,
  {
    of,
    by,
    handOut,
  }: { readonly of: DataOf; readonly by: string; readonly handOut: (all: Exported) => Promise<void> },
  progress: SearchProgress,
): Promise<void> {
  return withStore(place, async ({ connection, log }) => {
    const { subject, request } = subjectOf(connection, of, 'export');
    const records = readHolderRecords(connection, subject, progress);
    if (request === undefined && isUnknown(records)) throw nothingKept(subject);
    const events = records.rows.flatMap((sequence) => rowAt(connection, sequence) ?? []);
    const data = { rows: events.length, ...(request === undefined ? {} : { request }) };
    log.commit({ events: [draft(place, 'privacy.exported', data)] });
    await handOut({ subject, records, events });
    if (request === undefined) return;
    const atMs = place.clock.read().wallMs;
    connection.write(() => requestDone(connection, request, { by, atMs }));
  });
}

/** @throws GatepostError `usage` for a request that does not exist, is over or asks for something else */
export function subjectOf(
  connection: Connection,
  of: DataOf,
  kind: RequestKind,
): { readonly subject: HolderSubject; readonly request?: number } {
  if ('holderRef' in of) return { subject: of };
  const { request } = of;
  const found = readRequest(connection, request);
  if (found === undefined) throw new GatepostError('usage', `There is no request ${request} at this gate.`);
  const { passId, state } = found;
  if (found.kind !== kind)
    throw new GatepostError(
      'usage',
      `Request ${request} asks for something else: \`gatepost holder requests\`.`,
    );
  if (passId === undefined)
    throw new GatepostError('usage', `Request ${request} is over (${state}): \`gatepost holder requests\`.`);
  return { subject: { passId }, request };
}

export function draft<N extends EventDraft['name']>(
  { gate, clock }: DirectoryPlace,
  name: N,
  data: Extract<EventDraft, { name: N }>['data'],
): EventDraft {
  const { wallMs, quality } = clock.read();
  // The name says which data belongs to it; TypeScript does not follow that through a generic.
  return { name, subject: gate, data, timeMs: wallMs, timeQuality: quality } as EventDraft;
}

export function isUnknown({
  rows,
  mentions,
  register,
  ledger,
  orders,
  visits,
  reports,
  steps,
  requests,
}: HolderRecords): boolean {
  const pending = requests.filter(({ state }) => state === 'open' || state === 'confirmed');
  return (
    register === undefined &&
    [rows, mentions, ledger, orders, visits, reports, steps, pending].every(({ length }) => length === 0)
  );
}

export function nothingKept(subject: HolderSubject, isClean = false): GatepostError {
  const unused = isClean ? ' Unused parts of the database hold nothing deleted either.' : '';
  return new GatepostError(
    'usage',
    `Nothing is kept about ${Object.values(subject)[0]} at this gate.${unused}`,
  );
}

export async function withStore<T>(place: DirectoryPlace, work: (opened: Opened) => Promise<T>): Promise<T> {
  const { folder, clock, logger } = place;
  const path = databasePath(folder);
  if (!existsSync(path)) throw new GatepostError('usage', `There is no store in ${folder}.`);
  // An import would bring the holder back, and two erasures would get into each other's way.
  const lock = new FolderLock(registerLockPath(folder));
  const connection = new Connection({ path, clock, logger });
  const files = new StoreFiles(path);
  lock.acquire();
  try {
    const log = logBesideGate(connection, place);
    return await work({ connection, log, files });
  } finally {
    connection.close();
    files.close();
    lock.release();
  }
}
