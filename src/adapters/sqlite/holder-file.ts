import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { GatepostError, isGatepostError } from '../../core/errors.ts';
import type { EventDraft, StoredEvent } from '../../core/events/event.ts';
import type { Signer } from '../../core/pass/issue-pass.ts';
import type { LedgerNeeds } from '../../core/policy/ledger.ts';
import type { HolderSubject } from '../../core/policy/standing-order.ts';
import type { RequestKind } from '../../core/report/data-request.ts';
import {
  type ErasureReceipt,
  rangesOf,
  receiptDigest,
  signReceipt,
} from '../../core/report/erasure-receipt.ts';
import { cleanPages } from './clean-pages.ts';
import { Connection } from './connection.ts';
import { readRequest, receiptOf, requestDone } from './data-requests.ts';
import { databasePath } from './database.ts';
import type { DirectoryPlace } from './directory-file.ts';
import type { SqliteEventLog } from './event-log.ts';
import { readPosition } from './event-rows.ts';
import { FolderLock, isInUse, lockPath } from './folder-lock.ts';
import { type ErasureTime, eraseHolder, planErasure } from './holder-erasure.ts';
import { type HolderRecords, readHolderRecords } from './holder-records.ts';
import { logBesideGate } from './log-beside-gate.ts';
import { rowAt, type SearchProgress } from './log-search.ts';
import { SqliteRowReducer } from './row-reducer.ts';

/** Databases beside the gate's own: logs that were put aside. */
const ASIDE = /^gatepost\.db\..*$/;
/** Longest `ranges` of one event, in characters: a broker takes only so much. */
const RANGES_MAX = 30_000;

