import type { DoorPhysicalState } from '../../core/access/vocabulary.ts';
import type { AccessPointFacts } from '../../core/decision/decision.ts';
import { isClosedMode } from '../../core/door/door-mode.ts';
import { type GatepostError, messageOf } from '../../core/errors.ts';
import type { PolicyLevel } from '../../core/policy/policy.ts';
import { type ClockReading, isStale, SETTLE_MS } from '../../core/time/clock-reading.ts';
import type { SiteQuarter } from '../../core/time/site-time.ts';
import type { Cancel, Clock, Standstills } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Door } from '../door/door.ts';
import type { EventWriter } from '../log/event-writer.ts';
import { ExitLogLimiter } from './exit-log-limiter.ts';
import type { OpenLevel } from './open-gate.ts';
import type { PassageBoard } from './passage-board.ts';
import { blankFacts, type KnownPassage, passageWithoutCode } from './passage-facts.ts';
import { PassageRunner, type PassageTimes } from './passage-runner.ts';

interface ExitButtonDeps {
  /** The way out that the rows name. */
  readonly accessPoint: AccessPointFacts;
  /**
   * False: the button is in the wire of the lock, so the press itself opens the door, in every mode. True: it is not an
   * emergency exit, and the gate releases the lock when the row is durable.
   */
  readonly release: boolean;
  readonly times: PassageTimes;
  readonly door: Door;
  readonly policy: () => PolicyLevel;
  /** Day of the site. */
  readonly quarter: (clock: ClockReading) => SiteQuarter;
  readonly way: OpenLevel;
  readonly board: PassageBoard;
  /** Called when the number of people inside may have changed. */
  readonly onCounted: (passId?: string) => void;
  readonly notes: EventWriter;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly newId: () => string;
  readonly standstills: Pick<Standstills, 'lastEndMs'>;
}

/**
 * The exit button of a door: records a person who leaves by it as pt:REX, with the outcome if the door has a contact.
 * It has no screen.
 */
export class ExitButton {
  readonly #deps: ExitButtonDeps;
  readonly #runner: PassageRunner;
  #state: DoorPhysicalState = 'Unknown';
  #cancelLeaving: Cancel | undefined;
  #cancelLater: Cancel | undefined;

  constructor(deps: ExitButtonDeps) {
    this.#deps = deps;
    const { release, times, clock, door } = deps;
    const rows = new ExitLogLimiter({ clock, movesLock: release });
    this.#runner = new PassageRunner({
      ...deps,
      // It is not known how long the wire releases the lock, so the whole time of a passage is used.
      times: release ? times : { ...times, releaseMs: times.passageMs },
      recordDegrees: false,
      place: {
        release: () => this.#release(),
        rowsFor: (record) => rows.for(record),
        written: () => rows.written(),
        unwritten: (_passage, _data, error) => this.#unwritten(error),
      },
    });
    door.onMovement((movement) => this.#runner.take({ type: 'door', movement }));
  }

  stop(): void {
    this.#cancelLeaving?.();
    this.#cancelLater?.();
    this.#runner.stop();
    this.#state = 'Unknown';
  }

  /**
   * Takes the debounced state; `Open` means pressed. A button that is found pressed at the start or after a fault is
   * not a new press.
   */
  take(state: DoorPhysicalState): void {
    const pressed = state === 'Open' && this.#state === 'Closed';
    const letGo = state === 'Closed' && this.#state === 'Open';
    this.#state = state;
    if (!this.#deps.release) this.#tellDoor(pressed, letGo);
    if (pressed) this.#pressed();
  }

  /**
   * Handles a press. One that was read right after a standstill may be old: it opens nothing, unless the button is
   * still pressed. A press in the wire of the lock always counts, because it has already opened the door.
   */
  #pressed(): void {
    const { clock, release, standstills } = this.#deps;
    this.#cancelLater?.();
    if (!release || !isStale(clock.read().monotonicMs, standstills.lastEndMs())) {
      this.#press();
      return;
    }
    this.#cancelLater = clock.schedule(SETTLE_MS, () => {
      if (this.#state === 'Open') this.#press();
    });
  }

  /**
   * Tells the door about a button in the wire: the lock is free while it is pressed, and the person then has the time
   * of a passage.
   */
  #tellDoor(pressed: boolean, letGo: boolean): void {
    const { door, clock, times } = this.#deps;
    this.#cancelLeaving?.();
    if (letGo) this.#cancelLeaving = clock.schedule(times.passageMs, () => door.leaveByWire(false));
    // A button that is stuck or cannot be read must not suppress the alarm of a forced door.
    else door.leaveByWire(pressed);
  }

  #press(): void {
    const { release, door, way, clock } = this.#deps;
    if (this.#runner.state.phase === 'idle' && way.isOpen) {
      way.count(clock.read());
      return;
    }
    this.#runner.take({
      type: 'press',
      passage: this.#passage(),
      shut: release && isClosedMode(door.mode),
      resting: release && door.mode === 'Locked',
    });
  }

  #passage(): KnownPassage {
    const { clock, policy, quarter, newId } = this.#deps;
    const cameAt = clock.read();
    const facts = blankFacts({ policy: policy(), revocationVersion: 0, cameAt, ...quarter(cameAt) });
    return passageWithoutCode(newId(), { ...facts, recognition: 'pt:REX' });
  }

  #release(): void {
    if (this.#deps.release) this.#deps.door.release();
  }

  /** Goes on without a record only for a button in the wire, because the person already leaves. */
  #unwritten(error: GatepostError): boolean {
    const { logger, accessPoint, release } = this.#deps;
    const text = `Somebody who pressed the exit button was not written down: ${messageOf(error)}`;
    logger.error({ door: accessPoint.door, code: error.code, err: error }, text);
    return !release;
  }
}
