import type { ScreeningOutcome } from '../screening/screening.ts';
import type { NextInLine, PassageCommand, PassageShow, PassageState, PassageStep } from './passage.ts';
import { GRANTED, type Released, stay } from './transitions.ts';

/**
 * The next person, who shows a good pass while the one before is still on the way through. Nothing opens and nothing is
 * recorded of it until that way is over: the door has closed again behind one person, or the time is up. Then it is
 * decided as if the pass was shown at that moment. Who is in line may be measured meanwhile.
 */

/** How long a code waits after it was read last, in milliseconds: as long as it counts as one showing. */
const WAITS_MS = 3_000;
const TIMER = { type: 'startTimer', name: 'next', ms: WAITS_MS } as const;

export function standInLine<F>(state: Released<F>, next: NextInLine<F>): PassageStep<F> {
  return stay({ ...state, next }, [TIMER, show(next)]);
}

/** Whoever still shows the code still waits. */
export function onStillShown<F>(state: PassageState<F>, codeKey: string): PassageStep<F> {
  const isNext = state.phase === 'released' && state.next?.passage.codeKey === codeKey;
  return stay(state, isNext ? [TIMER] : []);
}

/** Only a finished reading is kept: what cannot be measured yet has time until it is the turn of the person. */
export function onNextScreened<F>(state: Released<F>, outcome: ScreeningOutcome): PassageStep<F> {
  const { next } = state;
  const isReading = outcome.class === 'normal' || outcome.class === 'elevated';
  if (!isReading || next === undefined || !awaitsForehead(state)) return stay(state);
  const measured = { ...next, screening: outcome };
  return stay({ ...state, next: measured }, [show(measured)]);
}

/** The code was taken away, so nobody may be there any more. */
export function leaveLine<F>(state: Released<F>): PassageStep<F> {
  const { next, ...rest } = state;
  if (next === undefined) return stay(state);
  return stay(rest, [
    { type: 'show', view: GRANTED },
    { type: 'turnAway', passage: next.passage },
  ]);
}

/** Whether the next person in line is to be measured. */
export function awaitsForehead<F>(state: PassageState<F>): boolean {
  return state.phase === 'released' && state.next?.measures === true && state.next.screening === undefined;
}

function show<F>({ passage, measures, screening }: NextInLine<F>): PassageCommand<F> {
  const view: PassageShow =
    measures && screening === undefined
      ? { feedback: 'Measure', reasons: [] }
      : { feedback: 'Wait', reasons: [], cause: 'next' };
  return { type: 'show', view, next: passage };
}