interface Opened {
  readonly connection: Connection;
  readonly log: SqliteEventLog;
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
function subjectOf(
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

interface ErasureOrder {
  /** Who orders it. */
  readonly by: string;
  readonly signer: () => Signer;
  readonly needs: LedgerNeeds;
  /** The site's date now. */
  readonly today: number;
  /** Signed lists in force that name these. */
  readonly listsNaming: (subject: HolderSubject, passIds: readonly string[]) => readonly string[];
}

/**
 * Erases everything that is kept about a holder or a pass but for what a rule needs. Works with or without a running daemon.
 * @returns the signed receipt, and whether no copy is left in unused parts of the file
 * @throws GatepostError `usage` if nothing is kept, `log.*`, `site.stooddown`
 */
export async function eraseHolderOf(
  place: DirectoryPlace,
  of: DataOf,
  order: ErasureOrder,
  progress: SearchProgress,
): Promise<{ readonly receipt: string; readonly isClean: boolean }> {
  return withStore(place, async ({ connection, log }) => {
    const receiptBefore = 'request' in of ? receiptOf(connection, of.request) : undefined;
    if (receiptBefore !== undefined) {
      // What an earlier run could not reach beside a running gate. Nobody knows any more whose pass it was.
      return { receipt: receiptBefore, isClean: await clean(place, connection, []) };
    }
    const { subject, request } = subjectOf(connection, of, 'erasure');
    const records = readHolderRecords(connection, subject, progress);
    if (request === undefined && isUnknown(records)) {
      // What an earlier run could not reach beside a running gate.
      const isClean = await clean(place, connection, []);
      throw nothingKept(subject, isClean);
    }
    const nowMs = place.clock.read().wallMs;
    const time: ErasureTime = {
      nowMs,
      today: order.today,
      needs: order.needs,
      isRunning: isInUse(place.folder),
    };
    const plan = planErasure(records, time);
    const rows = [...records.rows, ...records.mentions].sort((a, b) => a - b);
    const { epoch, publishedSequence } = connection.read(() => readPosition(connection));
    const receipt: ErasureReceipt = {
      site: place.site,
      gate: place.gate,
      erasedAt: new Date(nowMs).toISOString(),
      log: {
        epoch,
        ranges: rangesOf(rows),
        rows: rows.length,
        unacknowledged: rows.filter((sequence) => sequence > publishedSequence).length,
      },
      deleted: plan.deleted,
      stays: plan.stays,
      lists: order.listsNaming(subject, records.passIds),
      files: readdirSync(place.folder)
        .filter((name) => ASIDE.test(name))
        .sort(),
    };
    const signed = `${JSON.stringify(signReceipt(receipt, order.signer()), undefined, 2)}\n`;
    const digest = receiptDigest(receipt);
    const events = [
      ...piecesOf(receipt.log.ranges).map((ranges) =>
        draft(place, 'privacy.erased', {
          ranges,
          rows: countOf(ranges),
          receipt: digest,
          ...(request === undefined ? {} : { request }),
        }),
      ),
      ...registerEvent(connection, place, records),
    ];
    const reducer = new SqliteRowReducer(connection, place.clock);
    const { by } = order;
    eraseHolder({ connection, log, reducer }, subject, { records, plan, events, receipt: signed, nowMs, by });
    return {
      receipt: signed,
      isClean: await clean(place, connection, plan.stays.length > 0 ? [] : namesOf(subject, records)),
    };
  });
}

/** In what form whoever was erased may stand in a file. */
function namesOf(subject: HolderSubject, { passIds }: HolderRecords): readonly Buffer[] {
  return [...Object.values(subject), ...passIds].flatMap((text: string) => [
    Buffer.from(text),
    Buffer.from(text, 'hex'),
  ]);
}

/** @param texts what must be found nowhere; none: some of it stays, so that the file is rewritten in any case */
async function clean(
  { folder }: DirectoryPlace,
  connection: Connection,
  texts: readonly Buffer[],
): Promise<boolean> {
  // Held, so that no gate starts while the file is rewritten.
  const lock = new FolderLock(lockPath(folder));
  let isAlone = true;
  try {
    lock.acquire();
  } catch (error) {
    if (!isGatepostError(error, 'log.busy')) throw error;
    isAlone = false;
  }
  try {
    return await cleanPages(connection, { isAlone, texts });
  } finally {
    lock.release();
  }
}

/** The register is counted anew where the holder was in it. */
function registerEvent(
  connection: Connection,
  place: DirectoryPlace,
  { register, photograph }: HolderRecords,
): readonly EventDraft[] {
  if (register === undefined) return [];
  const count = (table: string): number =>
    connection.read(
      () =>
        connection
          .statement<[], { count: number }>(
            `SELECT count(*) AS count FROM ${table} WHERE generation = (SELECT generation FROM directory)`,
          )
          .get()?.count ?? 0,
    );
  const counts = {
    holders: count('holder') - 1,
    photographs: count('holder_photo') - (photograph === undefined ? 0 : 1),
  };
  return [
    draft(place, 'directory.applied', { source: 'erase', ...counts, added: 0, changed: 0, removed: 1 }),
  ];
}

function draft<N extends EventDraft['name']>(
  { gate, clock }: DirectoryPlace,
  name: N,
  data: Extract<EventDraft, { name: N }>['data'],
): EventDraft {
  const { wallMs, quality } = clock.read();
  // The name says which data belongs to it; TypeScript does not follow that through a generic.
  return { name, subject: gate, data, timeMs: wallMs, timeQuality: quality } as EventDraft;
}

/** Ranges in pieces that fit into one event each; always at least one. */
function piecesOf(ranges: string): readonly string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const range of ranges.split(',')) {
    if (piece !== '' && piece.length + range.length >= RANGES_MAX) {
      pieces.push(piece);
      piece = '';
    }
    piece += piece === '' ? range : `,${range}`;
  }
  return [...pieces, piece];
}

function countOf(ranges: string): number {
  return ranges
    .split(',')
    .filter((range) => range !== '')
    .map((range) => range.split('-').map(Number))
    .reduce((sum, [first = 0, last = first]) => sum + last - first + 1, 0);
}

function isUnknown({
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

function nothingKept(subject: HolderSubject, isClean = false): GatepostError {
  const unused = isClean ? ' Unused parts of the database hold nothing deleted either.' : '';
  return new GatepostError(
    'usage',
    `Nothing is kept about ${Object.values(subject)[0]} at this gate.${unused}`,
  );
}

async function withStore<T>(place: DirectoryPlace, work: (opened: Opened) => Promise<T>): Promise<T> {
  const { folder, clock, logger } = place;
  const path = databasePath(folder);
  if (!existsSync(path)) throw new GatepostError('usage', `There is no store in ${folder}.`);
  // An import would bring the holder back, and two erasures would get into each other's way.
  const lock = new FolderLock(join(folder, 'directory.lock'));
  const connection = new Connection({ path, clock, logger });
  lock.acquire();
  try {
    const log = logBesideGate(connection, place);
    return await work({ connection, log });
  } finally {
    connection.close();
    lock.release();
  }
}
