import { toldAs } from '../../../src/core/access/advice.ts';
import { attributesOf, REASONS } from '../../../src/core/access/reasons.ts';
import {
  ASSIST_STATUSES,
  DIRECTIONS,
  FEEDBACKS,
  type Feedback,
  TALK_TROUBLES,
  type TalkStatus,
} from '../../../src/core/access/vocabulary.ts';
import { OWNER_REFUSALS } from '../../../src/core/decision/pass-owner.ts';
import { LOG_TROUBLES } from '../../../src/core/errors.ts';
import type { PassageCause } from '../../../src/core/passage/passage.ts';
import type { RequestState } from '../../../src/core/report/data-request.ts';
import { ACCOUNT_KINDS } from '../../../src/core/report/pass-account.ts';
import { SENSOR_FAULTS } from '../../../src/core/screening/screening.ts';
import { LANGUAGES } from '../../../src/core/text/language.ts';
import type {
  AccountView,
  PromptMessage,
  PromptView,
  SelfServiceView,
} from '../../../src/ports/resident-prompt.ts';
import {
  advisedWords,
  appearanceOf,
  contactOf,
  countdownOf,
  progressOf,
  showsCall,
  wordsOf,
} from '../../../src/screens/prompt/appearance.ts';
import type { PromptInfo } from '../../../src/screens/prompt/prompt-info.ts';
import { sentenceOf } from '../../../src/screens/prompt/sentences.ts';
import { localeOf } from '../../../src/screens/shared/all-words.ts';
import type { Language } from '../../../src/screens/shared/locale.ts';
import { promptView } from './screen-samples.ts';

/**
 * Every state of the resident's screen, made from the lists of the core and the types of the port: a new word of one of
 * them is a new state, and what has no list here does not compile until it has one.
 */

/** The names of a union that has no list, complete by its type. */
function all<Name extends string>(names: Record<Name, true>): readonly Name[] {
  return Object.keys(names) as Name[];
}

const MESSAGES = all<PromptMessage>({
  ...{ FireAlarm: true, Evacuation: true, SiteLockdown: true, HeldOpen: true, OutOfOrder: true },
  ...{ Identify: true, SelfService: true },
});
const CAUSES = all<PassageCause>({
  ...{ no_subject: true, unstable: true, cold_skin: true, out_of_skin_range: true, environment: true },
  ...{ ambient_drift: true, sensor_missing: true, sensor_silent: true, sensor_framing: true },
  ...{ sensor_wrong_family: true, sensor_invalid: true, sensor_stuck: true },
  ...{ too_far: true, too_close: true, steady: true, one_at_a_time: true, next: true, repeat: true },
});
const REQUEST_STATES = all<RequestState>({
  ...{ open: true, confirmed: true, refused: true, done: true, lapsed: true },
});

const ACCOUNT: AccountView = {
  rows: 12_345,
  since: '2020-02-11',
  // The last one stays as long as a rule needs it.
  lines: ACCOUNT_KINDS.map((kind, at) => ({
    kind,
    count: 12_345,
    ...(at === 4 ? {} : { until: '2020-03-09' }),
  })),
  copies: ['backup', 'servers'],
  mayAsk: true,
};
const NOTE = 'Please come to the property office with your identity card, nine to five';
const REQUESTS = REQUEST_STATES.map((state) => ({
  number: 1002,
  kind: 'erasure' as const,
  state,
  ...(state === 'refused' ? { note: NOTE } : {}),
}));

const STEPS: Record<SelfServiceView['step'], readonly SelfServiceView[]> = {
  code: [{ step: 'code', seconds: 25 }],
  counting: [{ step: 'counting', seconds: 60 }],
  refused: OWNER_REFUSALS.map((why) => ({ step: 'refused', why, seconds: 12 })),
  account: [
    ACCOUNT,
    { ...ACCOUNT, mayAsk: false },
    { rows: 0, lines: [], copies: [], mayAsk: true },
    ...REQUESTS.map((request) => ({ ...ACCOUNT, mayAsk: request.state !== 'open', request })),
  ].map((account) => ({ step: 'account', account, seconds: 60 })),
};

