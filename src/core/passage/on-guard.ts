import { orderReasons } from '../access/reasons.ts';
import type { PassageCommand, PassageSettings, PassageState, PassageStep } from './passage.ts';
import {
  canBeMeasured,
  go,
  type Input,
  measureAgain,
  outcomeRecords,
  refuse,
  release,
  stay,
  unanswered,
} from './transitions.ts';

/** What follows from a guard's orders about the person who stands here. */

export function onGuardOpen<F>(
  state: PassageState<F>,
  { passage, operator }: Input<F, 'guardOpen'>,
  settings: PassageSettings,
): PassageStep<F> {
  switch (state.phase) {
    case 'measuring':
    case 'pausing':
    case 'referred':
      return release({ ...state.passage, facts: passage.facts }, operator, settings);
    case 'idle':
    case 'refused':
      return release(passage, operator, settings);
    case 'released': {
      // The passage under way ends here, so its outcome is recorded first.
      const released = release(passage, operator, settings);
      return { state: released.state, commands: [...outcomeRecords(state), ...released.commands] };
    }
  }
}

export function onGuardRefuse<F>(
  state: PassageState<F>,
  operator: string,
  settings: PassageSettings,
): PassageStep<F> {
  if (state.phase !== 'referred' && state.phase !== 'measuring' && state.phase !== 'pausing')
    return stay(state);
  const before = state.phase === 'referred' ? state.reasons : unanswered(state.passage);
  const reasons = orderReasons([...before, 'gp:GuardDenied']);
  return refuse(state.passage, { decidedBy: operator, reasons }, settings);
}

/**
 * Starts the measurement again, with its own repeat; a fever seen before is kept. A refusal stays a refusal: a
 * measurement after it begins a new passage.
 */
export function onGuardMeasure<F>(
  state: PassageState<F>,
  id: string,
  settings: PassageSettings,
): PassageStep<F> {
  if (!canBeMeasured(state)) return stay(state);
  const own = state.phase === 'refused' ? { id } : {};
  const passage = { ...state.passage, ...own, attempts: 0 };
  return go({ phase: 'measuring', passage, repeating: true }, measureAgain('repeat', settings));
}

/**
 * What the guard has measured by hand goes with the person from now on. An elevated one ends the waiting, where the site
 * refuses for it; a normal one leaves it to the guard to open.
 */
export function onContactReading<F>(
  state: PassageState<F>,
  { operator, facts, refuses }: Input<F, 'contactReading'>,
  settings: PassageSettings,
): PassageStep<F> {
  if (state.phase === 'idle' || state.phase === 'released') return stay(state);
  const passage = { ...state.passage, facts };
  if (state.phase === 'refused') return stay({ ...state, passage });
  if (refuses) {
    const before = state.phase === 'referred' ? state.reasons : [];
    const reasons = orderReasons([...before, 'gp:TemperatureHigh']);
    return refuse({ ...passage, elevated: true }, { decidedBy: operator, reasons }, settings);
  }
  const goesOn: readonly PassageCommand<F>[] =
    state.phase === 'referred' ? [{ type: 'startTimer', name: 'guard', ms: settings.guardMs }] : [];
  return stay({ ...state, passage }, goesOn);
}
