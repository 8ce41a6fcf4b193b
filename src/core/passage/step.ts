import { orderReasons, type Reason } from '../access/reasons.ts';
import type { ScreeningOutcome } from '../screening/screening.ts';
import { onDecided } from './on-decided.ts';
import type {
  Passage,
  PassageCommand,
  PassageInput,
  PassageMachine,
  PassageSettings,
  PassageState,
  PassageStep,
} from './passage.ts';
import {
  canBeMeasured,
  endPassage,
  go,
  type Input,
  measureAgain,
  outcomeRecords,
  refuse,
  release,
  stay,
  takenRecord,
  toIdle,
  unanswered,
} from './transitions.ts';

/** One step of the passage machine. Inputs that mean nothing in a state leave it as it is. */
export function stepPassage(
  machine: PassageMachine,
  input: PassageInput,
  settings: PassageSettings,
): PassageStep {
  switch (input.type) {
    case 'code':
      return onCode(machine, input, settings);
    case 'decided':
      return onDecided(machine, input, settings);
    case 'screened':
      return onScreened(machine, input.outcome);
    case 'timer':
      return onTimer(machine, input.name, settings);
    case 'door':
      return onDoor(machine, input.movement);
    case 'guardOpen':
      return onGuardOpen(machine, input, settings);
    case 'guardRefuse':
      return onGuardRefuse(machine, input.operator, settings);
    case 'guardMeasure':
      return onGuardMeasure(machine, input.id, settings);
    case 'judgeAgain':
      return onJudgeAgain(machine, input);
    case 'failed':
      return onFailed(machine, input.reason, settings);
  }
}

function onCode(machine: PassageMachine, input: Input<'code'>, settings: PassageSettings): PassageStep {
  const { state, lastCode } = machine;
  const repeated = lastCode?.key === input.codeKey && input.atMs - lastCode.atMs < settings.debounceMs;
  const next: PassageMachine = { ...machine, lastCode: { key: input.codeKey, atMs: input.atMs } };
  if (repeated) return stay(next);
  const own = 'passage' in state && state.passage.codeKey === input.codeKey;
  if (state.phase === 'idle' || state.phase === 'refused') return begin(next, input);
  // Whoever waits to warm up has stepped aside; the queue goes on, and the own code asks for a new reading.
  const isAside = state.phase === 'referred' && state.waiting;
  if (isAside || (input.urgent && !own)) {
    const begun = begin(next, input);
    return { machine: begun.machine, commands: [...cutShort(state), ...begun.commands] };
  }
  return own ? stay(next) : stay(next, [{ type: 'turnAway', id: input.id }]);
}

/** What is to be written down of a passage that has to make room for another one. */
function cutShort(state: Exclude<PassageState, { phase: 'idle' | 'refused' }>): readonly PassageCommand[] {
  if (state.phase === 'released') return outcomeRecords(state);
  const known = state.phase === 'referred' ? state.reasons : unanswered(state.passage);
  const reasons = orderReasons([...known, 'gp:PassageTimeout']);
  return [
    { type: 'record', passage: state.passage, record: { name: 'access.denied', decidedBy: 'auto', reasons } },
  ];
}

/** The state stays `measuring` while the decision is asked for; the answer moves it on. */
function begin(machine: PassageMachine, input: Input<'code'>): PassageStep {
  const passage: Passage = { id: input.id, codeKey: input.codeKey, attempts: 0, elevated: false };
  return go(machine, { phase: 'measuring', passage, repeating: false }, [
    { type: 'evaluate', passage, screening: undefined },
  ]);
}

function onScreened(machine: PassageMachine, outcome: ScreeningOutcome): PassageStep {
  const { state } = machine;
  if (state.phase !== 'measuring') return stay(machine);
  return stay(machine, [{ type: 'evaluate', passage: state.passage, screening: outcome }]);
}

