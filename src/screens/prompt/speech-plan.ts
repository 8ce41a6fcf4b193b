import { type Hours, isWithin } from '../shared/night.ts';
import type { Sentence } from './sentences.ts';

/**
 * When the resident's screen speaks, without browser, sound or clock: never two sentences at once, none about a state that
 * is over, a few times for whoever did not hear it, and then silence for those who live beside the gate.
 */

/** What the screen says now. */
export interface Told {
  readonly sentence: Sentence;
  /** BCP 47. */
  readonly language: string;
  /** It is about another code or person than before, so the same sentence is spoken again. */
  readonly isAnew?: boolean;
  /** The tone before the sentence, in milliseconds; speech waits for its end. */
  readonly toneMs?: number;
}

export interface SpeechPlan {
  readonly told?: Told;
  /** What is being spoken. */
  readonly saying?: Told;
  /** When `told` is spoken next, monotonic milliseconds; undefined: not by itself. */
  readonly nextMs?: number;
  /** How often `told` was begun. */
  readonly times: number;
  /** When a hint was begun last, monotonic milliseconds. */
  readonly hintMs: number;
}

export interface SpeechSettings {
  /** Loudness from 0 to 1. */
  readonly volume: number;
  /** Hours of the site with another loudness. */
  readonly night?: { readonly hours: Hours; readonly volume: number };
  /** The pause before a sentence is repeated, in milliseconds. */
  readonly repeatMs: number;
}

export const SILENT: SpeechPlan = { times: 0, hintMs: Number.NEGATIVE_INFINITY };

/** Between two hints about the distance, which change with each movement, in milliseconds. */
const HINT_PAUSE_MS = 3000;
/** Between two alarms, in milliseconds. */
const ALARM_PAUSE_MS = 2000;
/** What is left of the loudness beside the voice of a guard. */
const BESIDE_TALK = 0.3;
/** How often a sentence is said that asks the person for something, and a refusal. */
const ASKED_TIMES = 3;
const REFUSED_TIMES = 2;

const HINTS: ReadonlySet<Sentence> = new Set(['closer', 'further', 'hold-still', 'uncover']);
const ALARMS: ReadonlySet<Sentence> = new Set(['fire-in', 'fire-out', 'evacuation-in', 'evacuation-out']);
const ASKS: ReadonlySet<Sentence> = new Set([
  ...['scan-now', 'scan-again', 'measure', 'closer', 'further', 'hold-still', 'uncover', 'one-at-a-time'],
  ...['close-door', 'guard-away', 'data-code', 'lost', 'assist-refused', 'assist-unanswered'],
] as Sentence[]);
const REFUSED: ReadonlySet<Sentence> = new Set(['refused', 'gate-trouble', 'full', 'closed', 'read-screen']);

/** The screen says something, perhaps what it said before. */
export function tell(plan: SpeechPlan, told: Told, nowMs: number): SpeechPlan {
  const { told: before, saying } = plan;
  const isSame = before?.sentence === told.sentence && before.language === told.language;
  if (isSame && (told.isAnew !== true || saying !== undefined)) return plan;
  // Chosen by a button, or the choice is over: nobody asked for the sentence to be said again.
  if (before?.sentence === told.sentence && saying === undefined && told.isAnew !== true)
    return { ...plan, told };
  // What a screen says when it is switched on is for nobody in particular.
  if (before === undefined && !ALARMS.has(told.sentence)) return { ...SILENT, told };
  if (isMeasuring(before) && isMeasuring(told) && before.language === told.language) {
    const { nextMs: _before, ...rest } = plan;
    // Who has found the right place holds still, and needs no more words.
    if (told.sentence === 'measure') return { ...rest, told, times: 1 };
    return { ...rest, told, times: 0, nextMs: Math.max(nowMs, plan.hintMs + HINT_PAUSE_MS) };
  }
  const { saying: _cut, ...rest } = plan;
  return { ...rest, told, times: 0, nextMs: nowMs + (told.toneMs ?? 0) };
}

/** Somebody touches the screen: it says again what it says. */
export function ask(plan: SpeechPlan, nowMs: number): SpeechPlan {
  return plan.told === undefined || plan.saying !== undefined ? plan : { ...plan, nextMs: nowMs };
}

/** Begins what is due; the plan itself if nothing is. */
export function begin(plan: SpeechPlan, nowMs: number): SpeechPlan {
  const { told, saying, nextMs, ...rest } = plan;
  if (told === undefined || saying !== undefined || nextMs === undefined || nextMs > nowMs) return plan;
  const hintMs = HINTS.has(told.sentence) ? nowMs : plan.hintMs;
  return { ...rest, told, saying: told, times: plan.times + 1, hintMs };
}

/** What was spoken is over. */
export function end(plan: SpeechPlan, nowMs: number, { repeatMs }: SpeechSettings): SpeechPlan {
  const { saying, ...rest } = plan;
  if (saying === undefined) return plan;
  const { told, nextMs } = rest;
  // Another hint waits.
  if (told !== saying && nextMs !== undefined) return rest;
  if (told === undefined || plan.times >= timesOf(told.sentence)) return rest;
  return { ...rest, nextMs: nowMs + (ALARMS.has(told.sentence) ? ALARM_PAUSE_MS : repeatMs) };
}

/** What is being spoken ends, and nothing is repeated: the guard speaks now. */
export function hush(plan: SpeechPlan): SpeechPlan {
  return plan.told !== undefined && ALARMS.has(plan.told.sentence) ? plan : giveUp(plan);
}

/** The browser does not play, or there is no file: the sentence is left out. */
export function giveUp(plan: SpeechPlan): SpeechPlan {
  const { saying: _silent, nextMs: _never, ...rest } = plan;
  return rest;
}

/** The hints of a measurement change all the time: what is being said is ended first. */
function isMeasuring(told: Told | undefined): told is Told {
  return told !== undefined && (told.sentence === 'measure' || HINTS.has(told.sentence));
}

function timesOf(sentence: Sentence): number {
  if (ALARMS.has(sentence)) return Number.POSITIVE_INFINITY;
  if (ASKS.has(sentence)) return ASKED_TIMES;
  return REFUSED.has(sentence) ? REFUSED_TIMES : 1;
}

/**
 * How loud a sentence is, from 0 to 1: alarms always at full, and what is spoken to somebody whose pass asks for speech as
 * by day. Beside the voice of a guard everything else is lower.
 * @param minute of the site's day, 0 to 1439
 */
export function loudness(
  sentence: Sentence,
  minute: number,
  settings: SpeechSettings,
  { isNeeded = false, isTalking = false }: { readonly isNeeded?: boolean; readonly isTalking?: boolean } = {},
): number {
  if (ALARMS.has(sentence)) return 1;
  if (isTalking) return BESIDE_TALK * loudness(sentence, minute, settings, { isNeeded });
  const { volume, night } = settings;
  if (night === undefined || isNeeded) return volume;
  return isWithin(night.hours, minute) ? night.volume : volume;
}
