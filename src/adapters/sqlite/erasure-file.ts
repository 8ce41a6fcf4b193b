import { readdirSync } from 'node:fs';
import { GatepostError } from '../../core/errors.ts';
import type { EventDraft } from '../../core/events/event.ts';
import type { Signer } from '../../core/pass/issue-pass.ts';
import type { LedgerNeeds } from '../../core/policy/ledger.ts';
import type { HolderSubject } from '../../core/policy/standing-order.ts';
import { type ErasureReceipt, rangesOf, signErasureReceipt } from '../../core/report/erasure-receipt.ts';
import { receiptDigest } from '../../core/report/signed-receipt.ts';
import { cleanPages } from './clean-pages.ts';
import type { Connection } from './connection.ts';
import { passErased, receiptOf } from './data-requests.ts';
import type { DirectoryPlace } from './directory-file.ts';
import { readPosition } from './event-rows.ts';
import { isInUse } from './folder-lock.ts';
import { eraseHolder, planErasure, ROWS_AT_ONCE } from './holder-erasure.ts';
import {
  type DataOf,
  draft,
  isUnknown,
  nothingKept,
  type Opened,
  subjectOf,
  withStore,
} from './holder-file.ts';
import { type HolderRecords, withHolderRecords } from './holder-records.ts';
import type { SearchProgress } from './log-search.ts';
import { endPending, nothingFound, putPending, readPending } from './pending-erasure.ts';
import { SqliteRowReducer } from './row-reducer.ts';

/** Databases beside the gate's own: logs that were put aside. */
const ASIDE = /^gatepost\.db\..*$/;
/** Longest `ranges` of one event, in characters: a broker takes only so much. */
const RANGES_MAX = 30_000;
const PATIENCE_MS = 60_000;
/** Names that are shorter stand in too much else, and go with what they stand beside. */
const NAME_BYTES = 6;

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

interface ErasureOptions extends SearchProgress {
  /** Bytes of the database file that were searched for copies, of how many. */
  readonly onSearch?: (done: number, total: number) => void;
  /** How long others may stand in the way of the search, a backup for example, before it is given up. */
  readonly patienceMs?: number;
}

/**
 * Erases everything that is kept about a holder or a pass but for what a rule needs, and then signs that: only when a
 * search of all files has found nothing that the receipt does not name. Works with or without a running daemon. A run
 * that was killed is completed by the gate, or by the next one, whoever that is about.
 * @returns the signed receipt; undefined where others have stood in the way of the search
 * @throws GatepostError `usage` if nothing is kept, `log.*`, `site.stooddown`
 */
export async function eraseHolderOf(
  place: DirectoryPlace,
  of: DataOf,
  order: ErasureOrder,
  options: ErasureOptions,
): Promise<string | undefined> {
  return withStore(place, async (opened) => {
    const { connection } = opened;
    const before = await complete(place, opened, order, options);
    if (before === 'open') return undefined;
    const receiptBefore = 'request' in of ? receiptOf(connection, of.request) : undefined;
    if (receiptBefore !== undefined) return receiptBefore;
    const { subject, request } = subjectOf(connection, of, 'erasure');
    const rest = withHolderRecords(connection, subject, options, (records) =>
      request === undefined && isUnknown(records)
        ? undefined
        : begin(place, opened, { subject, request, records }, order),
    );
    if (rest === undefined) {
      if (before?.isOf(subject) === true) return before.signed;
      const isClean = await clean(place, opened, [...Object.values(subject)].flatMap(formsOf), options);
      throw nothingKept(subject, isClean);
    }
    const reducer = new SqliteRowReducer(connection, place.clock);
    for (let at = 0; at < rest.length; at += ROWS_AT_ONCE)
      reducer.reduceRows(rest.slice(at, at + ROWS_AT_ONCE));
    const done = await complete(place, opened, order, options);
    return done === 'open' ? undefined : done?.signed;
  });
}

/**
 * Completes what an earlier run has begun.
 * @returns the signed receipt; undefined if there was nothing to do
 * @throws GatepostError `log.*`; `log.unavailable` also where others have stood in the way of the search
 */
