import {
  type AssistOrder,
  type AssistSource,
  TALK_TROUBLES,
  type TalkStatus,
} from '../../core/access/vocabulary.ts';
import {
  type AssistCall,
  type AssistInput,
  type AssistRecord,
  type AssistState,
  type AssistStep,
  assistDueMs,
  isRinging,
  mayAnswer,
  RING_MS,
  stepAssist,
  wasPressedAtGate,
} from '../../core/assist/assist.ts';
import type { AccessPointFacts } from '../../core/decision/decision.ts';
import type { Given } from '../../core/desk/guard-order.ts';
import { dataOf, subjectOf } from '../../core/events/envelope.ts';
import type { StoredEvent } from '../../core/events/event.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { GateState } from '../../ports/gate-state.ts';
import type { Attention } from '../board/attention.ts';
import { type Planned, refused } from '../log/desk-records.ts';
import type { EventWriter, UndatedEvent } from '../log/event-writer.ts';
import type { AccessPointScreens } from './access-point-screens.ts';
import { TalkLine } from './talk-line.ts';

/** Rows of calls that are read at the start. Older ones are of calls that are over. */
const ROWS_LOOKED_AT = 100;
const CALLS = ['assist.requested', 'assist.answered', 'assist.talked', 'assist.unanswered'] as const;

export interface GuardCallSettings {
  /** How long a guard has for an answer, in milliseconds. */
  readonly answerMs: number;
  /** Whether a guard may answer by voice. */
  readonly talk: boolean;
}

interface GuardCallDeps {
  readonly accessPoint: AccessPointFacts;
  readonly settings: GuardCallSettings;
  readonly screens: AccessPointScreens;
  readonly attention: Attention;
  readonly log: EventLog;
  readonly notes: EventWriter;
  readonly state: Pick<GateState, 'assists' | 'talkNews'>;
  readonly clock: Clock;
  /** A new id of a call or a talk. */
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
  /** The pages that talk; undefined: the site wants no talk. */
  readonly talk: TalkLine | undefined;
  #state: AssistState = { phase: 'idle' };
  #cancel: Cancel = () => undefined;
  #running = false;

  constructor(deps: GuardCallDeps) {
    this.#deps = deps;
    const { accessPoint, settings } = deps;
    this.talk = settings.talk
      ? new TalkLine({
          ...deps,
          accessPoint: accessPoint.id,
          onCall: (input) => this.#take(input),
          onChange: () => this.#show(),
        })
      : undefined;
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
    this.talk?.end('screen_left');
  }

  /** Somebody has pressed at a resident's screen, of the kiosk itself or elsewhere. Returns whether it was done. */
  take(order: AssistOrder, atGate = false): boolean {
    if (!this.#running) return false;
    if (order === 'end') this.#take({ type: 'left' });
    else this.press('screen', atGate);
    return true;
  }

  /** Somebody calls the guard. @param atGate at the gate itself */
  press(by: AssistSource, atGate: boolean): void {
    if (!this.#running) return;
    const { clock, newId, passage } = this.#deps;
    const of = passage();
    const { monotonicMs } = clock.read();
    const call = { id: newId(), by, sinceMs: monotonicMs, ...(atGate ? { atGateMs: monotonicMs } : {}) };
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
    const { monotonicMs } = this.#deps.clock.read();
    if (
      !mayAnswer(state, operator, answer, monotonicMs) ||
      (answer === 'talking' && this.#talkNow() !== 'ready')
    )
      return isRinging(state)
        ? refused('cannot_talk', 'Nobody can talk with the caller there. Say whether you come.')
        : refused('call_answered', `${state.operator} has answered already.`);
    const input = { type: 'answer', answer, operator } as const;
    return {
      events: this.#step(input).records.map((record) => this.#row(record)),
      shuts: true,
      act: () => {
        this.#enter(this.#step(input));
      },
    };
  }

  #take(input: AssistInput): void {
    const step = this.#step(input);
    // The ring does not wait for the log, nor does a microphone that closes.
    this.#enter(step);
    for (const record of step.records) this.#deps.notes.tryWrite(this.#row(record));
  }

  #step(input: AssistInput) {
    const { clock, settings } = this.#deps;
    return stepAssist(this.#state, input, clock.read().monotonicMs, settings.answerMs);
  }

  #enter({ state, records }: AssistStep): void {
    const before = this.#state;
    this.#state = state;
    this.#cancel();
    for (const record of records) if (record.name === 'assist.talked') this.talk?.end(record.ended);
    if (state.phase === 'talking' && before.phase !== 'talking') this.talk?.begin(state.operator);
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
    const { phase: status, call, ...rest } = this.#state;
    const talk = isRinging(this.#state) || status === 'talking' ? this.#talkNow() : undefined;
    const trouble = 'trouble' in rest ? rest.trouble : undefined;
    const told = {
      status,
      ...(talk === undefined ? {} : { talk }),
      ...(trouble === undefined ? {} : { trouble }),
    };
    screens.assistIs({ ...told, sinceMs: call.sinceMs });
    state.assists.set({
      accessPoint: id,
      ...told,
      sinceMs: this.#wallMs(call),
      ...('operator' in rest ? { operator: rest.operator } : {}),
    });
  }

  #talkNow(): TalkStatus | undefined {
    if (this.#state.phase === 'idle') return undefined;
    return this.talk?.status(wasPressedAtGate(this.#state.call, this.#deps.clock.read().monotonicMs));
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
      case 'assist.talked': {
        const { operator, seconds, ended } = record;
        return { name: record.name, subject: accessPoint, data: { ...at, operator, seconds, ended } };
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
    if (newest === undefined || isOver(newest)) return undefined;
    const request = here.find(({ name }) => name === 'assist.requested');
    if (request === undefined) return undefined;
    const { call: id, by, passage } = dataOf(request, 'assist.requested');
    const sinceMs = monotonicMs - (wallMs - request.timeMs);
    const call = {
      ...{ id, by, sinceMs },
      ...(by === 'button' ? { atGateMs: sinceMs } : {}),
      ...(passage === undefined ? {} : { passage }),
    };
    const told = here.some(
      (row) => row.name === 'assist.unanswered' && dataOf(row, 'assist.unanswered').call === id,
    );
    return { type: 'found', call, told };
  }
}

/** Whether the call of this newest row does not ring any more. Who talked when the gate stopped talks no more. */
function isOver(newest: StoredEvent): boolean {
  switch (newest.name) {
    case 'assist.answered':
      return dataOf(newest, 'assist.answered').answer !== 'talking';
    case 'assist.talked':
      return !TALK_TROUBLES.some((one) => one === dataOf(newest, 'assist.talked').ended);
    case 'assist.unanswered':
      return dataOf(newest, 'assist.unanswered').cause === 'left';
    default:
      return false;
  }
}
