import type { AssistOrder, AssistSource } from '../../core/access/vocabulary.ts';
import {
  type AssistCall,
  type AssistInput,
  type AssistRecord,
  type AssistState,
  assistDueMs,
  isRinging,
  RING_MS,
  stepAssist,
} from '../../core/assist/assist.ts';
import type { AccessPointFacts } from '../../core/decision/decision.ts';
import type { Given } from '../../core/desk/guard-order.ts';
import { dataOf, subjectOf } from '../../core/events/envelope.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { GateState } from '../../ports/gate-state.ts';
import type { Attention } from '../board/attention.ts';
import { type Planned, refused } from '../log/desk-records.ts';
import type { EventWriter, UndatedEvent } from '../log/event-writer.ts';
import type { AccessPointScreens } from './access-point-screens.ts';

/** Rows of calls that are read at the start. Older ones are of calls that are over. */
const ROWS_LOOKED_AT = 100;
const CALLS = ['assist.requested', 'assist.answered', 'assist.unanswered'] as const;

export interface GuardCallSettings {
  /** How long a guard has for an answer, in milliseconds. */
  readonly answerMs: number;
}

interface GuardCallDeps {
  readonly accessPoint: AccessPointFacts;
  readonly settings: GuardCallSettings;
  readonly screens: AccessPointScreens;
  readonly attention: Attention;
  readonly log: EventLog;
  readonly notes: EventWriter;
  readonly state: Pick<GateState, 'assists'>;
  readonly clock: Clock;
  /** A new id of a call. */
  readonly newId: () => string;
  /** The passage of the person at the access point, or of the last one there. */
  readonly passage: () => string | undefined;
}

/**
 * Calls of the guard at one access point. It rings also where the log cannot be written: a call opens nothing and must be
 * heard. A call that nobody has answered goes on after a restart.
 */
export class GuardCall {
  readonly #deps: GuardCallDeps;
  #state: AssistState = { phase: 'idle' };
  #cancel: Cancel = () => undefined;
  #running = false;

  constructor(deps: GuardCallDeps) {
    this.#deps = deps;
  }

