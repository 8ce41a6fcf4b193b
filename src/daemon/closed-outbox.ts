import type { LogMark } from '../core/events/log-mark.ts';
import type { EventOutbox, OutboxPosition } from '../ports/event-log.ts';

/** The outbox of a log that cannot be opened: nothing to publish, and what the gate has noted of it beside. */
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

  advance(): void {
    // Nothing is handed out.
  }

  onCommitted(): () => void {
    return () => undefined;
  }
}
