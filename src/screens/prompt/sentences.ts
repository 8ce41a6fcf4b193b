import { attributesOf, type Reason, type Remedy } from '../../core/access/reasons.ts';
import type { Feedback } from '../../core/access/vocabulary.ts';
import type { PromptMessage, PromptView } from '../../ports/resident-prompt.ts';

/** What can be spoken: the keys of `speech` in the locale files, and the names of the files in config/voices. */
// biome-ignore format: a list
export const SENTENCES = [
  'scan', 'scan-now', 'scan-again', 'go-in', 'go-out', 'held-open',
  'refused', 'gate-trouble', 'closed', 'full', 'one-at-a-time',
  'measure', 'closer', 'further', 'hold-still', 'uncover',
  'wait', 'guard-coming', 'guard-away', 'listen', 'close-door', 'fault', 'out-of-order-in', 'out-of-order-out',
  'fire-in', 'fire-out', 'evacuation-in', 'evacuation-out', 'lockdown-in', 'lockdown-out', 'identify',
  'data-code', 'read-screen', 'lost', 'assist-ringing', 'assist-refused', 'assist-unanswered',
] as const;
export type Sentence = (typeof SENTENCES)[number];

/** What may be spoken aloud of the reasons that only concern the gate, or that anybody at the gate sees. */
const ANYBODYS: Partial<Record<Reason, Sentence>> = {
  'gp:OccupancyLimit': 'full',
  'gp:OneAtATime': 'one-at-a-time',
  'gp:Replay': 'scan-again',
  'gp:TemperatureSensorFault': 'gate-trouble',
  'gp:ClockUntrusted': 'gate-trouble',
  'gp:PolicyStale': 'gate-trouble',
  'gp:RecordsUntrusted': 'gate-trouble',
  'gp:LogUnavailable': 'gate-trouble',
  'gp:LockFailed': 'gate-trouble',
};

/** Every other reason is nobody else's business: one sentence for all of them, and the screen says which. */
const REFUSALS: Record<Remedy, Sentence> = {
  again: 'scan-again',
  closed: 'closed',
  wait: 'refused',
  guard: 'refused',
  office: 'refused',
};

/** "Once more" is not spoken: it would tell of a first reading. Neither is why somebody waits. */
const CAUSES: Partial<Record<NonNullable<PromptView['cause']>, Sentence>> = {
  one_at_a_time: 'one-at-a-time',
  no_subject: 'closer',
  too_far: 'closer',
  too_close: 'further',
  // Who has found the place is told so by the ring, and hears an answer within a second or two.
  steady: 'measure',
  unstable: 'hold-still',
  out_of_skin_range: 'uncover',
  ambient_drift: 'wait',
  environment: 'wait',
};

const FEEDBACKS: Record<Exclude<Feedback, 'TextMessage'>, Sentence> = {
  Idle: 'scan',
  RequireIdentifier: 'scan-now',
  RetryIdentifier: 'scan-again',
  AccessGranted: 'go-in',
  AccessDenied: 'refused',
  DoorOpenTooLong: 'close-door',
  DoorPreAlarmWarning: 'close-door',
  Fault: 'fault',
  Disabled: 'closed',
  Measure: 'measure',
  Wait: 'wait',
  GuardCalled: 'guard-coming',
};

const MESSAGES: Record<Exclude<PromptMessage, 'SelfService'>, Record<PromptView['direction'], Sentence>> = {
  FireAlarm: { in: 'fire-in', out: 'fire-out' },
  Evacuation: { in: 'evacuation-in', out: 'evacuation-out' },
  SiteLockdown: { in: 'lockdown-in', out: 'lockdown-out' },
  HeldOpen: { in: 'held-open', out: 'held-open' },
  OutOfOrder: { in: 'out-of-order-in', out: 'out-of-order-out' },
  Identify: { in: 'identify', out: 'identify' },
};

const CALLS: Readonly<Record<string, Sentence>> = {
  coming: 'guard-coming',
  talking: 'listen',
  refused: 'assist-refused',
  unanswered: 'assist-unanswered',
};

/** The states whose words make room for those of a call; the others tell the person what to do at once, or go on without it. */
export const ROOM_FOR_CALL: ReadonlySet<Feedback> = new Set<Feedback>([
  'Idle',
  'AccessDenied',
  'Fault',
  'Disabled',
  'GuardCalled',
]);

/** The sentence of a state of the resident's screen; of the connection while there is none. */
export function sentenceOf(view: PromptView | undefined, unconnected: 'starting' | 'lost'): Sentence {
  if (view === undefined) return unconnected === 'lost' ? 'lost' : 'wait';
  const call = callOf(view);
  if (call !== undefined) return call;
  switch (view.feedback) {
    case 'TextMessage':
      return messageOf(view);
    case 'AccessGranted':
      return view.direction === 'out' ? 'go-out' : 'go-in';
    case 'AccessDenied':
    case 'RetryIdentifier':
      return refusalOf(view);
    case 'Measure':
      // The pause before a second measurement.
      return view.waitSeconds === undefined ? (sentenceIn(CAUSES, view.cause) ?? 'measure') : 'wait';
    case 'GuardCalled':
      return view.guardAway === true ? 'guard-away' : 'guard-coming';
    default:
      return sentenceIn(FEEDBACKS, view.feedback) ?? 'fault';
  }
}

/** What somebody who calls the guard is told. */
function callOf({ assist, feedback, guardAway }: PromptView): Sentence | undefined {
  if (assist === undefined || !ROOM_FOR_CALL.has(feedback)) return undefined;
  if (assist.status === 'ringing') return guardAway === true ? 'guard-away' : 'assist-ringing';
  return sentenceIn(CALLS, assist.status);
}

function messageOf({ message, selfService, direction }: PromptView): Sentence {
  if (selfService?.step === 'code') return 'data-code';
  if (selfService?.step === 'counting') return 'wait';
  if (selfService !== undefined) return 'read-screen';
  return sentenceIn(MESSAGES, message)?.[direction] ?? 'listen';
}

function refusalOf({ feedback, reason, cause }: PromptView): Sentence {
  if (cause === 'one_at_a_time') return 'one-at-a-time';
  // A person who did not come to the sensor in time starts again, as the screen says.
  if (cause === 'no_subject') return 'scan-again';
  if (reason === undefined) return feedback === 'RetryIdentifier' ? 'scan-again' : 'refused';
  return sentenceIn(ANYBODYS, reason) ?? REFUSALS[attributesOf(reason).remedy];
}

/** The entry for a name from the gate, which may be of a later version than this page. */
function sentenceIn<T>(table: Readonly<Record<string, T>>, name: string | undefined): T | undefined {
  return name !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}
