import type { DoorMode, DoorPhysicalState } from '../../core/access/vocabulary.ts';
import type { AccessPointFacts } from '../../core/decision/decision.ts';
import { isGatepostError, messageOf } from '../../core/errors.ts';
import type { AccessData } from '../../core/events/event.ts';
import {
  INITIAL_PASSAGE,
  type Passage,
  type PassageCommand,
  type PassageInput,
  type PassageMachine,
  type PassageRecord,
  type PassageSettings,
  type PassageStep,
  type TimerName,
} from '../../core/passage/passage.ts';
import { stepPassage } from '../../core/passage/step.ts';
import { refuse } from '../../core/passage/transitions.ts';
import type { PolicyLevel } from '../../core/policy/policy.ts';
import { type ClockReading, isStale, SETTLE_MS } from '../../core/time/clock-reading.ts';
import type { Cancel, Clock, Standstills } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { type DecisionBoard, decisionView } from '../board/decision-board.ts';
import type { Door } from '../door/door.ts';
import type { EventWriter } from '../log/event-writer.ts';
import type { PassageTimes } from './access-point-options.ts';
import { accessData, blankFacts, type PassageFacts } from './access-record.ts';
import { ExitLogLimiter } from './exit-log-limiter.ts';
import type { OpenWay } from './open-gate.ts';
import { effectsOf, eventsOf } from './passage-effects.ts';

/** Modes in which a button that is no escape opens nothing. */
const SHUT: readonly DoorMode[] = ['Unknown', 'Blocked', 'LockedDown'];

interface ExitButtonOptions {
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
  readonly way: OpenWay;
  readonly board: DecisionBoard;
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
 * One passage at a time: further presses belong to the one under way, so a button that flickers writes no rows
 * without end.
 */
export class ExitButton {
  readonly #deps: ExitButtonOptions;
  readonly #rows: ExitLogLimiter;
  #state: DoorPhysicalState = 'Unknown';
  #machine: PassageMachine = INITIAL_PASSAGE;
  #facts: PassageFacts | undefined;
  /** Whether what is being done follows from a movement of the door. */
  #doorMoved = false;
  #cancelTimer: Cancel | undefined;
  #cancelLeaving: Cancel | undefined;
  #cancelLater: Cancel | undefined;

  constructor(options: ExitButtonOptions) {
    this.#deps = options;
    this.#rows = new ExitLogLimiter({ clock: options.clock, movesLock: options.release });
    options.door.onMovement((movement) => this.#take({ type: 'door', movement }));
  }

  stop(): void {
    this.#cancelLeaving?.();
    this.#cancelLater?.();
    this.#endPassage();
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
    const { release, door, way, clock, newId } = this.#deps;
    const { phase } = this.#machine.state;
    if (phase === 'idle' && way.isOpen) {
      way.count(clock.read());
      return;
    }
    const shut = release && SHUT.includes(door.mode);
    // Somebody may still wait at a door whose lock rests again.
    const opensAgain = release && door.mode === 'Locked';
    if (phase === 'released' ? !opensAgain : phase === 'refused' && shut) return;
    const id = newId();
    if (shut) {
      const passage = { id, codeKey: undefined, attempts: 0, elevated: false };
      const refusal = { decidedBy: 'auto', reasons: ['gp:GateMode'] } as const;
      this.#follow(refuse(this.#machine, passage, refusal, this.#settings));
    } else this.#take({ type: 'guardOpen', id, operator: 'auto' });
  }

  get #settings(): PassageSettings {
    const { door, times } = this.#deps;
    return {
      ...times,
      // How long the wire frees the lock is not known here.
      releaseMs: this.#deps.release ? times.releaseMs : times.passageMs,
      doorWatched: door.hasContact,
      doorOpen: door.physical === 'Open',
      contactSilent: door.isContactSilent,
    };
  }

  #take(input: PassageInput): void {
    this.#doorMoved = input.type === 'door';
    this.#follow(stepPassage(this.#machine, input, this.#settings));
  }

  #follow({ machine, commands }: PassageStep): void {
    this.#machine = machine;
    for (const command of commands) {
      if (!this.#carryOut(command)) {
        this.#endPassage();
        return;
      }
    }
  }

  /** False where the rest must not be done. There is no screen for whoever presses a button. */
  #carryOut(command: PassageCommand): boolean {
    switch (command.type) {
      case 'record':
        return this.#record(command.passage, command.record) || !this.#deps.release;
      case 'release':
        return !this.#deps.release || this.#release(command.passage);
      case 'tellUnmoved':
        this.#deps.door.unmoved();
        return true;
      case 'startTimer':
        this.#startTimer(command.name, command.ms);
        return true;
      case 'stopTimers':
        this.#cancelTimer?.();
        return true;
      default:
        return true;
    }
  }

  #startTimer(name: TimerName, ms: number): void {
    this.#cancelTimer = this.#deps.clock.schedule(ms, () => this.#take({ type: 'timer', name }));
  }

  #endPassage(): void {
    this.#cancelTimer?.();
    this.#machine = INITIAL_PASSAGE;
  }

  #release(passage: Passage): boolean {
    try {
      this.#deps.door.release();
      return true;
    } catch (error) {
      if (!isGatepostError(error, 'gpio.failed')) throw error;
      this.#deps.logger.error({ code: error.code, err: error }, error.message);
      this.#record(passage, { name: 'access.nottaken' });
      return false;
    }
  }

  /** False where a row should be in the log and is not. */
  #record(passage: Passage, record: PassageRecord): boolean {
    return this.#rows.for(record, this.#doorMoved).every((row) => this.#write(passage, row));
  }

  #write(passage: Passage, record: PassageRecord): boolean {
    const { accessPoint, notes, clock, logger, onCounted } = this.#deps;
    const facts = this.#factsOf(passage);
    const data = accessData(accessPoint, facts, record, { recordDegrees: false, clock });
    try {
      notes.commit(eventsOf(facts, record, data), effectsOf(facts, record, accessPoint));
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      const text = `Somebody who pressed the exit button was not written down: ${messageOf(error)}`;
      logger.error({ door: accessPoint.door, code: error.code, err: error }, text);
      return false;
    }
    this.#rows.written();
    this.#tellGuard(record, data);
    onCounted();
    return true;
  }

  #tellGuard(record: PassageRecord, data: AccessData): void {
    const { board, clock, door } = this.#deps;
    if (record.name === 'access.taken') board.settle(data.passage, 'taken');
    else if (record.name === 'access.nottaken') board.settle(data.passage, 'nottaken');
    else {
      const watched = door.hasContact ? 'pending' : 'unknown';
      const state = record.name === 'access.granted' ? watched : 'none';
      board.add(decisionView(data, clock.read().wallMs, state));
    }
  }

  #factsOf({ id }: Passage): PassageFacts {
    if (this.#facts?.passage === id) return this.#facts;
    const reading = this.#deps.clock.read();
    const facts: PassageFacts = {
      ...blankFacts({
        passage: id,
        policy: this.#deps.policy(),
        revocationVersion: 0,
        siteDay: this.#deps.today(reading),
        readAtMs: reading.monotonicMs,
      }),
      recognition: 'pt:REX',
    };
    this.#facts = facts;
    return facts;
  }
}
