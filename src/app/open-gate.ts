import type { AccessPointFacts } from '../core/decision/decision.ts';
import { isGatepostError } from '../core/errors.ts';
import type { PolicyLevel } from '../core/policy/policy.ts';
import type { ClockReading } from '../core/time/clock-reading.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { Logger } from '../ports/logger.ts';
import type { AccessPointScreens } from './access-point-screens.ts';
import type { Door } from './door.ts';

/** The same code within this time is the same showing of it, in milliseconds. */
const SAME_SHOWING_MS = 3_000;

export interface OpenGateOptions {
  readonly accessPoint: AccessPointFacts;
  readonly level: () => PolicyLevel;
  readonly door: Door;
  readonly log: EventLog;
  readonly today: (clock: ClockReading) => number;
  readonly screens: AccessPointScreens;
  /** How long the greeting stays on the resident's screen, in milliseconds. */
  readonly greetMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** An access point whose level holds the gate open: who comes by is counted, and nothing else is kept. */
export class OpenGate {
  readonly #o: OpenGateOptions;
  #cancelGreeting: Cancel | undefined;
  #last: { readonly codeKey: string; readonly atMs: number } | undefined;

  constructor(options: OpenGateOptions) {
    this.#o = options;
  }

  /** Whether somebody who shows a code here just walks through; counts and greets whoever does. */
  takes(codeKey: string, reading: ClockReading): boolean {
    if (!this.#isOpen) {
      // Who comes now is attended to: a greeting that is still shown must not end in the middle of it.
      this.stop();
      return false;
    }
    const last = this.#last;
    this.#last = { codeKey, atMs: reading.monotonicMs };
    if (last?.codeKey === codeKey && reading.monotonicMs - last.atMs < SAME_SHOWING_MS) return true;
    this.#count(reading);
    this.#greet();
    return true;
  }

  stop(): void {
    this.#cancelGreeting?.();
    this.#cancelGreeting = undefined;
  }

  /** A door that did not follow its level is no open gate. */
  get #isOpen(): boolean {
    const { mode } = this.#o.door;
    return this.#o.level().gate === 'open' && (mode === 'LockedOpen' || mode === 'Unlocked');
  }

  #count(reading: ClockReading): void {
    const { accessPoint, log, today, logger } = this.#o;
    const { id, direction } = accessPoint;
    try {
      log.commit({
        events: [],
        effects: [{ kind: 'countOpen', accessPoint: id, direction, siteDay: today(reading) }],
      });
    } catch (error) {
      // A count that is one short keeps nobody from walking through an open gate.
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      logger.warn({ accessPoint: id, code: error.code }, `Somebody was not counted: ${error.message}`);
    }
  }

  #greet(): void {
    const { screens, clock, greetMs } = this.#o;
    screens.show({ feedback: 'AccessGranted', reasons: [] }, undefined);
    this.#cancelGreeting?.();
    this.#cancelGreeting = clock.schedule(greetMs, () =>
      screens.show({ feedback: 'Idle', reasons: [] }, undefined),
    );
  }
}
