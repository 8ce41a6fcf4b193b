import type { StoredEvent } from '../../core/events/event.ts';
import { viewOf } from '../../core/events/row-view.ts';
import { inert } from '../../core/text/visible.ts';

/**
 * The JSON body on one line: the same value as the stored bytes, with unsafe characters escaped. A row that was
 * changed into something other than JSON is reported as such.
 */
export function jsonLine(event: StoredEvent): string {
  const { sequence, body } = event;
  if (viewOf(body) === undefined) return JSON.stringify({ sequence, error: NOT_AS_WRITTEN });
  return inert(new TextDecoder().decode(body));
}

const NOT_AS_WRITTEN = 'this row is not as it was written; "gatepost doctor" says more';

/** Formats instants as `2020-02-24 08:00:01` in one time zone. */
export function timeWriter(timeZone: string): (ms: number) => string {
  // Swedish is the locale whose dates are ISO 8601.
  const format = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone });
  return (ms) => format.format(ms);
}

/**
 * One event as one line of columns. `access.*`: time, event, access point, decision, reason, kind, pass id; any
 * other: time, event, subject, data; of a reduced row the hour, event and reason. A time that could not be trusted is followed by `~`.
 */
export function plainLine(event: StoredEvent, writeTime: (ms: number) => string): string {
  const view = viewOf(event.body);
  if (view === undefined) {
    return inert(
      `${writeTime(event.timeMs)}   ${event.name.padEnd(17)}  row ${event.sequence}: ${NOT_AS_WRITTEN}`,
    );
  }
  const { envelope, data, form } = view;
  const time = `${writeTime(event.timeMs)}${envelope.timequality === 'unsynced' ? '~' : ' '}`;
  if (form === 'reduced')
    return inert([time, event.name.padEnd(17), 'reduced   ', word(data.reason)].join('  ')).trimEnd();
  const rest =
    event.group === 'access'
      ? ['decision', 'reason', 'kind', 'passId'].map((name) => word(data[name]))
      : Object.entries(data).map(([name, value]) => `${name}=${word(value)}`);
  const columns = [time, event.name.padEnd(17), word(envelope.subject).padEnd(10), ...rest];
  return inert(columns.join('  ')).trimEnd();
}

function word(value: unknown): string {
  if (value === undefined) return '-';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