function onTimer(machine: PassageMachine, name: string, settings: PassageSettings): PassageStep {
  const { state } = machine;
  switch (state.phase) {
    case 'measuring':
      if (name !== 'measure') return stay(machine);
      return onScreened(machine, {
        class: 'notMeasurable',
        cause: 'no_subject',
        attempts: state.passage.attempts,
      });
    case 'pausing':
      if (name !== 'pause') return stay(machine);
      return go(
        machine,
        { phase: 'measuring', passage: state.passage, repeating: true },
        measureAgain('repeat', settings),
      );
    case 'referred':
      if (name !== 'guard') return stay(machine);
      return refuse(
        machine,
        state.passage,
        { decidedBy: 'auto', reasons: orderReasons([...state.reasons, 'gp:GuardTimeout']) },
        settings,
      );
    case 'released':
      return name === 'passage' ? endPassage(machine, state) : stay(machine);
    case 'refused':
      return name === 'refusal' ? toIdle(machine) : stay(machine);
    case 'idle':
      return stay(machine);
  }
}

function onDoor(machine: PassageMachine, movement: 'opened' | 'closed'): PassageStep {
  const { state } = machine;
  if (state.phase !== 'released' || state.outcome === 'unwatched') return stay(machine);
  if (movement === 'closed') return state.outcome === 'taken' ? toIdle(machine) : stay(machine);
  if (state.outcome === 'taken') return stay(machine);
  return {
    machine: { ...machine, state: { ...state, outcome: 'taken' } },
    commands: [takenRecord(state.passage)],
  };
}

function onGuardOpen(
  machine: PassageMachine,
  input: Input<'guardOpen'>,
  settings: PassageSettings,
): PassageStep {
  const { state } = machine;
  switch (state.phase) {
    case 'measuring':
    case 'pausing':
    case 'referred':
      return release(machine, state.passage, input.operator, settings);
    case 'idle':
    case 'refused':
      return release(machine, input.of ?? guardsOwn(input), input.operator, settings);
    case 'released': {
      // The passage under way ends here, so it gets its outcome first.
      const released = release(machine, input.of ?? guardsOwn(input), input.operator, settings);
      return { machine: released.machine, commands: [...outcomeRecords(state), ...released.commands] };
    }
  }
}

/** The passage of somebody whom the guard lets through without a pass. */
function guardsOwn({ id }: Input<'guardOpen'>): Passage {
  return { id, codeKey: undefined, attempts: 0, elevated: false };
}

function onGuardRefuse(machine: PassageMachine, operator: string, settings: PassageSettings): PassageStep {
  const { state } = machine;
  if (state.phase !== 'referred' && state.phase !== 'measuring' && state.phase !== 'pausing')
    return stay(machine);
  const before = state.phase === 'referred' ? state.reasons : unanswered(state.passage);
  const reasons = orderReasons([...before, 'gp:GuardDenied']);
  return refuse(machine, state.passage, { decidedBy: operator, reasons }, settings);
}

/**
 * Begins the measuring anew, with the repeat that belongs to it; a fever that was seen before is not forgotten. What
 * was refused stays refused: whoever is measured after it begins a passage of their own.
 */
function onGuardMeasure(machine: PassageMachine, id: string, settings: PassageSettings): PassageStep {
  const { state } = machine;
  if (!canBeMeasured(state)) return stay(machine);
  const own = state.phase === 'refused' ? { id } : {};
  const passage = { ...state.passage, ...own, attempts: 0 };
  return go(machine, { phase: 'measuring', passage, repeating: true }, measureAgain('repeat', settings));
}

/** Decides anew about somebody who waits for the guard, with the reading that is known. */
function onJudgeAgain(machine: PassageMachine, { screening }: Input<'judgeAgain'>): PassageStep {
  const { state } = machine;
  if (state.phase !== 'referred') return stay(machine);
  const measured = screening !== undefined && screening.class !== 'skipped';
  // The reading was counted when it was judged first.
  const attempts = Math.max(0, state.passage.attempts - (measured ? 1 : 0));
  const passage = { ...state.passage, attempts };
  return go(machine, { phase: 'measuring', passage, repeating: false }, [
    { type: 'evaluate', passage, screening },
  ]);
}

function onFailed(machine: PassageMachine, reason: Reason, settings: PassageSettings): PassageStep {
  const { state } = machine;
  // The outcome of a passage that is over could not be written: what came after it is still to be done.
  if (state.phase === 'idle') return toIdle(machine);
  return go(machine, { phase: 'refused', passage: state.passage, forReading: false }, [
    { type: 'forgetReadings' },
    { type: 'show', view: { feedback: 'Fault', reasons: [reason] } },
    { type: 'startTimer', name: 'refusal', ms: settings.refusalMs },
  ]);
}
