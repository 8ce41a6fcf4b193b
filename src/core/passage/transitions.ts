import { LONGEST_RELEASE_MS } from '../access/bounds.ts';
import { attributesOf, onlyAboutReading, type Reason } from '../access/reasons.ts';
import type { ScreeningOutcome } from '../screening/screening.ts';
import type {
  Passage,
  PassageCause,
  PassageCommand,
  PassageInput,
  PassageSettings,
  PassageShow,
  PassageState,
  PassageStep,
} from './passage.ts';

export type Input<F, T extends PassageInput<F>['type']> = Extract<PassageInput<F>, { type: T }>;

const IDLE: PassageShow = { feedback: 'Idle', reasons: [] };
export const GRANTED: PassageShow = { feedback: 'AccessGranted', reasons: [] };

export function stay<F>(state: PassageState<F>, commands: readonly PassageCommand<F>[] = []): PassageStep<F> {
  return { state, commands };
}

export function go<F>(state: PassageState<F>, commands: readonly PassageCommand<F>[]): PassageStep<F> {
  return { state, commands: [{ type: 'stopTimers' }, ...commands] };
}

/** The passage after the row of its next command is durable. */
export function recorded<F>(passage: Passage<F>): Passage<F> {
  return { ...passage, recorded: true };
}

/** Records first, then moves the gate; the commands are carried out in this order. */
export function release<F>(
  passage: Passage<F>,
  decidedBy: string,
  settings: PassageSettings,
): PassageStep<F> {
  const isAssumed = settings.doorOpen || settings.contactSilent === true;
  const outcome = !settings.doorWatched ? 'unwatched' : isAssumed ? 'assumed' : 'expected';
  const wayMs = settings.passageMs * passage.pace;
  const slowMs = Math.max(settings.releaseMs * passage.pace, passage.keepsOpen ? wayMs : 0);
  const releaseMs = Math.max(settings.releaseMs, Math.min(LONGEST_RELEASE_MS, slowMs));
  return go({ phase: 'released', passage: recorded(passage), outcome }, [
    { type: 'record', passage, record: { name: 'access.granted', decidedBy } },
    { type: 'release', passage: recorded(passage), ms: releaseMs },
    { type: 'forgetReadings', until: 'newcomer' },
    { type: 'show', view: GRANTED },
    {
      type: 'startTimer',
      name: 'passage',
      ms: settings.doorWatched ? wayMs : releaseMs,
    },
  ]);
}

export function refuse<F>(
  passage: Passage<F>,
  refusal: { decidedBy: string; reasons: readonly Reason[]; cause?: PassageShow['cause'] },
  settings: PassageSettings,
): PassageStep<F> {
  const [reason] = refusal.reasons;
  const { retry, asks } = attributesOf(reason ?? 'Other');
  const forReading = onlyAboutReading(refusal.reasons);
  return go({ phase: 'refused', passage: recorded(passage), forReading }, [
    {
      type: 'record',
      passage,
      record: { name: 'access.denied', decidedBy: refusal.decidedBy, reasons: refusal.reasons },
    },
    { type: 'forgetReadings' },
    {
      type: 'show',
      view: {
        feedback: retry === 'retry' ? 'RetryIdentifier' : 'AccessDenied',
        reasons: refusal.reasons,
        ...(refusal.cause === undefined ? {} : { cause: refusal.cause }),
      },
    },
    { type: 'startTimer', name: 'refusal', ms: settings.refusalMs * (asks === 'asks' ? 2 : 1) },
  ]);
}

type Measurable<F> = Extract<PassageState<F>, { phase: 'measuring' | 'pausing' | 'referred' | 'refused' }>;

/** Whether another measurement can change anything for the person who stands here. */
export function canBeMeasured<F>(state: PassageState<F>): state is Measurable<F> {
  switch (state.phase) {
    case 'measuring':
    case 'pausing':
    case 'referred':
      return true;
    case 'refused':
      return state.forReading;
    case 'idle':
    case 'released':
      return false;
  }
}

/** Only frames from now on count. */
export function measureAgain(
  cause: PassageCause,
  settings: PassageSettings,
): readonly PassageCommand<never>[] {
  return [
    { type: 'forgetReadings' },
    { type: 'show', view: { feedback: 'Measure', reasons: [], cause } },
    { type: 'startTimer', name: 'measure', ms: settings.measureMs },
  ];
}

export function toIdle(): PassageStep<never> {
  return go({ phase: 'idle' }, [{ type: 'forgetReadings' }, { type: 'show', view: IDLE }]);
}

export type Released<F> = Extract<PassageState<F>, { phase: 'released' }>;

/** The state stays `measuring` while the decision is made; the answer changes it. */
export function begin<F>(passage: Passage<F>, screening?: ScreeningOutcome): PassageStep<F> {
  return go({ phase: 'measuring', passage, repeating: false }, [{ type: 'evaluate', passage, screening }]);
}

/** The way is free: the next person is decided about, if there is one. */
export function clearWay<F>({ passage, outcome, next }: Released<F>): PassageStep<F> {
  const relock = passage.keepsOpen && outcome === 'taken' ? ([{ type: 'relock' }] as const) : [];
  const cleared = [...relock, { type: 'admitReadings' } as const];
  if (next === undefined) return go({ phase: 'idle' }, [...cleared, { type: 'show', view: IDLE }]);
  const begun = begin(next.passage, next.screening);
  return { state: begun.state, commands: [...cleared, ...begun.commands] };
}

export function endPassage<F>(state: Released<F>): PassageStep<F> {
  const cleared = clearWay(state);
  const unmoved: readonly PassageCommand<F>[] = state.outcome === 'expected' ? [{ type: 'tellUnmoved' }] : [];
  return { state: cleared.state, commands: [...unmoved, ...outcomeRecords(state), ...cleared.commands] };
}

/** The records of a released passage when it is over. */
export function outcomeRecords<F>({ passage, outcome }: Released<F>): readonly PassageCommand<F>[] {
  switch (outcome) {
    case 'unwatched':
    case 'taken':
      return [];
    case 'assumed':
      return [{ type: 'record', passage, record: { name: 'access.taken', seen: false } }];
    case 'expected':
      return [{ type: 'record', passage, record: { name: 'access.nottaken' } }];
  }
}

/** An elevated reading that was never repeated remains. */
export function unanswered({ elevated }: Pick<Passage<unknown>, 'elevated'>): readonly Reason[] {
  return elevated ? ['gp:TemperatureHigh'] : [];
}
