import type { Reason } from '../../core/access/reasons.ts';
import type { AccessPointFacts } from '../../core/decision/decision.ts';
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
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Door } from '../door/door.ts';
import type { EventWriter } from '../log/event-writer.ts';
import { accessData } from './access-record.ts';
import type { PassageBoard } from './passage-board.ts';
import { effectsOf, eventsOf } from './passage-effects.ts';
import type { KnownPassage, PassageFacts } from './passage-facts.ts';

type Input = PassageInput<PassageFacts>;
type State = PassageState<PassageFacts>;

/** Durations of a passage in milliseconds; the state of the door is added at every step. */
export type PassageTimes = Omit<PassageSettings, 'doorWatched' | 'doorOpen' | 'contactSilent'>;

/** What one place does in its own way when the machine commands it. */
interface PassagePlace {
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
  readonly desk?: PassageDesk;
}

/** Where people show codes, are measured, and see what is decided. */
export interface PassageDesk {
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

interface PassageRunnerDeps {
  readonly accessPoint: AccessPointFacts;
  readonly times: PassageTimes;
  /** Whether degrees are written down. */
  readonly recordDegrees: boolean;
  readonly door: Door;
  readonly place: PassagePlace;
  readonly board: PassageBoard;
  /** Called when the number of people inside may have changed. */
  readonly onCounted: () => void;
  readonly notes: EventWriter;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Runs the passage machine at one place: keeps its state, which is all that is known of the person who stands there,
 * and carries its commands out in their order. A row is durable before the lock moves.
 */
export class PassageRunner {
  readonly #deps: PassageRunnerDeps;
  readonly #timers = new Map<TimerName, Cancel>();
  #state: State = { phase: 'idle' };
  #untold: (() => void)[] = [];

  constructor(deps: PassageRunnerDeps) {
    this.#deps = deps;
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
    // The guard's list and the counts come after the lock: they keep nobody waiting.
    const untold = this.#untold;
    this.#untold = [];
    for (const tell of untold) tell();
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
        return place.desk?.evaluate(command.passage, command.screening);
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
        place.desk?.forgetReadings();
        return undefined;
      case 'show':
        place.desk?.show(command.view, passageIn(this.#state));
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
    const { accessPoint, notes, place } = this.#deps;
    const data = this.#dataOf(passage, record);
    try {
      notes.commit(eventsOf(passage.facts, record, data), effectsOf(passage, record, accessPoint));
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      const mayGoOn = place.unwritten(passage, data, error);
      return mayGoOn ? undefined : { type: 'failed', reason: 'gp:LogUnavailable', passage };
    }
    place.written(recorded(passage), record);
    this.#tell(passage, record, data);
    return undefined;
  }

  #tell({ id, facts }: KnownPassage, record: PassageRecord, data: AccessData): void {
    const { place, board, door, onCounted } = this.#deps;
    const note = data.decidedBy === 'auto' ? undefined : place.noteAbout?.(id);
    this.#untold.push(() => {
      board.list(record, data, facts, { watched: door.hasContact, note });
      if (record.name === 'access.granted' || record.name === 'access.nottaken') onCounted();
    });
  }

  /** Writes down a second person's refusal. The passage under way waits for no log. */
  #turnAway(passage: KnownPassage): void {
    const { accessPoint, notes, place, board } = this.#deps;
    if (place.desk === undefined) return;
    const { facts, reasons } = place.desk.turnedAway(passage);
    const turned = { ...passage, facts };
    const record = { name: 'access.denied', decidedBy: 'auto', reasons } as const;
    const data = this.#dataOf(turned, record);
    // Whoever came too early may show the same code in a moment: it is not used up.
    const unused = { ...turned, facts: { ...facts, effects: [] } };
    notes.note({ name: record.name, subject: accessPoint.id, data }, effectsOf(unused, record, accessPoint));
    place.written(turned, record);
    board.list(record, data, facts, { watched: false });
    place.desk.showOneAtATime();
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

  #dataOf(passage: KnownPassage, record: PassageRecord): AccessData {
    const { accessPoint, recordDegrees, clock } = this.#deps;
    return accessData(accessPoint, passage, record, { recordDegrees, clock });
  }

  #stopTimers(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }
}
