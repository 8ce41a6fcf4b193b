import type { AccessPointFacts } from '../../core/decision/decision.ts';
import { isGatepostError } from '../../core/errors.ts';
import type { PolicyLevel } from '../../core/policy/policy.ts';
import type { ClockReading } from '../../core/time/clock-reading.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Door } from '../door/door.ts';
import type { EventWriter } from '../log/event-writer.ts';

export interface OpenWayOptions {
  readonly accessPoint: AccessPointFacts;
  readonly level: () => PolicyLevel;
  readonly door: Door;
  readonly notes: EventWriter;
  /** Day of the site. */
  readonly today: (clock: ClockReading) => number;
  readonly logger: Logger;
}

/** A way through a door that its level may hold open: then whoever comes by is counted, and nothing else is kept. */
export class OpenWay {
  readonly #deps: OpenWayOptions;

  constructor(options: OpenWayOptions) {
    this.#deps = options;
  }

  /** A door that did not follow its level is no open gate. */
  get isOpen(): boolean {
    const { mode } = this.#deps.door;
    return this.#deps.level().gate === 'open' && (mode === 'LockedOpen' || mode === 'Unlocked');
  }

  /** One more person. */
  count(reading: ClockReading): void {
    const { accessPoint, notes, today, logger } = this.#deps;
    const { id, direction } = accessPoint;
    try {
      notes.commit([], [{ kind: 'countOpen', accessPoint: id, direction, siteDay: today(reading) }]);
    } catch (error) {
      // A count that is one short keeps nobody from walking through an open gate.
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      logger.warn({ accessPoint: id, code: error.code }, `Somebody was not counted: ${error.message}`);
    }
  }
}
