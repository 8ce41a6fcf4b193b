import { attributesOf, onlyAboutReading, type Reason } from '../access/reasons.ts';
import type {
  Passage,
  PassageCause,
  PassageCommand,
  PassageInput,
  PassageMachine,
  PassageSettings,
  PassageShow,
  PassageState,
  PassageStep,
} from './passage.ts';

export type Input<T extends PassageInput['type']> = Extract<PassageInput, { type: T }>;

const IDLE: PassageShow = { feedback: 'Idle', reasons: [] };

export function stay(machine: PassageMachine, commands: readonly PassageCommand[] = []): PassageStep {
  return { machine, commands };
}

export function go(
  machine: PassageMachine,
  state: PassageState,
  commands: readonly PassageCommand[],
): PassageStep {
  return { machine: { ...machine, state }, commands: [{ type: 'stopTimers' }, ...commands] };
}

/** Records first, then moves the gate: the order of these commands is the order in which they are carried out. */
export function release(
  machine: PassageMachine,
  passage: Passage,
  decidedBy: string,
  settings: PassageSettings,
): PassageStep {
  const isAssumed = settings.doorOpen || settings.contactSilent === true;
  const outcome = !settings.doorWatched ? 'unwatched' : isAssumed ? 'assumed' : 'expected';
  return go(machine, { phase: 'released', passage, outcome }, [
    { type: 'record', passage, record: { name: 'access.granted', decidedBy } },
    { type: 'release', passage },
    { type: 'forgetReadings' },
    { type: 'show', view: { feedback: 'AccessGranted', reasons: [] } },
    {
      type: 'startTimer',
      name: 'passage',
      ms: settings.doorWatched ? settings.passageMs : settings.releaseMs,
    },
  ]);
}

export function refuse(
  machine: PassageMachine,
  passage: Passage,
  refusal: { decidedBy: string; reasons: readonly Reason[]; cause?: PassageShow['cause'] },
  settings: PassageSettings,
): PassageStep {
  const [reason] = refusal.reasons;
  const { retry, asks } = attributesOf(reason ?? 'Other');
  const forReading = onlyAboutReading(refusal.reasons);
  return go(machine, { phase: 'refused', passage, forReading }, [
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

type Measurable = Extract<PassageState, { phase: 'measuring' | 'pausing' | 'referred' | 'refused' }>;

/** Whether somebody stands here for whom another measurement can change anything. */
export function canBeMeasured(state: PassageState): state is Measurable {
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
export function measureAgain(cause: PassageCause, settings: PassageSettings): readonly PassageCommand[] {
  return [
    { type: 'forgetReadings' },
    { type: 'show', view: { feedback: 'Measure', reasons: [], cause } },
    { type: 'startTimer', name: 'measure', ms: settings.measureMs },
  ];
}

export function toIdle(machine: PassageMachine): PassageStep {
  return go(machine, { phase: 'idle' }, [{ type: 'forgetReadings' }, { type: 'show', view: IDLE }]);
}

type Released = Extract<PassageState, { phase: 'released' }>;

export function endPassage(machine: PassageMachine, state: Released): PassageStep {
  const idle = toIdle(machine);
  const unmoved: readonly PassageCommand[] = state.outcome === 'expected' ? [{ type: 'tellUnmoved' }] : [];
  return { machine: idle.machine, commands: [...unmoved, ...outcomeRecords(state), ...idle.commands] };
}

/** What is to be written down of a released passage when it is over. */
export function outcomeRecords({ passage, outcome }: Released): readonly PassageCommand[] {
  switch (outcome) {
    case 'unwatched':
    case 'taken':
      return [];
    case 'assumed':
      return [takenRecord(passage)];
    case 'expected':
      return [{ type: 'record', passage, record: { name: 'access.nottaken' } }];
  }
}

export function takenRecord(passage: Passage): PassageCommand {
  return { type: 'record', passage, record: { name: 'access.taken' } };
}

/** An elevated reading that was never repeated stands. */
export function unanswered(passage: Passage): readonly Reason[] {
  return passage.elevated ? ['gp:TemperatureHigh'] : [];
}
