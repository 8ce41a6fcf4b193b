import type { StoredEvent } from '../../core/events/event.ts';
import type { EventOutbox } from '../../ports/event-log.ts';

/** Rows per read, each of them checked: few enough that nobody who comes meanwhile waits for it. */
const BATCH = 10;

/** An event that was given out and that the cursor has not passed yet. */
interface OpenEvent {
  readonly sequence: number;
  isStored: boolean;
}

/**
 * One walk through the outbox: gives out events in order, and moves the durable cursor past what the broker has stored.
 * The cursor moves strictly in order, independent of the order of the answers.
 */
export class OutboxCursor {
  readonly #outbox: EventOutbox;
  #batch: readonly StoredEvent[] = [];
  #position = 0;
  /** In order; at most a window. An array, because V8 keeps the old tables of a Set that changes all the time. */
  #open: OpenEvent[] = [];
  #lastRead: number;
  #storedUpTo: number;
  #savedUpTo: number;

  /** @param from everything up to this sequence is already published */
  constructor(outbox: EventOutbox, from: number) {
    this.#outbox = outbox;
    this.#savedUpTo = from;
    this.#storedUpTo = from;
    this.#lastRead = from;
  }

  /** Number of events given out that the cursor has not passed yet. */
  get open(): number {
    return this.#open.length;
  }

  /** Rows that the cursor has passed since it was last saved. */
  get unsaved(): number {
    return this.#storedUpTo - this.#savedUpTo;
  }

  /** Everything up to here was stored by the broker. */
  get storedUpTo(): number {
    return this.#storedUpTo;
  }

  /** The next event, or undefined at the end of the log. @throws `log.unavailable` */
  next(): StoredEvent | undefined {
    if (this.#position >= this.#batch.length) {
      this.#batch = this.#outbox.readAfter(this.#lastRead, BATCH);
      this.#position = 0;
    }
    const event = this.#batch[this.#position];
    if (event === undefined) return undefined;
    this.#position += 1;
    this.#lastRead = event.sequence;
    this.#open.push({ sequence: event.sequence, isStored: false });
    return event;
  }

  /** The broker stored this event. */
  stored(sequence: number): void {
    const answered = this.#open.find((event) => event.sequence === sequence);
    if (answered !== undefined) answered.isStored = true;
    for (let first = this.#open[0]; first?.isStored; first = this.#open[0]) {
      this.#open.shift();
      this.#storedUpTo = first.sequence;
    }
    this.#outbox.note(this.#storedUpTo);
  }

  /** Writes the cursor to disk. @throws `log.unavailable` */
  save(upTo = this.#storedUpTo): void {
    if (upTo <= this.#savedUpTo) return;
    this.#outbox.advance(upTo);
    this.#savedUpTo = upTo;
  }

  /** Goes back to the first event that is not stored. Only to be called when every event given out has its answer. */
  rewind(): void {
    this.#batch = [];
    this.#position = 0;
    this.#open = [];
    this.#lastRead = this.#storedUpTo;
  }
}