const TALKS = all<TalkStatus>({
  ...{ ready: true, no_screen: true, no_microphone: true, not_pressed_here: true },
  ...{ connecting: true, open: true },
});
const CALLS: readonly NonNullable<PromptView['assist']>[] = ASSIST_STATUSES.flatMap((status) => [
  { status, sinceSeconds: 31 },
  ...TALKS.map((talk) => ({ status, sinceSeconds: 31, talk })),
  ...TALK_TROUBLES.map((trouble) => ({ status, sinceSeconds: 31, trouble })),
]);

/** 22:00 in Shanghai. */
const NIGHT_MS = Date.UTC(2020, 1, 24, 14);

type Values = { readonly [Field in keyof Required<PromptView>]: readonly (PromptView[Field] | undefined)[] };

/** What each field of the view can be; a new field does not compile without values here. */
const VALUES: Values = {
  accessPoint: ['main-in'],
  direction: DIRECTIONS,
  feedback: FEEDBACKS,
  reason: [undefined, ...REASONS],
  cause: [undefined, ...CAUSES],
  progress: [undefined, 0, 0.5, 1],
  message: [undefined, ...MESSAGES],
  gate: ['Willow Court, north gate'],
  trouble: [undefined, ...LOG_TROUBLES],
  waitSeconds: [undefined, 10, 300],
  assist: [undefined, ...CALLS],
  guardAway: [undefined, true],
  needs: [undefined, { largeType: true }],
  selfService: [undefined, ...Object.values(STEPS).flat()],
  nextLevel: [undefined, { level: 'night', atMs: NIGHT_MS }, { level: 'own-name', atMs: NIGHT_MS }],
  simulated: [true, false],
  recordsDegrees: [true, undefined],
};

/** For which reasons a guard is called: those that a guard can overrule, and what a measurement may still remove. */
const REFERRED = REASONS.filter((reason) => {
  const { referable, clock, about } = attributesOf(reason);
  return referable !== '-' || clock === 'refer' || about === 'reading';
});

function isForWaiting(cause: PassageCause | undefined): boolean {
  return (
    cause === 'cold_skin' ||
    cause === 'environment' ||
    cause === 'next' ||
    SENSOR_FAULTS.some((one) => one === cause)
  );
}

/** The fields that change what is said while this is shown, each with every value that goes with the others. */
const SAID_BY: Record<Feedback, readonly Partial<Values>[]> = {
  Idle: [{ nextLevel: VALUES.nextLevel }],
  RequireIdentifier: [{}],
  RetryIdentifier: [
    { reason: [undefined, ...REASONS.filter((reason) => attributesOf(reason).retry === 'retry')] },
    { cause: ['one_at_a_time'] },
  ],
  AccessGranted: [{ direction: DIRECTIONS }],
  AccessDenied: [{ reason: VALUES.reason }, { reason: REFERRED, cause: ['no_subject'] }],
  DoorOpenTooLong: [{}],
  DoorPreAlarmWarning: [{}],
  TextMessage: [
    { message: [undefined, ...MESSAGES.filter((one) => one !== 'Identify')], direction: DIRECTIONS },
    { message: ['OutOfOrder'], direction: DIRECTIONS, trouble: VALUES.trouble },
    { message: ['Identify'], direction: DIRECTIONS, gate: VALUES.gate },
    { message: ['SelfService'], selfService: VALUES.selfService },
  ],
  Fault: [{ reason: [undefined, 'gp:LogUnavailable', 'gp:LockFailed'] }],
  Disabled: [{}],
  Measure: [
    // Where waiting helps, or somebody else has to go first, the screen says so with Wait.
    { cause: VALUES.cause.filter((one) => !isForWaiting(one)) },
    { cause: ['steady'], progress: VALUES.progress },
    { cause: ['repeat'], waitSeconds: VALUES.waitSeconds },
  ],
  Wait: [{ cause: VALUES.cause }, { cause: ['cold_skin'], waitSeconds: VALUES.waitSeconds }],
  GuardCalled: [{ reason: [undefined, ...REFERRED], guardAway: VALUES.guardAway }],
};
/** The fields that add something to any state, or that the words make room for. */
const BESIDE: readonly (keyof PromptView)[] = ['assist', 'needs', 'simulated', 'recordsDegrees'];

