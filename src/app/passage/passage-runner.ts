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
import type { KnownPassage, PassageFacts } from './passage-facts.ts';
import { PassageRows, type PassageRowsDeps } from './passage-rows.ts';

type Input = PassageInput<PassageFacts>;
type State = PassageState<PassageFacts>;

/** Durations of a passage in milliseconds; the state of the door is added at every step. */
export type PassageTimes = Omit<PassageSettings, 'doorWatched' | 'doorOpen' | 'contactSilent'>;

/** What one place does in its own way when the machine commands it. */
export interface PassagePlace {
  /** @throws GatepostError `gpio.failed` */
  release(passage: KnownPassage, ms: number): void;
  /** Called when a row is durable; the passage knows of it. */
  written(passage: KnownPassage, record: PassageRecord): void;
  /** Called when a row could not be written. Returns whether the rest may be done all the same. */
  unwritten(passage: KnownPassage, data: AccessData, error: GatepostError): boolean;
  /** The rows to write for this one; all of them where it is left out. */
  rowsFor?(record: PassageRecord): readonly PassageRecord[];
  /** What a guard said when ordering something about a passage. */
  noteAbout?(passage: string): string | undefined;
  /** Where people show codes and see a screen. A button has neither. */
  readonly station?: PassageStation;
}

/** Where people show codes, are measured, and see what is decided. */
export interface PassageStation {
  evaluate(
    passage: KnownPassage,
    screening: ScreeningOutcome | undefined,
  ): Extract<Input, { type: 'decided' }>;
  /** What stands against somebody who comes while another person's passage is under way. */
  turnedAway(passage: KnownPassage): { readonly facts: PassageFacts; readonly reasons: readonly Reason[] };
  forgetReadings(): void;
  /** @param passage whose screen it is; undefined: nobody's */
  show(view: PassageShow, passage: KnownPassage | undefined): void;
  /** The second person is told; the screen goes on with the first. */
  showOneAtATime(): void;
}

interface PassageRunnerDeps extends PassageRowsDeps {
  readonly times: PassageTimes;
  readonly place: PassagePlace;
  readonly logger: Logger;
}

/**
 * Runs the passage machine at one place: keeps its state, which is all that is known of the person who stands there,
 * and carries its commands out in their order. A row is durable before the lock moves.
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

  /** Whoever is here is forgotten, and nothing is told any more. */
  stop(): void {
    this.#stopTimers();
    this.#state = { phase: 'idle' };
  }

  take(input: Input): void {
    let next: Input | undefined = input;
    while (next !== undefined) next = this.#follow(next);
    this.#rows.tell();
  }

  /** One step with its commands. What it returns follows from the last command that was carried out. */
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

  /** Does one command. What it returns replaces the rest of the commands. */
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
      case 'tellUnmoved':
        door.unmoved();
        return undefined;
      case 'forgetReadings':
        place.station?.forgetReadings();
        return undefined;
      case 'show':
        place.station?.show(command.view, passageIn(this.#state));
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

  /** The passage under way goes on, and waits for no log. */
  #turnAway(passage: KnownPassage): void {
    const { place } = this.#deps;
    if (place.station === undefined) return;
    const { facts, reasons } = place.station.turnedAway(passage);
    const record = { name: 'access.denied', decidedBy: 'auto', reasons } as const;
    this.#rows.noteTurnedAway({ ...passage, facts }, record);
    place.written({ ...passage, facts }, record);
    place.station.showOneAtATime();
  }

  /** What was written of a grant whose lock does not move is taken back. */
  #release(passage: KnownPassage, ms: number): Input | undefined {
    const { place, logger } = this.#deps;
    try {
      place.release(passage, ms);
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
