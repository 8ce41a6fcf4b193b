import type { StoredEvent } from '../../core/events/event.ts';

/** Control characters, characters that change the direction of writing, and invisible ones. */
const UNSAFE =
  /[\p{Cc}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\p{Bidi_Control}\u2028\u2029\ufff9-\ufffb]/gu;

/**
 * The text with every character that a terminal may act on, or that is invisible, written as \uXXXX, so that log
 * content cannot control the terminal.
 */
export function inert(text: string): string {
  return text.replace(UNSAFE, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

/**
 * The JSON body on one line: the same value as the stored bytes, with unsafe characters escaped. A row that was
 * changed into something other than JSON is reported as such.
 */
export function jsonLine(event: StoredEvent): string {
  const { sequence, body } = event;
  if (envelopeOf(event) === undefined) return JSON.stringify({ sequence, error: NOT_AS_WRITTEN });
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
 * other: time, event, subject, data. A time that could not be trusted is followed by `~`.
 */
export function plainLine(event: StoredEvent, writeTime: (ms: number) => string): string {
  const envelope = envelopeOf(event);
  if (envelope === undefined) {
    return inert(
      `${writeTime(event.timeMs)}   ${event.name.padEnd(17)}  row ${event.sequence}: ${NOT_AS_WRITTEN}`,
    );
  }
  const data = asRecord(envelope.data);
  const time = `${writeTime(event.timeMs)}${envelope.timequality === 'unsynced' ? '~' : ' '}`;
  const rest =
    event.group === 'access'
      ? ['decision', 'reason', 'kind', 'passId'].map((name) => word(data[name]))
      : Object.entries(data).map(([name, value]) => `${name}=${word(value)}`);
  const columns = [time, event.name.padEnd(17), word(envelope.subject).padEnd(10), ...rest];
  return inert(columns.join('  ')).trimEnd();
}

/** Undefined if the body is not a JSON object. */
function envelopeOf({ body }: StoredEvent): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function word(value: unknown): string {
  if (value === undefined) return '-';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
