import type { StoredEvent } from '../../core/events/event.ts';
import { type RowView, viewOf } from '../../core/events/row-view.ts';
import { harmlessCsvLine } from '../../core/text/csv-line.ts';

/** The columns of a table of events, and where each is found. `data` has everything once more, as JSON. */
const COLUMNS: readonly (readonly [name: string, read: (view: RowView) => unknown])[] = [
  ['time', ({ envelope }) => envelope.time],
  ['timequality', ({ envelope }) => envelope.timequality],
  ['subject', ({ envelope }) => envelope.subject],
  ['accessPoint', ({ data }) => data.accessPoint],
  ['direction', ({ data }) => data.direction],
  ['decision', ({ data }) => data.decision],
  ['reason', ({ data }) => data.reason],
  ['reasons', ({ data }) => (Array.isArray(data.reasons) ? data.reasons.join(' ') : data.reasons)],
  ['kind', ({ data }) => data.kind],
  ['passId', ({ data }) => data.passId],
  ['holderRef', ({ data }) => data.holderRef],
  ['passage', ({ data }) => data.passage],
  ['screening', ({ data }) => outcomeOf(data.screening)],
  ['decidedBy', ({ data }) => data.decidedBy],
  ['operator', ({ data }) => data.operator ?? data.by],
  ['action', ({ data }) => data.action],
  ['note', ({ data }) => data.note],
  ['data', ({ data }) => data],
];

export const CSV_HEADER = harmlessCsvLine([
  'sequence',
  'epoch',
  'siteTime',
  'event',
  'form',
  ...COLUMNS.map(([name]) => name),
]);

/** One event as a line of the table. Of a row that was altered only what the columns of the log say is there. */
export function csvRow(event: StoredEvent, writeTime: (ms: number) => string): string {
  const view = viewOf(event.body);
  return harmlessCsvLine([
    String(event.sequence),
    event.epoch,
    writeTime(event.timeMs),
    event.name,
    view?.form ?? 'altered',
    ...COLUMNS.map(([, read]) => (view === undefined ? '' : textOf(read(view)))),
  ]);
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function outcomeOf(screening: unknown): unknown {
  return typeof screening === 'object' && screening !== null && 'outcome' in screening
    ? screening.outcome
    : undefined;
}
