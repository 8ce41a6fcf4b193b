import type { StoredEvent } from '../core/events/event.ts';

/** Control characters and those that turn the direction of writing: a terminal must not obey a log. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** The text with every character that a terminal might act on written as \uXXXX. */
export function inert(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The JSON body on one line; the same value as the stored bytes, with unsafe characters escaped. */
export function jsonLine(event: StoredEvent): string {
  return inert(new TextDecoder().decode(event.body));
}

/** Writes instants as `2020-02-24 08:00:01` in one time zone. */
export function timeWriter(timeZone: string): (ms: number) => string {
  // Swedish is the locale whose dates are ISO 8601.
  const format = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone });
  return (ms) => format.format(ms);
}

/**
 * One event as one line of columns. `access.*`: time, event, access point, decision, reason, kind, pass id; any
 * other: time, event, subject, data. A time that could not be trusted has a `~` behind it.
 */
export function plainLine(event: StoredEvent, writeTime: (ms: number) => string): string {
  const envelope = asRecord(JSON.parse(new TextDecoder().decode(event.body)));
  const data = asRecord(envelope.data);
  const time = `${writeTime(event.timeMs)}${envelope.timequality === 'unsynced' ? '~' : ' '}`;
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

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
