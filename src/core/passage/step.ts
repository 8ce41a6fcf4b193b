import { orderReasons, type Reason } from '../access/reasons.ts';
import type { ScreeningOutcome } from '../screening/screening.ts';
import { leaveLine, onNextScreened, onStillShown, standInLine } from './next-in-line.ts';
import { onDecision } from './on-decision.ts';
import { onContactReading, onGuardMeasure, onGuardOpen, onGuardRefuse } from './on-guard.ts';
import type {
  Passage,
  PassageCommand,
  PassageInput,
  PassageSettings,
  PassageState,
  PassageStep,
} from './passage.ts';
import {
  begin,
  clearWay,
  endPassage,
  go,
  type Input,
  measureAgain,
  outcomeRecords,
  refuse,
  release,
  stay,
  toIdle,
  unanswered,
} from './transitions.ts';

/** One step of the passage machine. Inputs without a meaning in a state leave it unchanged. */
export function stepPassage<F>(
  state: PassageState<F>,
  input: PassageInput<F>,
  settings: PassageSettings,
): PassageStep<F> {
  switch (input.type) {
    case 'code':
      return onCode(state, input);
    case 'stillShown':
      return onStillShown(state, input.codeKey);
    case 'decided':
      return onDecision(state, input, settings);
    case 'screened':
      return onScreened(state, input.outcome);
    case 'timer':
      return onTimer(state, input.name, settings);
    case 'door':
      return onDoor(state, input.movement);
    case 'press':
      return onPress(state, input, settings);
    case 'guardOpen':
      return onGuardOpen(state, input, settings);
    case 'guardRefuse':
      return onGuardRefuse(state, input.operator, settings);
    case 'guardMeasure':
      return onGuardMeasure(state, input.id, settings);
    case 'contactReading':
      return onContactReading(state, input, settings);
    case 'judgeAgain':
      return onJudgeAgain(state, input.screening);
    case 'failed':
      return onFailed(state, input, settings);
  }
}

function onCode<F>(state: PassageState<F>, { passage, urgent, turn }: Input<F, 'code'>): PassageStep<F> {
  if (state.phase === 'idle' || state.phase === 'refused') return begin(passage);
  const own = state.passage.codeKey === passage.codeKey;
  // A person who waits to warm up has stepped aside: the queue continues, and the same code asks for a new reading.
  const isAside = state.phase === 'referred' && state.waiting;
  if (isAside || (urgent && !own)) {
    const begun = begin(passage);
    return { state: begun.state, commands: [...cutShort(state), ...begun.commands] };
  }
  if (own) return stay(state);
  if (state.phase === 'released' && turn !== undefined && state.next === undefined)
    return standInLine(state, { passage, ...turn });
  return stay(state, [{ type: 'turnAway', passage }]);
}

/** The records of a passage that is ended for another one. */
function cutShort<F>(
  state: Exclude<PassageState<F>, { phase: 'idle' | 'refused' }>,
): readonly PassageCommand<F>[] {
  if (state.phase === 'released') return outcomeRecords(state);
  const known = state.phase === 'referred' ? state.reasons : unanswered(state.passage);
  const reasons = orderReasons([...known, 'gp:PassageTimeout']);
  return [
    { type: 'record', passage: state.passage, record: { name: 'access.denied', decidedBy: 'auto', reasons } },
  ];
}

function onScreened<F>(state: PassageState<F>, outcome: ScreeningOutcome): PassageStep<F> {
  if (state.phase === 'released') return onNextScreened(state, outcome);
  if (state.phase !== 'measuring') return stay(state);
  return stay(state, [{ type: 'evaluate', passage: state.passage, screening: outcome }]);
}

function onTimer<F>(state: PassageState<F>, name: string, settings: PassageSettings): PassageStep<F> {
  switch (state.phase) {
    case 'measuring':
      if (name !== 'measure') return stay(state);
      return onScreened(state, {
        class: 'notMeasurable',
        cause: 'no_subject',
        attempts: state.passage.attempts,
      });
    case 'pausing':
      if (name !== 'pause') return stay(state);
      return go(
        { phase: 'measuring', passage: state.passage, repeating: true },
        measureAgain('repeat', settings),
      );
    case 'referred': {
      if (name !== 'guard') return stay(state);
      const reasons = orderReasons([...state.reasons, 'gp:GuardTimeout']);
      return refuse(state.passage, { decidedBy: 'auto', reasons }, settings);
    }
    case 'released':
      if (name === 'next') return leaveLine(state);
      return name === 'passage' ? endPassage(state) : stay(state);
    case 'refused':
      return name === 'refusal' ? toIdle() : stay(state);
    case 'idle':
      return stay(state);
  }
}

function onDoor<F>(state: PassageState<F>, movement: 'opened' | 'closed'): PassageStep<F> {
  if (state.phase !== 'released' || state.outcome === 'unwatched') return stay(state);
  if (movement === 'closed') return state.outcome === 'taken' ? clearWay(state) : stay(state);
  if (state.outcome === 'taken') return stay(state);
  const { passage } = state;
  return stay({ ...state, outcome: 'taken' }, [
    { type: 'record', passage, record: { name: 'access.taken', seen: true } },
  ]);
}

/** Further presses belong to the passage under way, so a faulty button does not fill the log. */
function onPress<F>(
  state: PassageState<F>,
  { passage, shut, resting }: Input<F, 'press'>,
  settings: PassageSettings,
): PassageStep<F> {
  if (shut) {
    if (state.phase !== 'idle') return stay(state);
    return refuse(passage, { decidedBy: 'auto', reasons: ['gp:GateMode'] }, settings);
  }
  if (state.phase === 'idle' || state.phase === 'refused') return release(passage, 'auto', settings);
  if (state.phase !== 'released' || !resting) return stay(state);
  const released = release(passage, 'auto', settings);
  return { state: released.state, commands: [...outcomeRecords(state), ...released.commands] };
}

/** Decides again about a person who waits for the guard, with the known reading. */
function onJudgeAgain<F>(state: PassageState<F>, screening: ScreeningOutcome | undefined): PassageStep<F> {
  if (state.phase !== 'referred') return stay(state);
  const measured = screening !== undefined && screening.class !== 'skipped';
  // The reading was already counted when it was judged first.
  const attempts = Math.max(0, state.passage.attempts - (measured ? 1 : 0));
  return begin({ ...state.passage, attempts }, screening);
}

/** Uses the passage from before the command: what was not written is not recorded. */
function onFailed<F>(
  state: PassageState<F>,
  { reason, passage }: { readonly reason: Reason; readonly passage: Passage<F> },
  settings: PassageSettings,
): PassageStep<F> {
  // The outcome of a finished passage could not be written; what follows it must still be done.
  if (state.phase === 'idle') return toIdle();
  // A passage ended for another one failed; the other one has to end too.
  const here = passage.id === state.passage.id ? passage : state.passage;
  return go({ phase: 'refused', passage: here, forReading: false }, [
    { type: 'forgetReadings' },
    { type: 'show', view: { feedback: 'Fault', reasons: [reason] } },
    { type: 'startTimer', name: 'refusal', ms: settings.refusalMs },
  ]);
}
