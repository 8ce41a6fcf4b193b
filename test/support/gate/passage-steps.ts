import type { Reason } from '../../../src/core/access/reasons.ts';
import {
  INITIAL_PASSAGE,
  type PassageCommand,
  type PassageInput,
  type PassageMachine,
  type PassageSettings,
  type TimerName,
} from '../../../src/core/passage/passage.ts';
import { stepPassage } from '../../../src/core/passage/step.ts';
import type { NotMeasurableCause, ScreeningOutcome } from '../../../src/core/screening/screening.ts';

export const SETTINGS: PassageSettings = {
  debounceMs: 3_000,
  measureMs: 20_000,
  repeatAfterMs: 10_000,
  guardMs: 60_000,
  refusalMs: 6_000,
  passageMs: 10_000,
  releaseMs: 3_000,
  doorWatched: true,
  doorOpen: false,
};

export const MEASUREMENT = {
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

export const code = (key: string, id = key, atMs = 0): PassageInput => ({
  type: 'code',
  id,
  codeKey: key,
  atMs,
  urgent: false,
});
export const decided = (
  outcome: 'grant' | 'deny' | 'refer' | 'measure',
  reasons: readonly Reason[] = [],
  screening?: ScreeningOutcome,
): PassageInput => ({ type: 'decided', outcome, reason: reasons[0], reasons, screening });
export const timer = (name: TimerName): PassageInput => ({ type: 'timer', name });

/** Plays inputs and keeps all that the machine commands. */
export function play(inputs: readonly PassageInput[], settings = SETTINGS, from = INITIAL_PASSAGE) {
  let machine: PassageMachine = from;
  const commands: PassageCommand[] = [];
  for (const input of inputs) {
    const step = stepPassage(machine, input, settings);
    machine = step.machine;
    commands.push(...step.commands);
  }
  return { machine, phase: machine.state.phase, commands };
}

/** Commands as short words, for reading. */
export function words(commands: readonly PassageCommand[]): string[] {
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
