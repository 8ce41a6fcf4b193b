import type { AccessPointFacts } from '../core/decision/decision.ts';
import { isGatepostError } from '../core/errors.ts';
import type { PolicyLevel } from '../core/policy/policy.ts';
import type { ClockReading } from '../core/time/clock-reading.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { Logger } from '../ports/logger.ts';
import type { Door } from './door.ts';

/** The same code within this time is the same showing of it, in milliseconds. */
const SAME_SHOWING_MS = 3_000;

export interface OpenGateOptions {
  readonly accessPoint: AccessPointFacts;
  readonly level: () => PolicyLevel;
  readonly door: Door;
  readonly log: EventLog;
  readonly today: (clock: ClockReading) => number;
  readonly logger: Logger;
}

/** An access point whose level holds the gate open: who comes by is counted, and nothing else is kept. */
export class OpenGate {
  readonly #o: OpenGateOptions;
  #last: { readonly codeKey: string; readonly atMs: number } | undefined;

  constructor(options: OpenGateOptions) {
    this.#o = options;
  }

  /** Whether the level wants the gate open and the door is. A door that did not follow is no open gate. */
  get isOpen(): boolean {
    const { mode } = this.#o.door;
    return this.#o.level().gate === 'open' && (mode === 'LockedOpen' || mode === 'Unlocked');
  }

  /** A code was shown at the open gate. */
  count(codeKey: string, clock: ClockReading): void {
    const last = this.#last;
    this.#last = { codeKey, atMs: clock.monotonicMs };
    if (last?.codeKey === codeKey && clock.monotonicMs - last.atMs < SAME_SHOWING_MS) return;
    const { accessPoint, log, today, logger } = this.#o;
    const { id, direction } = accessPoint;
    try {
      log.commit({
        events: [],
        effects: [{ kind: 'countOpen', accessPoint: id, direction, siteDay: today(clock) }],
      });
    } catch (error) {
      // A count that is one short keeps nobody from walking through an open gate.
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      logger.warn({ accessPoint: id, code: error.code }, `Somebody was not counted: ${error.message}`);
    }
  }
}
