import type { AssistAnswer, AssistSource } from '../access/vocabulary.ts';

/**
 * One access point at which people can call the guard, as a pure state machine: inputs in, next state and records out. A call
 * opens nothing. It rings until a guard answers, the person goes through or takes it back, or nobody has pressed for `RING_MS`.
 * Whether the person is still there nobody sees: somebody else who passes ends no call. All times are monotonic milliseconds.
 */

/** A call that nobody answers ends this long after the last press. */
export const RING_MS = 10 * 60_000;
/** For so long the screen says that somebody is coming. */
export const COMING_MS = 3 * 60_000;
/** After so long on the way a further press calls again. */
export const COMING_AGAIN_MS = 60_000;
/** For so long the screen says that nobody is coming; a press meanwhile does not ring. */
export const REFUSED_MS = 20_000;

export interface AssistCall {
  readonly id: string;
  readonly by: AssistSource;
  /** The passage that was under way, or had just ended, when the guard was called. */
  readonly passage?: string;
  readonly sinceMs: number;
}

export type AssistState =
  | { readonly phase: 'idle' }
  /** `unanswered`: the time for an answer is over; it still rings. */
  | { readonly phase: 'ringing' | 'unanswered'; readonly call: AssistCall; readonly pressedMs: number }
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

/** When the next input `time` is due. @param answerMs how long a guard has for an answer */
export function assistDueMs(state: AssistState, answerMs: number): number | undefined {
  switch (state.phase) {
    case 'idle':
      return undefined;
    case 'ringing':
      return Math.min(state.call.sinceMs + answerMs, state.pressedMs + RING_MS);
    case 'unanswered':
      return state.pressedMs + RING_MS;
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
      });
    case 'answer':
      return answered(state, input, nowMs);
    case 'left':
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
  if (isRinging(state)) return only({ ...state, pressedMs: nowMs });
  if (state.phase === 'refused') return only(state);
  if (state.phase === 'coming' && nowMs - state.answeredMs < COMING_AGAIN_MS) return only(state);
  return {
    state: { phase: 'ringing', call, pressedMs: nowMs },
    records: [{ name: 'assist.requested', call }],
  };
}

/** The first answer counts. A guard who opens ends a call in every phase. */
function answered(
  state: AssistState,
  { answer, operator }: Extract<AssistInput, { type: 'answer' }>,
  nowMs: number,
): AssistStep {
  if (!isRinging(state)) return only(answer === 'opened' ? IDLE : state);
  const { call } = state;
  return {
    state: answer === 'opened' ? IDLE : { phase: answer, call, operator, answeredMs: nowMs },
    records: [{ name: 'assist.answered', call, answer, operator }],
  };
}

/** A late timer ends everything that is over by then. */
function timePassed(state: AssistState, nowMs: number, answerMs: number): AssistStep {
  const dueMs = assistDueMs(state, answerMs);
  if (dueMs === undefined || nowMs < dueMs) return only(state);
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
