import {
  type AssistAnswer,
  type AssistSource,
  TALK_TROUBLES,
  type TalkEnd,
  type TalkTrouble,
} from '../access/vocabulary.ts';

/**
 * One access point at which people can call the guard, as a pure state machine: inputs in, next state and records out. A call
 * opens nothing. It rings until a guard answers, the person goes through or takes it back, or nobody has pressed for `RING_MS`.
 * Whether the person is still there nobody sees: somebody else who passes ends no call. A guard may answer by voice, and then
 * once more with what becomes of the call; a talk that breaks off rings again. All times are monotonic milliseconds.
 */

/** A call that nobody answers ends this long after the last press. */
export const RING_MS = 10 * 60_000;
/** For so long the screen says that somebody is coming. */
export const COMING_MS = 3 * 60_000;
/** After so long on the way a further press calls again. */
export const COMING_AGAIN_MS = 60_000;
/** For so long the screen says that nobody is coming; a press meanwhile does not ring. */
export const REFUSED_MS = 20_000;
/** Where no voice came through so long after the answer, there is no way for it. */
export const CONNECT_MS = 15_000;
/** A talk is over after so long: nobody's microphone stays open because somebody forgot it. */
export const TALK_MS = 10 * 60_000;

export interface AssistCall {
  readonly id: string;
  readonly by: AssistSource;
  /** The passage that was under way, or had just ended, when the guard was called. */
  readonly passage?: string;
  readonly sinceMs: number;
  /** When somebody has last pressed at the gate itself. No microphone opens there without it, nor longer than `RING_MS` after it. */
  readonly atGateMs?: number;
}

export type AssistState =
  | { readonly phase: 'idle' }
  /**
   * `unanswered`: the time for an answer is over; it still rings. It rings since `ringsMs`. `trouble`: a guard has talked with
   * the caller, and that broke off.
   */
  | {
      readonly phase: 'ringing' | 'unanswered';
      readonly call: AssistCall;
      readonly pressedMs: number;
      readonly ringsMs: number;
      readonly trouble?: TalkTrouble;
    }
  /** `isTold`: `assist.unanswered` is written. `openMs`: since when voices go. */
  | {
      readonly phase: 'talking';
      readonly call: AssistCall;
      readonly operator: string;
      readonly answeredMs: number;
      readonly isTold: boolean;
      readonly openMs?: number;
    }
  | {
      readonly phase: 'coming' | 'refused';
      readonly call: AssistCall;
      readonly operator: string;
      readonly answeredMs: number;
    };

export type AssistInput =
  /** `call`: the call that begins if none is under way. */
  | { readonly type: 'press'; readonly call: AssistCall }
  /** A call from before a restart that nobody has answered. `told`: its time for an answer was over then. */
  | { readonly type: 'found'; readonly call: AssistCall; readonly told: boolean }
  | { readonly type: 'answer'; readonly answer: AssistAnswer; readonly operator: string }
  /** Of a talk: voices go, or it is over. */
  | { readonly type: 'voice' }
  | { readonly type: 'over'; readonly ended: TalkEnd }
  /** The caller went through, or needs nobody any more. */
  | { readonly type: 'left' }
  | { readonly type: 'time' };

export type AssistRecord =
  | { readonly name: 'assist.requested'; readonly call: AssistCall }
  | {
      readonly name: 'assist.answered';
      readonly call: AssistCall;
      readonly answer: AssistAnswer;
      readonly operator: string;
    }
  /** A talk is over. `seconds`: for how long voices went. */
  | {
      readonly name: 'assist.talked';
      readonly call: AssistCall;
      readonly operator: string;
      readonly seconds: number;
      readonly ended: TalkEnd;
    }
  /** Written once a call. `time`: nobody has answered in time. `left`: before that the caller went away. */
  | { readonly name: 'assist.unanswered'; readonly call: AssistCall; readonly cause: 'time' | 'left' };

export interface AssistStep {
  readonly state: AssistState;
  readonly records: readonly AssistRecord[];
}

const IDLE: AssistState = { phase: 'idle' };

/** Whether it sounds at the guards' screens. */
export function isRinging(state: AssistState): state is Extract<AssistState, { pressedMs: number }> {
  return state.phase === 'ringing' || state.phase === 'unanswered';
}

/** Whether this guard may answer now: a call that rings, or the one whom the guard talks with. */
export function mayAnswer(
  state: AssistState,
  operator: string,
  answer: AssistAnswer,
  nowMs: number,
): boolean {
  if (isRinging(state)) return answer !== 'talking' || wasPressedAtGate(state.call, nowMs);
  return state.phase === 'talking' && state.operator === operator && answer !== 'talking';
}

/** Whether a microphone may open at the gate: what rings anew, or is renewed from elsewhere, is no press there. */
export function wasPressedAtGate({ atGateMs }: AssistCall, nowMs: number): boolean {
  return atGateMs !== undefined && nowMs - atGateMs < RING_MS;
}