export async function completeErasure(
  place: DirectoryPlace,
  order: Pick<ErasureOrder, 'signer'>,
  options: ErasureOptions,
): Promise<string | undefined> {
  return withStore(place, async (opened) => {
    const done = await complete(place, opened, order, options);
    if (done === 'open') throw new GatepostError('log.unavailable', STILL_OPEN);
    return done?.signed;
  });
}

const STILL_OPEN =
  'Everything is erased, but a reader of the database (a backup?) keeps the search for copies from beginning. There is no receipt before it has ended; the running gate tries again by itself.';

interface Completed {
  readonly signed: string;
  /** Whether it was about this one. */
  readonly isOf: (subject: HolderSubject) => boolean;
}

async function complete(
  place: DirectoryPlace,
  opened: Opened,
  { signer }: Pick<ErasureOrder, 'signer'>,
  options: ErasureOptions,
): Promise<Completed | 'open' | undefined> {
  const { connection } = opened;
  const pending = connection.read(() => readPending(connection));
  if (pending === undefined) return undefined;
  const { sought } = pending;
  const reducer = new SqliteRowReducer(connection, place.clock);
  while (reducer.finishErasures({ rows: ROWS_AT_ONCE }));
  if (sought !== undefined) {
    if (!(await clean(place, opened, sought, options))) return 'open';
    nothingFound(connection);
  }
  // The page in which it stood is still in the database, below the one of now in the write-ahead file.
  if (!(await clean(place, opened, [], options))) return 'open';
  const signed = `${JSON.stringify(signErasureReceipt(pending.receipt, signer()), undefined, 2)}\n`;
  endPending(connection, pending, signed);
  const isOf = (subject: HolderSubject): boolean =>
    Object.values(subject).some((text: string) => sought?.some((one) => one.equals(Buffer.from(text))));
  return { signed, isOf };
}

/** All that goes at once, in a transaction with the note of what is still to be done. Returns the rows that follow. */
function begin(
  place: DirectoryPlace,
  { connection, log }: Opened,
  of: {
    readonly subject: HolderSubject;
    readonly request: number | undefined;
    readonly records: HolderRecords;
  },
  { by, today, needs, listsNaming }: ErasureOrder,
): readonly number[] {
  const { subject, request, records } = of;
  const nowMs = place.clock.read().wallMs;
  const plan = planErasure(records, { nowMs, today, needs, isRunning: isInUse(place.folder) });
  const rows = [...records.rows, ...records.mentions].sort((a, b) => a - b);
  const { epoch, publishedSequence } = readPosition(connection);
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
    lists: listsNaming(subject, records.passIds),
    files: readdirSync(place.folder)
      .filter((name) => ASIDE.test(name))
      .sort(),
  };
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
  const rest = eraseHolder({ connection, log, reducer }, subject, { records, plan, events, nowMs });
  const waiting = records.requests.filter(({ state }) => state === 'open' || state === 'confirmed');
  const requests = waiting.map(({ number }) => number);
  passErased(connection, requests);
  putPending(connection, { receipt, requests, by, atMs: nowMs, sought: textsOf(subject, records) });
  return rest;
}

/** In what form whoever was erased may stand in a file. */
function textsOf(subject: HolderSubject, { passIds, register, visits }: HolderRecords): readonly Buffer[] {
  const names = [register?.label, register?.unit, ...visits.map(({ label }) => label)]
    .map((name) => Buffer.from(name ?? ''))
    .filter(({ length }) => length >= NAME_BYTES);
  return [...[...Object.values(subject), ...passIds].flatMap(formsOf), ...names];
}

function formsOf(text: string): readonly Buffer[] {
  return [Buffer.from(text), Buffer.from(text, 'hex')];
}

/** @param texts what must stand in no unused part; none: only what was committed goes to its place */
async function clean(
  { folder }: DirectoryPlace,
  { files }: Opened,
  texts: readonly Buffer[],
  { onSearch, patienceMs = PATIENCE_MS }: ErasureOptions,
): Promise<boolean> {
  return cleanPages(files, { texts, isShared: isInUse(folder), patienceMs, onProgress: onSearch });
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
