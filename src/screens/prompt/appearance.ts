import { namesOffice, remedyOf, siteAdvice, toldAs } from '../../core/access/advice.ts';
import type { Remedy } from '../../core/access/reasons.ts';
import type { Direction, Feedback } from '../../core/access/vocabulary.ts';
import type { MeasuringHint } from '../../core/screening/guidance.ts';
import type { PromptMessage, PromptView, SelfServiceView } from '../../ports/resident-prompt.ts';
import type { Chime } from '../shared/chime.ts';
import { fill, type Language, reasonWords, wordIn } from '../shared/locale.ts';
import type { PromptInfo } from './prompt-info.ts';
import type { ResidentWords } from './resident-words.ts';
import { ROOM_FOR_CALL } from './sentences.ts';

export type PictogramName =
  | 'code'
  | 'phone'
  | 'again'
  | 'forehead'
  | 'closer'
  | 'further'
  | 'still'
  | 'uncover'
  | 'queue'
  | 'walk'
  | 'hand'
  | 'guard'
  | 'talk'
  | 'clock'
  | 'hourglass'
  | 'door'
  | 'closed'
  | 'broken'
  | 'escape'
  | 'noEntry'
  | 'unplugged'
  | 'paper';

/**
 * Colour of the whole screen. Each has its own shape behind the picture, so the meaning does not depend on colour
 * alone.
 */
export type Tone = 'calm' | 'act' | 'go' | 'stop' | 'guard' | 'wait' | 'off';

export interface Appearance {
  readonly pictogram: PictogramName;
  readonly tone: Tone;
  readonly chime?: Chime;
}

/** What the site has to say. */
export type SiteWords = Pick<PromptInfo, 'office' | 'advice' | 'notice' | 'post'>;

export interface Words {
  readonly say: string;
  readonly do: string;
}

const APPEARANCES: Record<Feedback, Appearance> = {
  Idle: { pictogram: 'code', tone: 'calm' },
  RequireIdentifier: { pictogram: 'code', tone: 'act', chime: 'attention' },
  RetryIdentifier: { pictogram: 'again', tone: 'act', chime: 'attention' },
  AccessGranted: { pictogram: 'walk', tone: 'go', chime: 'granted' },
  AccessDenied: { pictogram: 'hand', tone: 'stop', chime: 'denied' },
  DoorOpenTooLong: { pictogram: 'door', tone: 'stop', chime: 'alarm' },
  DoorPreAlarmWarning: { pictogram: 'door', tone: 'guard', chime: 'attention' },
  TextMessage: { pictogram: 'guard', tone: 'guard', chime: 'attention' },
  Fault: { pictogram: 'broken', tone: 'off', chime: 'attention' },
  Disabled: { pictogram: 'closed', tone: 'off' },
  Measure: { pictogram: 'forehead', tone: 'act', chime: 'attention' },
  Wait: { pictogram: 'clock', tone: 'wait' },
  GuardCalled: { pictogram: 'guard', tone: 'guard', chime: 'attention' },
};

/**
 * Look and sound of a refusal depend on what the person should do, so that e.g. a person who was too slow does not see
 * the stop sign.
 */
const REFUSALS: Record<Remedy, Appearance> = {
  again: { pictogram: 'again', tone: 'act', chime: 'attention' },
  wait: { pictogram: 'hourglass', tone: 'wait', chime: 'wait' },
  guard: { pictogram: 'guard', tone: 'guard', chime: 'attention' },
  office: { pictogram: 'hand', tone: 'stop', chime: 'denied' },
  closed: { pictogram: 'closed', tone: 'off', chime: 'denied' },
};
const QUEUE: Appearance = { pictogram: 'queue', tone: 'wait', chime: 'wait' };
/** What leads to the sensor. */
const HINTS: Record<MeasuringHint, Appearance> = {
  too_far: { pictogram: 'closer', tone: 'act' },
  too_close: { pictogram: 'further', tone: 'act' },
  unstable: { pictogram: 'still', tone: 'act' },
  out_of_skin_range: { pictogram: 'uncover', tone: 'act' },
  ambient_drift: { pictogram: 'hourglass', tone: 'wait' },
  steady: { pictogram: 'forehead', tone: 'act' },
};

/** As on signs in buildings: the way out is green, what is forbidden is red. */
const MESSAGE_LOOKS: Record<Exclude<PromptMessage, 'SelfService'>, Record<Direction, Appearance>> = {
  FireAlarm: {
    in: { pictogram: 'noEntry', tone: 'stop', chime: 'alarm' },
    out: { pictogram: 'escape', tone: 'go', chime: 'alarm' },
  },
  Evacuation: {
    in: { pictogram: 'noEntry', tone: 'stop', chime: 'alarm' },
    out: { pictogram: 'escape', tone: 'go', chime: 'alarm' },
  },
  SiteLockdown: {
    in: { pictogram: 'closed', tone: 'off', chime: 'attention' },
    out: { pictogram: 'closed', tone: 'off', chime: 'attention' },
  },
  HeldOpen: {
    in: { pictogram: 'walk', tone: 'go' },
    out: { pictogram: 'walk', tone: 'go' },
  },
  OutOfOrder: {
    in: { pictogram: 'broken', tone: 'off' },
    out: { pictogram: 'broken', tone: 'off' },
  },
  Identify: {
    in: { pictogram: 'walk', tone: 'wait', chime: 'attention' },
    out: { pictogram: 'walk', tone: 'wait', chime: 'attention' },
  },
};

