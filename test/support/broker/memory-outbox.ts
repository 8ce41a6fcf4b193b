import type { StoredEvent } from '../../../src/core/events/event.ts';
import type { EventOutbox, OutboxPosition, RowReplay } from '../../../src/ports/event-log.ts';
import type { LogStretch } from '../../../src/ports/row-reducer.ts';

export const EPOCH = '01890a5d-ac96-774b-bcce-b302099a8057';

/** The outbox of a log, as a list in memory. */
export class MemoryOutbox implements EventOutbox, RowReplay {
  readonly events: StoredEvent[] = [];
  /** Every value of the cursor that was written down. */
  readonly cursor: number[] = [];
  largestRead = 0;
  /** Sequences of rows that have ended, and of those that were altered. */
  readonly purged = new Set<number>();
  readonly altered = new Set<number>();
  /** While set, reads and cursor writes throw it. */
  failure: Error | undefined;
  #listeners = new Set<() => void>();
  #noted = 0;

  /** Appends `count` well-formed events that happened at `timeMs`. */
  fill(count: number, timeMs: number): void {
    for (let added = 0; added < count; added++) {
      const sequence = this.events.length + 1;
      this.events.push({
        sequence,
        epoch: EPOCH,
        name: sequence % 2 === 0 ? 'door.physical' : 'operator.login',
        group: sequence % 2 === 0 ? 'door' : 'operator',
        timeMs,
        body: new TextEncoder().encode(JSON.stringify(envelope(sequence, timeMs))),
      });
    }
    for (const listener of this.#listeners) listener();
  }

  /** Everything up to here was acknowledged, whether or not it was written down. */
  get published(): number {
    return Math.max(this.cursor.at(-1) ?? 0, this.#noted);
  }

  position(): OutboxPosition {
    return {
      epoch: EPOCH,
      firstSequence: this.events[0]?.sequence ?? 0,
      lastSequence: this.events.at(-1)?.sequence ?? 0,
      publishedSequence: this.published,
    };
  }

  readAfter(sequence: number, limit: number): readonly StoredEvent[] {
    if (this.failure !== undefined) throw this.failure;
    const batch = this.events.slice(sequence, sequence + limit);
    this.largestRead = Math.max(this.largestRead, batch.length);
    return batch;
  }

  readWithin({ after, through }: LogStretch, limit: number): ReturnType<RowReplay['readWithin']> {
    if (this.failure !== undefined) throw this.failure;
    const reached = Math.min(through, after + limit);
    const rows = this.events.slice(after, reached);
    const altered = rows.filter(({ sequence }) => this.altered.has(sequence));
    return {
      events: rows.filter(({ sequence }) => !this.purged.has(sequence) && !this.altered.has(sequence)),
      altered: altered.map(({ sequence }) => ({ first: sequence, last: sequence, problem: 'edited' })),
      reached,
    };
  }

  note(sequence: number): void {
    this.#noted = Math.max(this.#noted, sequence);
  }

  advance(sequence: number): void {
    if (this.failure !== undefined) throw this.failure;
    if (sequence > (this.cursor.at(-1) ?? 0)) this.cursor.push(sequence);
  }

  onCommitted(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

function envelope(sequence: number, timeMs: number): object {
  const isDoor = sequence % 2 === 0;
  const name = isDoor ? 'door.physical' : 'operator.login';
  const time = new Date(timeMs).toISOString();
  return {
    specversion: '1.0',
    id: `01890a5d-ac96-774b-8cce-${String(sequence).padStart(12, '0')}`,
    source: '/gates/willow-court/north',
    type: `io.gatepost.${name}.v1`,
    subject: isDoor ? 'main' : 'north',
    time,
    datacontenttype: 'application/json',
    dataschema: `https://gatepost.invalid/schemas/${name}.v1.json`,
    recordedtime: time,
    sequence: String(sequence).padStart(16, '0'),
    epoch: EPOCH,
    bootid: '7f6c8f0a-3d0b-4a37-9c0d-0f5d4a1c2b3e',
    timequality: 'synced',
    prevhash: '0'.repeat(64),
    data: isDoor ? { door: 'main', state: 'Open' } : { operator: 'chen' },
  };
}
