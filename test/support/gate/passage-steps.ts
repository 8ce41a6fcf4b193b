import type { Reason } from '../../../src/core/access/reasons.ts';
import {
  newPassage,
  type Passage,
  type PassageCommand,
  type PassageInput,
  type PassageSettings,
  type PassageState,
  type TimerName,
} from '../../../src/core/passage/passage.ts';
import { stepPassage } from '../../../src/core/passage/step.ts';
import type { NotMeasurableCause, ScreeningOutcome } from '../../../src/core/screening/screening.ts';

export const SETTINGS: PassageSettings = {
  measureMs: 20_000,
  repeatAfterMs: 10_000,
  guardMs: 60_000,
  refusalMs: 6_000,
  passageMs: 10_000,
  releaseMs: 3_000,
  doorWatched: true,
  doorOpen: false,
};

const MEASUREMENT = {
  objectC: 36.5,
  ambientC: 22,
  estimateC: 36.5,
  model: 'none/1',
  atMs: 0,
  frames: 9,
};
export const NORMAL: ScreeningOutcome = { class: 'normal', measurement: MEASUREMENT, attempts: 1 };
export const ELEVATED: ScreeningOutcome = { class: 'elevated', measurement: MEASUREMENT, attempts: 1 };
export const notMeasurable = (cause: NotMeasurableCause): ScreeningOutcome => ({
  class: 'notMeasurable',
  cause,
  attempts: 1,
  waitMs: 300_000,
});

/** The facts are strings here, because the machine does not read them. */
export type Input = PassageInput<string>;
type Command = PassageCommand<string>;
type State = PassageState<string>;

export const IDLE: State = { phase: 'idle' };

/** The passage of a person who shows the code `key`, or none. */
export const person = (id: string, key: string | undefined = id, pace = 1): Passage<string> =>
  newPassage({ id, codeKey: key, pace, keepsOpen: false, facts: `read of ${id}` });
export const code = (key: string, id = key, urgent = false): Input => ({
  type: 'code',
  passage: person(id, key),
  urgent,
});
export const decision = (
  outcome: 'grant' | 'deny' | 'refer' | 'measure',
  reasons: readonly Reason[] = [],
  screening?: ScreeningOutcome,
  facts = 'judged',
): Input => ({ type: 'decided', outcome, reason: reasons[0], reasons, screening, facts });
export const timer = (name: TimerName): Input => ({ type: 'timer', name });
export const guardOpen = (id: string): Input => ({
  type: 'guardOpen',
  passage: newPassage({ id, codeKey: undefined, pace: 1, keepsOpen: false, facts: `known of ${id}` }),
  operator: 'li',
});

/** Gives inputs to the machine and collects its commands. */
export function runInputs(inputs: readonly Input[], settings = SETTINGS, from = IDLE) {
  let state = from;
  const commands: Command[] = [];
  for (const input of inputs) {
    const step = stepPassage(state, input, settings);
    state = step.state;
    commands.push(...step.commands);
  }
  return { state, phase: state.phase, commands };
}

/** Commands as short words, for reading. */
export function words(commands: readonly Command[]): string[] {
  return commands.flatMap((command) => {
    switch (command.type) {
      case 'record':
        return [
          command.record.name + ('reasons' in command.record ? ` ${command.record.reasons.join(',')}` : ''),
        ];
      case 'release':
        return ['release'];
      case 'turnAway':
        return ['turnAway'];
      case 'show':
        return [`show ${command.view.feedback}`];
      case 'evaluate':
        return ['evaluate'];
      default:
        return [];
    }
  });
}

export const GRANT = ['access.granted', 'release', 'show AccessGranted'];