/** Somebody asks what is kept about a pass: nothing of it looks like a way through. */
const SELF_SERVICE_LOOKS: Record<SelfServiceView['step'], Appearance> = {
  code: { pictogram: 'phone', tone: 'wait' },
  counting: { pictogram: 'hourglass', tone: 'wait' },
  refused: { pictogram: 'phone', tone: 'wait', chime: 'attention' },
  account: { pictogram: 'phone', tone: 'wait' },
};

const CALL_LOOKS: Record<NonNullable<PromptView['assist']>['status'], Appearance> = {
  ringing: { pictogram: 'guard', tone: 'guard', chime: 'wait' },
  unanswered: { pictogram: 'guard', tone: 'wait', chime: 'attention' },
  coming: { pictogram: 'walk', tone: 'act', chime: 'attention' },
  refused: { pictogram: 'hand', tone: 'stop', chime: 'denied' },
  talking: { pictogram: 'talk', tone: 'act', chime: 'attention' },
};

/** The look without a connection, when the state of the gate is not known. */
export const LOST: Appearance = { pictogram: 'unplugged', tone: 'off' };
export const STARTING: Appearance = { pictogram: 'hourglass', tone: 'off' };

/** Start of the countdown in seconds: while waiting, and in the pause before a second measurement. */
export function countdownOf({ feedback, waitSeconds }: PromptView): number | undefined {
  return feedback === 'Wait' || feedback === 'Measure' ? waitSeconds : undefined;
}

type Calling = PromptView & { readonly assist: NonNullable<PromptView['assist']> };

/** Whether the words of the screen are about a call. */
export function showsCall(view: PromptView): view is Calling {
  return view.assist !== undefined && ROOM_FOR_CALL.has(view.feedback);
}

/** Whether the person is led to the sensor: what is told then changes with each movement. */
export function isMeasuringHint({ feedback, cause }: PromptView): boolean {
  return feedback === 'Measure' && cause !== undefined && Object.hasOwn(HINTS, cause);
}

/** How full the ring of a measurement is, 0 to 1; undefined: there is none. */
export function progressOf({ feedback, cause, progress }: PromptView): number | undefined {
  return feedback === 'Measure' && cause === 'steady' ? (progress ?? 0) : undefined;
}

export function appearanceOf(view: PromptView): Appearance {
  if (showsCall(view)) return CALL_LOOKS[view.assist.status];
  if (countdownOf(view) !== undefined) return APPEARANCES.Wait;
  switch (view.feedback) {
    case 'TextMessage':
      if (view.selfService !== undefined) return SELF_SERVICE_LOOKS[view.selfService.step];
      return (
        wordIn<Record<Direction, Appearance>>(MESSAGE_LOOKS, view.message)?.[view.direction] ??
        APPEARANCES.TextMessage
      );
    case 'Wait':
      return view.cause === 'next' ? QUEUE : APPEARANCES.Wait;
    case 'Measure':
      if (view.cause === 'one_at_a_time') return QUEUE;
      return wordIn<Appearance>(HINTS, view.cause) ?? APPEARANCES.Measure;
    case 'AccessDenied':
    case 'RetryIdentifier':
      if (view.cause === 'one_at_a_time') return QUEUE;
      return REFUSALS[askedOf(view) ?? 'guard'];
    default:
      return wordIn<Appearance>(APPEARANCES, view.feedback) ?? APPEARANCES.Fault;
  }
}

/** What a person who cannot go through now is asked for; undefined where the screen asks for something else. */
function askedOf(view: PromptView): Remedy | undefined {
  const { feedback, cause, reason } = view;
  if (cause === 'one_at_a_time' || showsCall(view)) return undefined;
  switch (feedback) {
    case 'AccessDenied':
    case 'RetryIdentifier':
      return cause === 'no_subject' ? 'again' : remedyOf(reason ?? 'Other');
    case 'Fault':
      return 'guard';
    case 'Disabled':
      return 'closed';
    default:
      return undefined;
  }
}

/** The words of a state with those of the site: instead of the program's advice, and what follows it. */
export function advisedWords(
  words: Words,
  view: PromptView,
  { advice }: SiteWords,
  language: Language,
): Words {
  const remedy = askedOf(view);
  if (remedy === undefined || advice === undefined) return words;
  // What is asked for is then not what the reason asks for.
  const reason = view.cause === 'no_subject' ? undefined : view.reason;
  const { instead, more } = siteAdvice(advice, { reason, remedy }, language);
  const told = instead ?? words.do;
  return { say: words.say, do: more === undefined ? told : `${told}\n${more}` };
}

