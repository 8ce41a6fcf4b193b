import type { LogMark } from '../core/events/log-mark.ts';
import type { EventOutbox, OutboxPosition } from '../ports/event-log.ts';

/**
 * The outbox of a log that cannot be opened: it has nothing to publish, only the position that was noted outside the
 * log.
 */
export class ClosedOutbox implements EventOutbox {
  readonly #lastMark: () => LogMark | undefined;

  constructor(lastMark: () => LogMark | undefined) {
    this.#lastMark = lastMark;
  }

  position(): OutboxPosition {
    const { epoch = '', sequence = 0 } = this.#lastMark() ?? {};
    return { epoch, firstSequence: 0, lastSequence: sequence, publishedSequence: sequence };
  }

  readAfter(): readonly [] {
    return [];
  }

  note(): void {
    // Nothing is handed out.
  }

  advance(): void {
    // Nothing is handed out.
  }

  onCommitted(): () => void {
    return () => undefined;
  }
}