  /** Goes on with a call from before the restart. @throws GatepostError `log.unavailable` */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    const found = this.#unanswered();
    this.#show();
    if (found !== undefined) this.#take(found);
    this.#onTime();
  }

  stop(): void {
    this.#running = false;
    this.#cancel();
    this.#state = { phase: 'idle' };
  }

  /** Somebody has pressed at the resident's screen. Returns whether it was done. */
  take(order: AssistOrder): boolean {
    if (!this.#running) return false;
    if (order === 'end') this.#take({ type: 'left' });
    else this.press('screen');
    return true;
  }

  /** Somebody calls the guard. */
  press(by: AssistSource): void {
    if (!this.#running) return;
    const { clock, newId, passage } = this.#deps;
    const of = passage();
    const call = { id: newId(), by, sinceMs: clock.read().monotonicMs };
    this.#take({ type: 'press', call: of === undefined ? call : { ...call, passage: of } });
  }

  /** A guard has let somebody through here. */
  opened(operator: string): void {
    this.#take({ type: 'answer', answer: 'opened', operator });
  }

  /** The person of this passage went through. Somebody else's ends no call. */
  wentThrough(passage: string): void {
    if (this.#state.phase !== 'idle' && this.#state.call.passage === passage) this.#take({ type: 'left' });
  }

  /** A guard answers. The first answer counts; it is carried out also where it cannot be recorded, because it opens nothing. */
  plan({ operator, answer }: Given<'answer-assist'>): Planned {
    const state = this.#state;
    if (state.phase === 'idle') return refused('nobody_calls', 'Nobody calls the guard there any more.');
    if (!isRinging(state)) return refused('call_answered', `${state.operator} has answered already.`);
    const input = { type: 'answer', answer, operator } as const;
    return {
      events: this.#step(input).records.map((record) => this.#row(record)),
      shuts: true,
      act: () => {
        this.#enter(this.#step(input).state);
      },
    };
  }

  #take(input: AssistInput): void {
    const { state, records } = this.#step(input);
    // The ring does not wait for the log.
    this.#enter(state);
    for (const record of records) this.#deps.notes.tryWrite(this.#row(record));
  }

  #step(input: AssistInput) {
    const { clock, settings } = this.#deps;
    return stepAssist(this.#state, input, clock.read().monotonicMs, settings.answerMs);
  }

  #enter(state: AssistState): void {
    const before = this.#state;
    this.#state = state;
    this.#cancel();
    const { clock, settings, attention, accessPoint } = this.#deps;
    const dueMs = assistDueMs(state, settings.answerMs);
    if (dueMs !== undefined)
      this.#cancel = clock.schedule(Math.max(0, dueMs - clock.read().monotonicMs), () => this.#onTime());
    if (isRinging(state)) {
      if (!isRinging(before)) attention.assistCalls(accessPoint.id, this.#wallMs(state.call));
    } else if (isRinging(before)) {
      // Nobody came in time: somebody should look, also if the caller has gone since.
      const isOver = state.phase === 'idle' && before.phase === 'unanswered';
      attention.assistOver(accessPoint.id, !isOver);
    }
    this.#show();
  }

  #onTime(): void {
    if (this.#state.phase !== 'idle') this.#take({ type: 'time' });
  }

  #show(): void {
    const { state, screens, accessPoint } = this.#deps;
    const { id } = accessPoint;
    if (this.#state.phase === 'idle') {
      screens.assistIs(undefined);
      state.assists.set({ accessPoint: id, status: 'none' });
      return;
    }
    const { phase: status, call } = this.#state;
    screens.assistIs({ status, sinceMs: call.sinceMs });
    state.assists.set({ accessPoint: id, status, sinceMs: this.#wallMs(call) });
  }

  #row(record: AssistRecord): UndatedEvent {
    const { id: accessPoint, direction } = this.#deps.accessPoint;
    const { call } = record;
    const at = { accessPoint, direction, call: call.id };
    const passedMs = this.#deps.clock.read().monotonicMs - call.sinceMs;
    const waited = Math.floor(Math.max(0, passedMs) / 1000);
    switch (record.name) {
      case 'assist.requested': {
        const passage = call.passage === undefined ? {} : { passage: call.passage };
        return { name: record.name, subject: accessPoint, data: { ...at, by: call.by, ...passage } };
      }
      case 'assist.answered': {
        const { answer, operator } = record;
        return { name: record.name, subject: accessPoint, data: { ...at, answer, operator, waited } };
      }
      case 'assist.unanswered':
        return { name: record.name, subject: accessPoint, data: { ...at, cause: record.cause, waited } };
    }
  }

  #wallMs({ sinceMs }: AssistCall): number {
    const { wallMs, monotonicMs } = this.#deps.clock.read();
    return wallMs - (monotonicMs - sinceMs);
  }

  /** The newest call here, if nobody has answered it and it would still ring. */
  #unanswered(): AssistInput | undefined {
    const { log, clock, accessPoint } = this.#deps;
    const { wallMs, monotonicMs } = clock.read();
    const rows = CALLS.flatMap((name) => log.recent([name], ROWS_LOOKED_AT))
      .filter(({ timeMs }) => timeMs <= wallMs && wallMs - timeMs < RING_MS)
      .sort((one, other) => other.sequence - one.sequence);
    const here = rows.filter((row) => subjectOf(row) === accessPoint.id);
    const [newest] = here;
    if (newest === undefined || newest.name === 'assist.answered') return undefined;
    const told = newest.name === 'assist.unanswered';
    if (told && dataOf(newest, 'assist.unanswered').cause === 'left') return undefined;
    const request = here.find(({ name }) => name === 'assist.requested');
    if (request === undefined) return undefined;
    const { call: id, by, passage } = dataOf(request, 'assist.requested');
    const sinceMs = monotonicMs - (wallMs - request.timeMs);
    const call = { id, by, sinceMs, ...(passage === undefined ? {} : { passage }) };
    return { type: 'found', call, told };
  }
}