/** Where to go and whom to call, the same in every language; `code` is the text of a QR code. */
export interface Contact {
  readonly address?: string;
  readonly telephone: string;
  readonly hours?: string;
  readonly code?: string;
}

export function contactOf(view: PromptView, { office, advice }: SiteWords): Contact | undefined {
  const remedy = askedOf(view);
  if (remedy === undefined || office === undefined || !namesOffice(remedy)) return undefined;
  const { telephone, hours, address, link } = office;
  const call = { telephone, ...(hours === undefined ? {} : { hours }) };
  if (remedy !== 'office') return call;
  const code = link ?? address;
  return {
    ...call,
    // The site may have said in words where its office is.
    ...(address === undefined || advice?.office !== undefined ? {} : { address }),
    ...(code === undefined ? {} : { code }),
  };
}

/** Where help is when no guard is. */
interface NextSteps {
  readonly office?: PromptInfo['office'] | undefined;
  readonly otherGate?: string | undefined;
}

/** The words of one state in one language: what happened and what to do now. */
export function wordsOf(
  locale: ResidentWords,
  view: PromptView,
  { office, otherGate }: NextSteps = {},
): Words {
  if (showsCall(view)) return callWords(locale, view, { office, otherGate });
  const plain = wordIn<Words>(locale.prompt.feedback, view.feedback) ?? locale.prompt.feedback.Fault;
  const cause = wordIn<Words>(locale.cause, view.cause);
  const reason = view.reason === undefined ? undefined : reasonWords(locale, toldAs(view.reason));
  switch (view.feedback) {
    case 'AccessGranted':
      return view.direction === 'out' ? locale.prompt.feedback.AccessGrantedOut : plain;
    case 'Measure':
    case 'Wait':
      // In the pause before a second measurement the person has to wait first.
      return view.cause === 'repeat' && countdownOf(view) !== undefined
        ? { say: locale.prompt.feedback.Wait.say, do: locale.cause.repeat.say }
        : (cause ?? reason ?? plain);
    case 'GuardCalled':
      // The words always ask to wait here; the advice of a reason is only for people who were refused.
      return guardWords(view.guardAway === true ? guardAwayWords(locale, office) : plain, reason);
    case 'AccessDenied':
    case 'RetryIdentifier':
      if (view.cause === 'one_at_a_time') return cause ?? plain;
      // A person who did not come to the sensor in time starts again and needs no guard.
      if (view.cause === 'no_subject')
        return { say: (reason ?? plain).say, do: locale.reason['gp:PassageTimeout'].do };
      return reason ?? plain;
    case 'TextMessage': {
      if (view.selfService !== undefined) return selfServiceWords(locale, view.selfService);
      const message = wordIn<Record<Direction, Words>>(locale.prompt.message, view.message)?.[view.direction];
      const trouble = wordIn<string>(locale.prompt.trouble, view.trouble);
      if (message !== undefined && view.gate !== undefined)
        return { ...message, say: fill(message.say, { gate: view.gate }) };
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

/** Where the account itself is not shown, only that it is asked for. */
function selfServiceWords({ prompt }: ResidentWords, view: SelfServiceView): Words {
  const words = prompt.selfService;
  if (view.step === 'refused') return wordIn<Words>(words.refused, view.why) ?? words.refused.unavailable;
  return view.step === 'code' ? words.code : words.counting;
}

function guardWords({ say, do: advice }: Words, reason: Words | undefined): Words {
  return { say, do: reason === undefined ? advice : `${reason.say}\n${advice}` };
}

/** The words about a call. Where nobody answers, or no guard's page is open, they name the next step and promise nobody. */
function callWords({ prompt }: ResidentWords, view: Calling, { office, otherGate }: NextSteps): Words {
  const { status, talk, trouble } = view.assist;
  const words = prompt.assist;
  if (status === 'talking') return talk === 'open' ? words.talking : words.connecting;
  const isAlone = status === 'unanswered' || (status === 'ringing' && view.guardAway === true);
  const { say, do: advice } = words[isAlone ? 'unanswered' : status];
  if (status === 'ringing' && !isAlone)
    return (
      wordIn<Words>(words.trouble, trouble) ?? {
        say,
        do: talk === 'ready' ? `${advice}\n${words.mayTalk}` : advice,
      }
    );
  if (status === 'coming') return { say, do: advice };
  const steps = [
    office === undefined ? advice : callOffice(words, office),
    ...(otherGate === undefined ? [] : [fill(words.otherGate, { otherGate })]),
  ];
  return { say, do: steps.join('\n') };
}

function callOffice(
  { call, callIn }: { readonly call: string; readonly callIn: string },
  { telephone, hours }: NonNullable<PromptInfo['office']>,
): string {
  return fill(hours === undefined ? call : callIn, { telephone, hours: hours ?? '' });
}

/** Words for a guard's screen without a guard: where to go and whom to call. */
function guardAwayWords({ prompt }: ResidentWords, office: PromptInfo['office']): Words {
  const { say, do: advice } = prompt.guardAway;
  if (office === undefined) return { say, do: advice };
  return { say, do: `${advice}\n${callOffice(prompt.guardAway, office)}` };
}
