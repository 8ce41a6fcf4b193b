import type { AccessPointFacts } from '../../core/decision/decision.ts';
import { isOpenMode } from '../../core/door/door-mode.ts';
import { isGatepostError } from '../../core/errors.ts';
import type { ParsedPass } from '../../core/pass/parse-pass.ts';
import type { PolicyLevel } from '../../core/policy/policy.ts';
import type { ClockReading } from '../../core/time/clock-reading.ts';
import type { SiteQuarter } from '../../core/time/site-time.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Door } from '../door/door.ts';
import type { EventWriter } from '../log/event-writer.ts';
import type { AccessPointScreens } from './access-point-screens.ts';
import { SameShowing, type ShownCode } from './scanned-codes.ts';
import type { ServiceSwitch } from './service-switch.ts';

interface OpenGateDeps {
  readonly way: OpenLevel;
  readonly service: Pick<ServiceSwitch, 'isEnabled'>;
  readonly screens: AccessPointScreens;
  /** How long the greeting stays on the resident's screen, in milliseconds. */
  readonly greetMs: number;
  readonly clock: Clock;
}

/**
 * An access point whose level holds the gate open: a person who shows a code is greeted, and counted if the code is a
 * pass.
 */
export class OpenGate {
  readonly #deps: OpenGateDeps;
  readonly #showing = new SameShowing();
  #cancelGreeting: Cancel | undefined;

  constructor(deps: OpenGateDeps) {
    this.#deps = deps;
  }

  /** Handles a code while the gate is held open and returns what it was; undefined: not handled. */
  takes(code: ShownCode): ParsedPass | undefined {
    const { way, service } = this.#deps;
    if (!way.isOpen || !service.isEnabled) {
      // The code begins a passage, whose screen the timer of an earlier greeting must not clear.
      this.stop();
      return undefined;
    }
    const { parsed } = code;
    if (this.#showing.isStill(code)) return parsed;
    // Only passes are counted, because a scanner also sends noise.
    if (parsed.status === 'parsed') way.count(code.clock);
    if (code.text !== '') this.#greet();
    return parsed;
  }

  stop(): void {
    this.#cancelGreeting?.();
    this.#cancelGreeting = undefined;
  }

  #greet(): void {
    const { screens, clock, greetMs } = this.#deps;
    screens.show({ feedback: 'AccessGranted', reasons: [] }, undefined);
    this.#cancelGreeting?.();
    this.#cancelGreeting = clock.schedule(greetMs, () =>
      screens.show({ feedback: 'Idle', reasons: [] }, undefined),
    );
  }
}

interface OpenLevelDeps {
  readonly accessPoint: AccessPointFacts;
  readonly level: () => PolicyLevel;
  readonly door: Door;
  readonly notes: EventWriter;
  /** Day of the site and quarter of an hour. */
  readonly quarter: (clock: ClockReading) => SiteQuarter;
  readonly logger: Logger;
}

/**
 * A way through a door that its level may hold open. While it does, people are only counted; nothing else is stored
 * about them.
 */
export class OpenLevel {
  readonly #deps: OpenLevelDeps;

  constructor(deps: OpenLevelDeps) {
    this.#deps = deps;
  }

  /** Whether the level holds the gate open and the door has followed it. */
  get isOpen(): boolean {
    return this.#deps.level().gate === 'open' && isOpenMode(this.#deps.door.mode);
  }

  /** Counts one person. */
  count(reading: ClockReading): void {
    const { accessPoint, notes, quarter, logger } = this.#deps;
    const { id, direction } = accessPoint;
    try {
      notes.write([], [{ kind: 'countOpen', accessPoint: id, direction, ...quarter(reading) }]);
    } catch (error) {
      // A failed count must not stop a person at an open gate.
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      logger.warn({ accessPoint: id, code: error.code }, `Somebody was not counted: ${error.message}`);
    }
  }
}
