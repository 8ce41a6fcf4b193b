import { enoughFrames, FRAMES_WANTED, isQuiet, judgeFrames, SKIN_POSSIBLE_MIN_C } from './measurement.ts';
import type { Nearness } from './nearness.ts';
import type { Measurement, NotMeasurableCause, ScreeningSettings, ThermometerFrame } from './screening.ts';

/**
 * The measuring protocol (hardware/FACTS.md#measuring) as a pure state machine over frames: a person is in front for
 * 300 ms, then 7 to 9 fresh frames, at most 5 s. It always runs, so a forehead may come before or after the pass.
 */

/**
 * How much warmer than the sensor an object must be to count as a person (°C; hardware/FACTS.md#skin-and-surroundings).
 */
const PRESENCE_MARGIN_C = 4;
/** In hotter air, skin is only a little warmer than the sensor. */
const HOT_AIR_C = 30;
const PRESENCE_MARGIN_HOT_C = 2;
/**
 * An object within this of the sensor's own temperature is the surroundings (°C;
 * hardware/FACTS.md#skin-and-surroundings).
 */
const SURROUNDINGS_C = 1;
const PRESENCE_MS = 300;
/** The part of a reading's time that passes before its first frame. */
const PRESENCE_SHARE = 0.25;
const LIMIT_MS = 5_000;
/** After a longer gap between two frames another person may stand there. */
export const GAP_MS = 1_000;
/**
 * Fastest believable change of the sensor's own temperature (°C per minute; hardware/FACTS.md#skin-and-surroundings).
 */
const DRIFT_C_PER_MIN = 0.3;
const DRIFT_SPAN_MS = 30_000;
const DRIFT_WINDOW_MS = 60_000;
/** A sensor cannot change by this much between two frames: the module was restarted or replaced. */
const AMBIENT_JUMP_C = 1;

/** What a person can mend at once, led by the screen. */
const MENDS: ReadonlySet<NotMeasurableCause> = new Set<NotMeasurableCause>(['unstable', 'out_of_skin_range']);

interface AmbientSample {
  readonly atMs: number;
  readonly ambientC: number;
}

export interface ProtocolState {
  /** Monotonic ms since when a person is in front; undefined if nobody is. */
  readonly presentSinceMs: number | undefined;
  /** Monotonic ms at which the present set of frames was begun. */
  readonly setSinceMs: number;
  readonly frames: readonly ThermometerFrame[];
  readonly lastFrameMs: number | undefined;
  /** Whoever is in front has had an answer: only somebody who comes counts. */
  readonly awaitsNewcomer: boolean;
  /** One sample per second of the sensor's own temperature, newest last, for at most a minute. */
  readonly ambient: readonly AmbientSample[];
}

/** The result of one finished set. */
export type SetResult =
  | { readonly status: 'measured'; readonly measurement: Measurement }
  | {
      readonly status: 'problem';
      readonly cause: NotMeasurableCause;
      readonly measurement?: Measurement;
      readonly atMs: number;
    };

export const INITIAL_PROTOCOL: ProtocolState = {
  presentSinceMs: undefined,
  setSinceMs: 0,
  frames: [],
  lastFrameMs: undefined,
  awaitsNewcomer: false,
  ambient: [],
};

/**
 * Whether a person is in front. If a distance sensor has a reliable reading, that decides, and the forehead must be
 * at the right distance; only an object as warm as the sensor itself is not a person. Otherwise `frame` must show
 * warmth.
 */
export function isPresent(frame: ThermometerFrame, nearness: Nearness = 'unknown'): boolean {
  if (nearness === 'unknown') return isWarm(frame);
  if (nearness !== 'right') return false;
  const { objectC, ambientC } = frame;
  return ambientC === undefined || Math.abs(objectC - ambientC) > SURROUNDINGS_C;
}

/** Whether `frame` shows more than the surroundings; false where the sensor does not tell its own temperature. */
export function isWarmerThanRoom({ objectC, ambientC }: ThermometerFrame): boolean {
  return ambientC !== undefined && objectC - ambientC > SURROUNDINGS_C;
}

/** How much of a reading of the person in front is there, from 0 (nobody, or just come) to 1. */
export function progressOf({ presentSinceMs, lastFrameMs, frames }: ProtocolState): number {
  if (presentSinceMs === undefined || lastFrameMs === undefined) return 0;
  const waited = Math.min(1, (lastFrameMs - presentSinceMs) / PRESENCE_MS);
  const measured = Math.min(1, frames.length / FRAMES_WANTED);
  return PRESENCE_SHARE * waited + (1 - PRESENCE_SHARE) * measured;
}

