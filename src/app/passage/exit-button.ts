import type { DoorMode, DoorPhysicalState } from '../../core/access/vocabulary.ts';
import type { AccessPointFacts } from '../../core/decision/decision.ts';
import { type GatepostError, messageOf } from '../../core/errors.ts';
import type { PolicyLevel } from '../../core/policy/policy.ts';
import { type ClockReading, isStale, SETTLE_MS } from '../../core/time/clock-reading.ts';
import type { Cancel, Clock, Standstills } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Door } from '../door/door.ts';
import type { EventWriter } from '../log/event-writer.ts';
import { ExitLogLimiter } from './exit-log-limiter.ts';
import type { OpenLevel } from './open-gate.ts';
import type { PassageBoard } from './passage-board.ts';
import { blankFacts, type KnownPassage, passageWithoutCode } from './passage-facts.ts';
import { PassageRunner, type PassageTimes } from './passage-runner.ts';

/** Modes in which a button that is no escape opens nothing. */
const SHUT: readonly DoorMode[] = ['Unknown', 'Blocked', 'LockedDown'];

interface ExitButtonDeps {
  /** The way out that the rows name. */
  readonly accessPoint: AccessPointFacts;
  /**
   * False: the button stands in the wire of the lock, which has opened the door already, in every mode. True: it is
   * no escape, and the lock is released for it once the row is durable.
   */
  readonly release: boolean;
  readonly times: PassageTimes;
  readonly door: Door;
  readonly policy: () => PolicyLevel;
  /** Day of the site. */
  readonly today: (clock: ClockReading) => number;
  readonly way: OpenLevel;
  readonly board: PassageBoard;
  /** Called when the number of people inside may have changed. */
  readonly onCounted: () => void;
  readonly notes: EventWriter;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly newId: () => string;
  readonly standstills: Pick<Standstills, 'lastEndMs'>;
}

/**
 * The exit button of a door: who leaves by it is written down as pt:REX, with the outcome where a contact tells it.
 * There is no screen for whoever presses a button.
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
      // How long the wire releases the lock is not known here.
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

  /** The steadied state; `Open` is pressed. A button found pressed, or just mended, is not one that was pressed. */
  take(state: DoorPhysicalState): void {
    const pressed = state === 'Open' && this.#state === 'Closed';
    const letGo = state === 'Closed' && this.#state === 'Open';
    this.#state = state;
    if (!this.#deps.release) this.#tellDoor(pressed, letGo);
    if (pressed) this.#pressed();
  }

  /**
   * A press that was read right after the program stood still may be long over: it opens nothing, unless somebody
   * holds the button still. Where the wire has opened the door the press is a fact, however old.
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

  /** The wire frees the lock while the button is held, and whoever pressed it has the time of a passage after that. */
  #tellDoor(pressed: boolean, letGo: boolean): void {
    const { door, clock, times } = this.#deps;
    this.#cancelLeaving?.();
    if (letGo) this.#cancelLeaving = clock.schedule(times.passageMs, () => door.leaveByWire(false));
    // A button that is stuck or cannot be read masks nothing: that would be the way to silence the alarm.
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
      shut: release && SHUT.includes(door.mode),
      resting: release && door.mode === 'Locked',
    });
  }

  #passage(): KnownPassage {
    const { clock, policy, today, newId } = this.#deps;
    const cameAt = clock.read();
    const facts = blankFacts({ policy: policy(), revocationVersion: 0, cameAt, siteDay: today(cameAt) });
    return passageWithoutCode(newId(), { ...facts, recognition: 'pt:REX' });
  }

  #release(): void {
    if (this.#deps.release) this.#deps.door.release();
  }

  /** Who leaves by a button in the wire is on the way out, log or no log. */
  #unwritten(error: GatepostError): boolean {
    const { logger, accessPoint, release } = this.#deps;
    const text = `Somebody who pressed the exit button was not written down: ${messageOf(error)}`;
    logger.error({ door: accessPoint.door, code: error.code, err: error }, text);
    return !release;
  }
}