function combined(values: Partial<Values>): Partial<PromptView>[] {
  return Object.entries(values).reduce<Partial<PromptView>[]>(
    (views, [field, of]) =>
      views.flatMap((view) => of.map((value) => (value === undefined ? view : { ...view, [field]: value }))),
    [{}],
  );
}

/** What a site has told the screen, as far as it changes what is said. */
export type PromptFacts = Pick<PromptInfo, 'office' | 'advice' | 'assist'>;

/** All that the screen says in a state, in one language. */
export function saidIn(view: PromptView, site: PromptFacts, language: Language) {
  const places = { office: site.office, otherGate: site.assist?.otherGate };
  const locale = localeOf(language);
  const countdown = countdownOf(view);
  const progress = progressOf(view);
  const picture =
    countdown !== undefined
      ? 'countdown'
      : progress !== undefined
        ? 'measuring'
        : appearanceOf(view).pictogram;
  return {
    picture,
    tone: appearanceOf(view).tone,
    words: advisedWords(wordsOf(locale, view, places), view, site, language),
    contact: contactOf(view, site),
    sentence: sentenceOf(view, 'lost'),
    account: view.selfService?.step === 'account' ? view.selfService.account : undefined,
    ending: view.selfService !== undefined,
    call:
      view.assist !== undefined && !showsCall(view) ? locale.prompt.assist.status[view.assist.status] : '',
    countdown,
    progress,
  };
}

/** A state by all that can be perceived of it. */
export function keyOf(view: PromptView, site: PromptFacts): string {
  const { needs, simulated, recordsDegrees, nextLevel } = view;
  const said = LANGUAGES.map((language) => saidIn(view, site, language));
  return JSON.stringify([said, needs?.largeType, simulated, recordsDegrees, nextLevel?.level]);
}

/** One state of each kind that the screen can show at a site, and nothing twice. */
export function promptStates(site: PromptFacts): readonly PromptView[] {
  const views = FEEDBACKS.flatMap((feedback) => {
    const at = { feedback, simulated: true, recordsDegrees: true } as const;
    const plain = BESIDE.flatMap((field) =>
      combined({ [field]: VALUES[field], ...(field === 'assist' ? { guardAway: VALUES.guardAway } : {}) }),
    );
    return [...SAID_BY[feedback].flatMap(combined), ...plain].map((change) =>
      promptView({ ...at, ...(change as object) }),
    );
  });
  const seen = new Map<string, PromptView>();
  for (const view of views) {
    if (view.reason !== undefined && toldAs(view.reason) !== view.reason) continue;
    const key = keyOf(view, site);
    if (!seen.has(key)) seen.set(key, view);
  }
  return [...seen.values()];
}

/** By what is spoken, so that each sentence is awaited once; what leads to the sensor is never next to its like. */
export function inTurn(views: readonly PromptView[]): readonly PromptView[] {
  const groups = new Map<string, PromptView[]>();
  for (const view of views) {
    const sentence = sentenceOf(view, 'lost');
    groups.set(sentence, [...(groups.get(sentence) ?? []), view]);
  }
  const isLed = ([first]: readonly PromptView[]) => first?.feedback === 'Measure';
  const led = [...groups.values()].filter(isLed);
  const others = [...groups.values()].filter((group) => !isLed(group));
  return others.flatMap((group, at) => [...group, ...(led[at] ?? [])]);
}

export function nameOf(view: PromptView): string {
  const { feedback, reason, cause, message, trouble, assist, selfService, needs, direction, guardAway } =
    view;
  const own = [selfService?.step, selfService?.step === 'refused' ? selfService.why : undefined];
  const marks = [direction === 'out' ? 'out' : undefined, needs?.largeType && 'large', guardAway && 'away'];
  return [
    feedback,
    reason,
    cause,
    message,
    trouble,
    ...own,
    assist?.status,
    assist?.talk,
    assist?.trouble,
    ...marks,
  ]
    .filter((word) => word !== undefined)
    .join(' ');
}
