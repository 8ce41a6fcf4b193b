import type { Reason } from '../../core/access/reasons.ts';
import { type GatepostError, isGatepostError } from '../../core/errors.ts';
import type { AccessData } from '../../core/events/event.ts';
import {
  type PassageCommand,
  type PassageInput,
  type PassageRecord,
  type PassageSettings,
  type PassageShow,
  type PassageState,
  passageIn,
  type TimerName,
} from '../../core/passage/passage.ts';
import { stepPassage } from '../../core/passage/step.ts';
import { recorded } from '../../core/passage/transitions.ts';
import type { ScreeningOutcome } from '../../core/screening/screening.ts';
import type { Cancel } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Door } from '../door/door.ts';
import type { KnownPassage, PassageFacts } from './passage-facts.ts';
import { PassageRows, type PassageRowsDeps } from './passage-rows.ts';

type Input = PassageInput<PassageFacts>;
type State = PassageState<PassageFacts>;

/** Durations of a passage in milliseconds; the state of the door is added at every step. */
export type PassageTimes = Omit<PassageSettings, 'doorWatched' | 'doorOpen' | 'contactSilent'>;

/** What a place does differently from other places when it carries out the commands of the machine. */
export interface PassagePlace {
  /** @throws GatepostError `gpio.failed` */
  release(passage: KnownPassage, ms: number): void;
  /** Ends the release before its time; absent where none is longer than usual. */
  relock?(): void;
  /** Called when a row is durable; `passage` already says so. */
  written(passage: KnownPassage, record: PassageRecord): void;
  /** Called when a row could not be written. Returns whether the other commands may be carried out nevertheless. */
  unwritten(passage: KnownPassage, data: AccessData, error: GatepostError): boolean;
  /** The rows to write instead of this one; without this function the row itself. */
  rowsFor?(record: PassageRecord): readonly PassageRecord[];
  /** The reason that a guard gave with an order about a passage. */
  noteAbout?(passage: string): string | undefined;
  /** Where people show codes and see a screen; absent for an exit button. */
  readonly station?: PassageStation;
}

/** Where people show codes, are measured and see the decision. */
export interface PassageStation {
  evaluate(
    passage: KnownPassage,
    screening: ScreeningOutcome | undefined,
  ): Extract<Input, { type: 'decided' }>;
  /** The reasons against a person who comes during another person's passage. */
  turnedAway(passage: KnownPassage): { readonly facts: PassageFacts; readonly reasons: readonly Reason[] };
  /** @param until `newcomer`: nor do readings of whoever is at the sensor now count */
  forgetReadings(until?: 'newcomer'): void;
  admitReadings(): void;
  /** @param passage the passage of the person shown; undefined: nobody */
  show(view: PassageShow, passage: KnownPassage | undefined): void;
  /** Tells a second person to wait; the screen then goes on with the first. */
  showOneAtATime(): void;
}

interface PassageRunnerDeps extends PassageRowsDeps {
  readonly door: Pick<Door, 'hasContact' | 'physical' | 'isContactSilent' | 'unmoved'>;
  readonly times: PassageTimes;
  readonly place: PassagePlace;
  readonly logger: Logger;
}

/**
 * Runs the passage machine at one place: keeps its state, which is everything known about the person there, and carries
 * out its commands in order. A row is durable before the lock moves.
 */
export class PassageRunner {
  readonly #deps: PassageRunnerDeps;
  readonly #timers = new Map<TimerName, Cancel>();
  readonly #rows: PassageRows;
  #state: State = { phase: 'idle' };

  constructor(deps: PassageRunnerDeps) {
    this.#deps = deps;
    this.#rows = new PassageRows(deps);
  }

  get state(): State {
    return this.#state;
  }

  /** Drops the passage under way and shows nothing any more. */
  stop(): void {
    this.#stopTimers();
    this.#state = { phase: 'idle' };
  }

  take(input: Input): void {
    let next: Input | undefined = input;
    while (next !== undefined) next = this.#follow(next);
    this.#rows.tell();
  }

  /** Takes one step and carries out its commands. Returns the next input, if the last command gave one. */
  #follow(input: Input): Input | undefined {
    const { times, door } = this.#deps;
    const { state, commands } = stepPassage(this.#state, input, {
      ...times,
      doorWatched: door.hasContact,
      doorOpen: door.physical === 'Open',
      contactSilent: door.isContactSilent,
    });
    this.#state = state;
    for (const command of commands) {
      const next = this.#carryOut(command);
      if (next !== undefined) return next;
    }
    return undefined;
  }

  /** Carries out one command. A returned input replaces the remaining commands. */
  #carryOut(command: PassageCommand<PassageFacts>): Input | undefined {
    const { door, place, clock } = this.#deps;
    switch (command.type) {
      case 'evaluate':
        return place.station?.evaluate(command.passage, command.screening);
      case 'turnAway':
        this.#turnAway(command.passage);
        return undefined;
      case 'record':
        return this.#record(command.passage, command.record);
      case 'release':
        return this.#release(command.passage, command.ms);
      case 'relock':
        place.relock?.();
        return undefined;
      case 'tellUnmoved':
        door.unmoved();
        return undefined;
      case 'forgetReadings':
        place.station?.forgetReadings(command.until);
        return undefined;
      case 'admitReadings':
        place.station?.admitReadings();
        return undefined;
      case 'show':
        place.station?.show(command.view, command.next ?? passageIn(this.#state));
        return undefined;
      case 'startTimer': {
        const { name, ms } = command;
        this.#timers.get(name)?.();
        this.#timers.set(
          name,
          clock.schedule(ms, () => this.take({ type: 'timer', name })),
        );
        return undefined;
      }
      case 'stopTimers':
        this.#stopTimers();
        return undefined;
    }
  }

  #record(passage: KnownPassage, record: PassageRecord): Input | undefined {
    for (const row of this.#deps.place.rowsFor?.(record) ?? [record]) {
      const failed = this.#write(passage, row);
      if (failed !== undefined) return failed;
    }
    return undefined;
  }

  #write(passage: KnownPassage, record: PassageRecord): Input | undefined {
    const { place } = this.#deps;
    try {
      this.#rows.commit(passage, record, () => place.noteAbout?.(passage.id));
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      const mayGoOn = place.unwritten(passage, this.#rows.dataOf(passage, record), error);
      return mayGoOn ? undefined : { type: 'failed', reason: 'gp:LogUnavailable', passage };
    }
    place.written(recorded(passage), record);
    return undefined;
  }

  /** Refuses a second person. The passage under way goes on and does not wait for the log. */
  #turnAway(passage: KnownPassage): void {
    const { place } = this.#deps;
    if (place.station === undefined) return;
    const { facts, reasons } = place.station.turnedAway(passage);
    const record = { name: 'access.denied', decidedBy: 'auto', reasons } as const;
    this.#rows.noteTurnedAway({ ...passage, facts }, record);
    place.written({ ...passage, facts }, record);
    place.station.showOneAtATime();
  }

  /** Releases the lock. If it does not move, the returned input takes back what was recorded of the grant. */
  #release(passage: KnownPassage, ms: number): Input | undefined {
    const { place, logger } = this.#deps;
    try {
      place.release(passage, ms);
      this.#rows.released(passage);
      return undefined;
    } catch (error) {
      if (!isGatepostError(error, 'gpio.failed')) throw error;
      logger.error({ code: error.code, err: error }, error.message);
      this.#record(passage, { name: 'access.nottaken', reasons: ['gp:LockFailed'] });
      return { type: 'failed', reason: 'gp:LockFailed', passage };
    }
  }

  #stopTimers(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }
}
