import { attributesOf, type Remedy } from '../../core/access/reasons.ts';
import type { Direction, Feedback } from '../../core/access/vocabulary.ts';
import type { PromptMessage, PromptView } from '../../ports/resident-prompt.ts';
import type { Chime } from '../shared/chime.ts';
import { fill, type Locale, reasonWords, wordIn } from '../shared/locale.ts';
import type { PromptInfo } from './prompt-info.ts';

export type PictogramName =
  | 'code'
  | 'again'
  | 'forehead'
  | 'closer'
  | 'further'
  | 'queue'
  | 'walk'
  | 'hand'
  | 'guard'
  | 'clock'
  | 'hourglass'
  | 'door'
  | 'closed'
  | 'broken'
  | 'escape'
  | 'noEntry'
  | 'unplugged';

/** Colour of the whole screen. Each has its own outline behind the picture, so colour is never alone. */
export type Tone = 'calm' | 'act' | 'go' | 'stop' | 'guard' | 'wait' | 'off';

export interface Look {
  readonly picture: PictogramName;
  readonly tone: Tone;
  readonly chime?: Chime;
}

export interface Words {
  readonly say: string;
  readonly do: string;
}

const LOOKS: Record<Feedback, Look> = {
  Idle: { picture: 'code', tone: 'calm' },
  RequireIdentifier: { picture: 'code', tone: 'act', chime: 'attention' },
  RetryIdentifier: { picture: 'again', tone: 'act', chime: 'attention' },
  AccessGranted: { picture: 'walk', tone: 'go', chime: 'granted' },
  AccessDenied: { picture: 'hand', tone: 'stop', chime: 'denied' },
  DoorOpenTooLong: { picture: 'door', tone: 'stop', chime: 'alarm' },
  DoorPreAlarmWarning: { picture: 'door', tone: 'guard', chime: 'attention' },
  TextMessage: { picture: 'guard', tone: 'guard', chime: 'attention' },
  Fault: { picture: 'broken', tone: 'off', chime: 'attention' },
  Disabled: { picture: 'closed', tone: 'off' },
  Measure: { picture: 'forehead', tone: 'act', chime: 'attention' },
  Wait: { picture: 'clock', tone: 'wait' },
  GuardCalled: { picture: 'guard', tone: 'guard', chime: 'attention' },
};

/** A refusal looks and sounds by what it asks for: who was only too slow is not shown the hand of a forger. */
const REFUSALS: Record<Remedy, Look> = {
  again: { picture: 'again', tone: 'act', chime: 'attention' },
  wait: { picture: 'hourglass', tone: 'wait', chime: 'wait' },
  guard: { picture: 'guard', tone: 'guard', chime: 'attention' },
  office: { picture: 'hand', tone: 'stop', chime: 'denied' },
  closed: { picture: 'closed', tone: 'off', chime: 'denied' },
};
const QUEUE: Look = { picture: 'queue', tone: 'wait', chime: 'wait' };
const DISTANCE: Record<'too_far' | 'too_close', Look> = {
  too_far: { picture: 'closer', tone: 'act' },
  too_close: { picture: 'further', tone: 'act' },
};

/** As on the signs of a building: the way out is green, what is forbidden is red. */
const MESSAGE_LOOKS: Record<PromptMessage, Record<Direction, Look>> = {
  FireAlarm: {
    in: { picture: 'noEntry', tone: 'stop', chime: 'alarm' },
    out: { picture: 'escape', tone: 'go', chime: 'alarm' },
  },
  HeldOpen: {
    in: { picture: 'walk', tone: 'go' },
    out: { picture: 'walk', tone: 'go' },
  },
  OutOfOrder: {
    in: { picture: 'broken', tone: 'off' },
    out: { picture: 'broken', tone: 'off' },
  },
};

/** The look of a state without connection: the kiosk says nothing it does not know. */
export const LOST_LOOK: Look = { picture: 'unplugged', tone: 'off' };
export const STARTING_LOOK: Look = { picture: 'hourglass', tone: 'off' };

