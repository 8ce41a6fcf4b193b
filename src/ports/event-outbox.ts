import type { StoredEvent } from '../core/events/event.ts';

export interface OutboxPosition {
  readonly epoch: string;
  /** Oldest and newest sequence in the log; both 0 when it is empty. */
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** Everything up to here was acknowledged by the broker. */
  readonly publishedSequence: number;
}

/** The log seen as a queue: there is no second one. */
export interface EventOutbox {
  position(): OutboxPosition;
  /** Events after `sequence`, oldest first. */
  readAfter(sequence: number, limit: number): readonly StoredEvent[];
  /** Moves the cursor forward, durably; a smaller number is ignored. @throws `log.unavailable` */
  advance(sequence: number): void;
  /** Calls back after every commit; returns the end of the subscription. */
  onCommitted(listener: () => void): () => void;
}