/**
 * Whether `frame` shows something clearly warmer than the sensor. If the sensor does not report its own temperature,
 * anything in the range of skin counts: it cannot tell a person from a warm wall.
 */
function isWarm({ objectC, ambientC }: ThermometerFrame): boolean {
  if (ambientC === undefined) return objectC >= SKIN_POSSIBLE_MIN_C;
  const margin = ambientC >= HOT_AIR_C ? PRESENCE_MARGIN_HOT_C : PRESENCE_MARGIN_C;
  return objectC - ambientC > margin;
}

/** Discards earlier frames: the next measurement uses later ones only. */
export function restartSet(state: ProtocolState): ProtocolState {
  return { ...state, presentSinceMs: undefined, frames: [], awaitsNewcomer: false };
}

/** Discards earlier frames and those of whoever is in front now: only a person who comes after a gap is measured. */
export function awaitNewcomer(state: ProtocolState): ProtocolState {
  return { ...restartSet(state), awaitsNewcomer: true };
}

/** From now on whoever is in front is measured; a person who has come already goes on with the earlier frames. */
export function admitAnybody(state: ProtocolState): ProtocolState {
  return state.awaitsNewcomer ? restartSet(state) : state;
}

/** Takes one frame; `result` is present if a set of frames is complete or its time is up. */
export function takeFrame(
  state: ProtocolState,
  frame: ThermometerFrame,
  settings: ScreeningSettings,
  nearness: Nearness = 'unknown',
): { readonly state: ProtocolState; readonly result?: SetResult } {
  const ambient = followAmbient(state.ambient, frame);
  const gap = state.lastFrameMs !== undefined && frame.atMs - state.lastFrameMs > GAP_MS;
  const isThere = isPresent(frame, nearness);
  const awaitsNewcomer = state.awaitsNewcomer && isThere && !gap;
  const seen = { ...state, ambient, lastFrameMs: frame.atMs, awaitsNewcomer };
  if (!isThere) return leave(state, { ...seen, presentSinceMs: undefined, frames: [] }, settings);
  if (awaitsNewcomer) return { state: seen };
  if (state.presentSinceMs === undefined || gap) {
    return { state: { ...seen, presentSinceMs: frame.atMs, setSinceMs: frame.atMs, frames: [] } };
  }
  if (frame.atMs - state.presentSinceMs < PRESENCE_MS) return { state: seen };
  const frames = [...state.frames, frame];
  const late = frame.atMs - state.setSinceMs >= LIMIT_MS;
  if (frames.length < FRAMES_WANTED && !late && !isQuiet(frames)) return { state: { ...seen, frames } };
  const next = { ...seen, frames: [], setSinceMs: frame.atMs };
  if (isDrifting(ambient)) {
    return { state: next, result: { status: 'problem', cause: 'ambient_drift', atMs: frame.atMs } };
  }
  const judged = judgeFrames(frames, settings);
  if (judged.status === 'measured') return { state: next, result: judged };
  // Who moves, or wears a hat, gets the rest of the five seconds: the oldest frames are replaced by fresh ones.
  if (MENDS.has(judged.cause) && !late) return { state: { ...seen, frames: frames.slice(1) } };
  return { state: next, result: { ...judged, atMs: frame.atMs } };
}

/** A person who steps back after 7 good frames has been measured; fewer or bad frames give no result. */
function leave(
  before: ProtocolState,
  state: ProtocolState,
  settings: ScreeningSettings,
): { readonly state: ProtocolState; readonly result?: SetResult } {
  if (!enoughFrames(before.frames) || isDrifting(before.ambient)) return { state };
  const judged = judgeFrames(before.frames, settings);
  if (judged.status !== 'measured') return { state };
  return { state, result: judged };
}

function followAmbient(samples: readonly AmbientSample[], frame: ThermometerFrame): readonly AmbientSample[] {
  const { ambientC, atMs } = frame;
  if (ambientC === undefined) return [];
  const last = samples.at(-1);
  const sample = { atMs, ambientC };
  if (last === undefined || Math.abs(ambientC - last.ambientC) > AMBIENT_JUMP_C) return [sample];
  if (atMs - last.atMs < 1_000) return samples;
  return [...samples.filter((old) => atMs - old.atMs <= DRIFT_WINDOW_MS), sample];
}

/** Whether the sensor's own temperature changes faster than that of a sensor at rest. */
export function isDrifting(samples: readonly AmbientSample[]): boolean {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined) return false;
  const spanMs = last.atMs - first.atMs;
  if (spanMs < DRIFT_SPAN_MS) return false;
  return (Math.abs(last.ambientC - first.ambientC) / spanMs) * 60_000 > DRIFT_C_PER_MIN;
}
