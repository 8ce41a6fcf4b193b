import { orderReasons } from '../access/reasons.ts';
import type { NotMeasurableCause } from '../screening/screening.ts';
import type { Passage, PassageSettings, PassageShow, PassageState, PassageStep } from './passage.ts';
import { go, type Input, measureAgain, recorded, refuse, release, stay, unanswered } from './transitions.ts';

/** Causes that end with time: the person waits, and the gate is free for others meanwhile. */
const WAITING_HELPS: ReadonlySet<NotMeasurableCause> = new Set<NotMeasurableCause>([
  'cold_skin',
  'environment',
  'ambient_drift',
]);

/** Causes for which one repeat is useful, after holding still or coming closer. */
const REPEAT_HELPS: ReadonlySet<NotMeasurableCause> = new Set<NotMeasurableCause>([
  'unstable',
  'out_of_skin_range',
]);

const MEASUREMENTS_MAX = 2;

function onDeny<F>(
  passage: Passage<F>,
  input: Input<F, 'decided'>,
  settings: PassageSettings,
): PassageStep<F> {
  const onlyHigh = input.reasons.length === 1 && input.reason === 'gp:TemperatureHigh';
  if (onlyHigh && passage.attempts < MEASUREMENTS_MAX) {
    return go({ phase: 'pausing', passage }, [
      {
        type: 'show',
        view: { feedback: 'Measure', reasons: [], cause: 'repeat', waitMs: settings.repeatAfterMs },
      },
      { type: 'startTimer', name: 'pause', ms: settings.repeatAfterMs },
    ]);
  }
  return refuse(passage, { decidedBy: 'auto', reasons: input.reasons }, settings);
}

function onRefer<F>(
  passage: Passage<F>,
  input: Input<F, 'decided'>,
  settings: PassageSettings,
): PassageStep<F> {
  const { screening } = input;
  const notMeasured = screening?.class === 'notMeasurable' ? screening : undefined;
  if (notMeasured?.cause === 'no_subject') {
    // Nobody came to the sensor, so there is nobody for the guard either.
    const reasons = orderReasons([...input.reasons, ...unanswered(passage), 'gp:PassageTimeout']);
    return refuse(passage, { decidedBy: 'auto', reasons, cause: 'no_subject' }, settings);
  }
  if (passage.elevated) {
    const reasons = orderReasons([...input.reasons, 'gp:TemperatureHigh']);
    return refuse(passage, { decidedBy: 'auto', reasons }, settings);
  }
  const onlyScreening = input.reasons.every((reason) => reason === 'gp:TemperatureNotMeasured');
  if (notMeasured !== undefined && onlyScreening && passage.attempts < MEASUREMENTS_MAX) {
    if (REPEAT_HELPS.has(notMeasured.cause)) {
      return go({ phase: 'measuring', passage, repeating: true }, measureAgain(notMeasured.cause, settings));
    }
  }
  const waiting = notMeasured !== undefined && onlyScreening && WAITING_HELPS.has(notMeasured.cause);
  const waitMs = waiting ? notMeasured.waitMs : undefined;
  const view: PassageShow = {
    feedback: waiting ? 'Wait' : 'GuardCalled',
    reasons: input.reasons,
    ...(notMeasured === undefined ? {} : { cause: notMeasured.cause }),
    ...(waitMs === undefined ? {} : { waitMs }),
  };
  return go({ phase: 'referred', passage: recorded(passage), waiting, reasons: input.reasons }, [
    { type: 'record', passage, record: { name: 'access.requested', reasons: input.reasons } },
    { type: 'forgetReadings' },
    { type: 'show', view },
    // The pass stays ready for as long as the person was told to wait.
    { type: 'startTimer', name: 'guard', ms: settings.guardMs + (waitMs ?? 0) },
  ]);
}

export function onDecision<F>(
  state: PassageState<F>,
  input: Input<F, 'decided'>,
  settings: PassageSettings,
): PassageStep<F> {
  if (state.phase !== 'measuring') return stay(state);
  const { screening } = input;
  const measured = screening !== undefined && screening.class !== 'skipped';
  const passage: Passage<F> = {
    ...state.passage,
    facts: input.facts,
    attempts: state.passage.attempts + (measured ? 1 : 0),
    elevated: state.passage.elevated || screening?.class === 'elevated',
  };
  switch (input.outcome) {
    case 'measure':
      return go({ phase: 'measuring', passage, repeating: state.repeating }, [
        { type: 'show', view: { feedback: 'Measure', reasons: [] } },
        { type: 'startTimer', name: 'measure', ms: settings.measureMs },
      ]);
    case 'grant':
      return release(passage, 'auto', settings);
    case 'deny':
      return onDeny(passage, input, settings);
    case 'refer':
      return onRefer(passage, input, settings);
  }
}
