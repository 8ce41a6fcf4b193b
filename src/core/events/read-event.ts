import type { EventDataByName, EventName, StoredEvent } from './event.ts';

/** What an event of this log says; only for rows that are as they were written. @param _name that of the event */
export function dataOf<N extends EventName>(event: Pick<StoredEvent, 'body'>, _name: N): EventDataByName[N] {
  return bodyOf(event).data;
}

/** Whom or what it is about. */
export function subjectOf(event: Pick<StoredEvent, 'body'>): string {
  return bodyOf(event).subject;
}

function bodyOf({ body }: Pick<StoredEvent, 'body'>) {
  return JSON.parse(new TextDecoder().decode(body));
}