/** When the next input `time` is due. @param answerMs how long a guard has for an answer */
export function assistDueMs(state: AssistState, answerMs: number): number | undefined {
  switch (state.phase) {
    case 'idle':
      return undefined;
    case 'ringing':
      return Math.min(state.ringsMs + answerMs, state.pressedMs + RING_MS);
    case 'unanswered':
      return state.pressedMs + RING_MS;
    case 'talking':
      return state.openMs === undefined ? state.answeredMs + CONNECT_MS : state.openMs + TALK_MS;
    case 'coming':
      return state.answeredMs + COMING_MS;
    case 'refused':
      return state.answeredMs + REFUSED_MS;
  }
}

/** @param answerMs how long a guard has for an answer */
export function stepAssist(
  state: AssistState,
  input: AssistInput,
  nowMs: number,
  answerMs: number,
): AssistStep {
  switch (input.type) {
    case 'press':
      return pressed(state, input.call, nowMs);
    case 'found':
      return only({
        phase: input.told ? 'unanswered' : 'ringing',
        call: input.call,
        pressedMs: input.call.sinceMs,
        ringsMs: input.call.sinceMs,
      });
    case 'answer':
      return answered(state, input, nowMs);
    case 'voice':
      return only(
        state.phase === 'talking' && state.openMs === undefined ? { ...state, openMs: nowMs } : state,
      );
    case 'over':
      return talkOver(state, input.ended, nowMs);
    case 'left':
      if (state.phase === 'talking') return talkOver(state, 'caller', nowMs);
      return {
        state: IDLE,
        records:
          state.phase === 'ringing' ? [{ name: 'assist.unanswered', call: state.call, cause: 'left' }] : [],
      };
    case 'time':
      return timePassed(state, nowMs, answerMs);
  }
}

function pressed(state: AssistState, call: AssistCall, nowMs: number): AssistStep {
  if (isRinging(state)) {
    const { atGateMs } = call;
    const pressed = atGateMs === undefined ? state.call : { ...state.call, atGateMs };
    return only({ ...state, pressedMs: nowMs, call: pressed });
  }
  if (state.phase === 'refused' || state.phase === 'talking') return only(state);
  if (state.phase === 'coming' && nowMs - state.answeredMs < COMING_AGAIN_MS) return only(state);
  return {
    state: { phase: 'ringing', call, pressedMs: nowMs, ringsMs: nowMs },
    records: [{ name: 'assist.requested', call }],
  };
}

/**
 * The first answer counts, and after a talk what the guard says who talks. A guard who opens ends a call in every phase but a
 * talk, which goes on until somebody hangs up.
 */
function answered(
  state: AssistState,
  { answer, operator }: Extract<AssistInput, { type: 'answer' }>,
  nowMs: number,
): AssistStep {
  if (state.phase === 'idle') return only(state);
  if (!mayAnswer(state, operator, answer, nowMs))
    return only(answer === 'opened' && state.phase !== 'talking' ? IDLE : state);
  if (state.phase === 'talking' && answer === 'opened') return only(state);
  const { call } = state;
  const before = state.phase === 'talking' ? talkOver(state, 'answered', nowMs).records : [];
  const given = { name: 'assist.answered', call, answer, operator } as const;
  return { state: afterAnswer(state, given, nowMs), records: [...before, given] };
}

function afterAnswer(
  { phase, call }: Exclude<AssistState, { phase: 'idle' }>,
  { answer, operator }: Extract<AssistRecord, { name: 'assist.answered' }>,
  answeredMs: number,
): AssistState {
  if (answer === 'opened') return IDLE;
  if (answer === 'talking')
    return { phase: 'talking', call, operator, answeredMs, isTold: phase === 'unanswered' };
  return { phase: answer, call, operator, answeredMs };
}

/** Who hangs up ends the call; what breaks off rings again, because the caller still stands there. */
function talkOver(state: AssistState, ended: TalkEnd, nowMs: number): AssistStep {
  if (state.phase !== 'talking') return only(state);
  const { call, operator, openMs, isTold } = state;
  const seconds = openMs === undefined ? 0 : Math.floor((nowMs - openMs) / 1000);
  const trouble = TALK_TROUBLES.find((one) => one === ended);
  return {
    state:
      trouble === undefined
        ? IDLE
        : { phase: isTold ? 'unanswered' : 'ringing', call, pressedMs: nowMs, ringsMs: nowMs, trouble },
    records: [{ name: 'assist.talked', call, operator, seconds, ended }],
  };
}

/** A late timer ends everything that is over by then. */
function timePassed(state: AssistState, nowMs: number, answerMs: number): AssistStep {
  const dueMs = assistDueMs(state, answerMs);
  if (dueMs === undefined || nowMs < dueMs) return only(state);
  if (state.phase === 'talking')
    return talkOver(state, state.openMs === undefined ? 'no_path' : 'time', nowMs);
  if (state.phase !== 'ringing') return only(IDLE);
  const isOver = nowMs >= state.pressedMs + RING_MS;
  return {
    state: isOver ? IDLE : { ...state, phase: 'unanswered' },
    records: [{ name: 'assist.unanswered', call: state.call, cause: 'time' }],
  };
}

function only(state: AssistState): AssistStep {
  return { state, records: [] };
}