/** Seconds to count down from: while waiting, and in the pause before a second measurement. */
export function countdownOf({ feedback, waitSeconds }: PromptView): number | undefined {
  return feedback === 'Wait' || feedback === 'Measure' ? waitSeconds : undefined;
}

/** Whether the person is told to come closer or to step back. */
export function isDistanceHint({ cause }: PromptView): boolean {
  return cause === 'too_far' || cause === 'too_close';
}

export function lookOf(view: PromptView): Look {
  if (countdownOf(view) !== undefined) return LOOKS.Wait;
  switch (view.feedback) {
    case 'TextMessage':
      return (
        wordIn<Record<Direction, Look>>(MESSAGE_LOOKS, view.message)?.[view.direction] ?? LOOKS.TextMessage
      );
    case 'Measure':
      if (view.cause === 'one_at_a_time') return QUEUE;
      return wordIn<Look>(DISTANCE, view.cause) ?? LOOKS.Measure;
    case 'AccessDenied':
    case 'RetryIdentifier':
      if (view.cause === 'one_at_a_time') return QUEUE;
      return REFUSALS[view.cause === 'no_subject' ? 'again' : attributesOf(view.reason ?? 'Other').remedy];
    default:
      return wordIn<Look>(LOOKS, view.feedback) ?? LOOKS.Fault;
  }
}

/** What happened and what to do now, for one state in one language. */
export function wordsOf(locale: Locale, view: PromptView, office?: PromptInfo['office']): Words {
  const plain = wordIn<Words>(locale.prompt.feedback, view.feedback) ?? locale.prompt.feedback.Fault;
  const cause = wordIn<Words>(locale.cause, view.cause);
  const reason = view.reason === undefined ? undefined : reasonWords(locale, view.reason);
  switch (view.feedback) {
    case 'AccessGranted':
      return view.direction === 'out' ? locale.prompt.feedback.AccessGrantedOut : plain;
    case 'Measure':
    case 'Wait':
      // Before a second measurement the person first waits: "forehead to the sensor" would come too early.
      return view.cause === 'repeat' && countdownOf(view) !== undefined
        ? { say: locale.prompt.feedback.Wait.say, do: locale.cause.repeat.say }
        : (cause ?? reason ?? plain);
    case 'GuardCalled':
      // The order is always "wait here": what a reason tells people to do is for those who were refused.
      return guardWords(view.guardAway === true ? guardAwayWords(locale, office) : plain, reason);
    case 'AccessDenied':
    case 'RetryIdentifier':
      if (view.cause === 'one_at_a_time') return cause ?? plain;
      // Who did not come to the sensor in time has nothing to ask a guard for: once more from the start.
      if (view.cause === 'no_subject')
        return { say: (reason ?? plain).say, do: locale.reason['gp:PassageTimeout'].do };
      return reason ?? plain;
    case 'TextMessage': {
      const message = wordIn<Record<Direction, Words>>(locale.prompt.message, view.message)?.[view.direction];
      const trouble = wordIn<string>(locale.prompt.trouble, view.trouble);
      if (message === undefined || trouble === undefined) return message ?? plain;
      return { say: message.say, do: `${trouble}\n${message.do}` };
    }
    case 'Fault':
    case 'Disabled':
      return reason ?? plain;
    default:
      return plain;
  }
}

function guardWords({ say, do: advice }: Words, reason: Words | undefined): Words {
  return { say, do: reason === undefined ? advice : `${reason.say}\n${advice}` };
}

/** Nobody sits at the guard's screen: where to go, and whom to call instead. */
function guardAwayWords({ prompt }: Locale, office: PromptInfo['office']): Words {
  const { say, do: advice, call: anyTime, callIn } = prompt.guardAway;
  if (office === undefined) return { say, do: advice };
  const { telephone, hours } = office;
  const call = hours === undefined ? anyTime : callIn;
  return { say, do: `${advice}\n${fill(call, { telephone, hours: hours ?? '' })}` };
}
