import { enoughAlike, whyNotMeasurable } from './measurement.ts';
import type { Nearness } from './nearness.ts';
import {
  GAP_MS,
  isDrifting,
  isPresent,
  isWarmerThanRoom,
  type ProtocolState,
  progressOf,
} from './protocol.ts';
import type { ScreeningSettings, ThermometerFrame } from './screening.ts';

/**
 * What a person in front of the thermometer is told meanwhile. It follows the same frames as the measurement, and changes
 * no reading, no threshold and no decision: it is for eyes and ears alone.
 */

/** `steady`: the forehead is being measured, and the person is to stay like this. The others say what is in the way. */
export type MeasuringHint =
  | 'too_far'
  | 'too_close'
  | 'unstable'
  | 'out_of_skin_range'
  | 'ambient_drift'
  | 'steady';

/** Undefined hint: the signal tells nothing, so the plain instruction stays. */
export interface Guidance {
  readonly hint: MeasuringHint | undefined;
  /** How much of a reading is there, 0 to 1 in quarters. It never falls while the hint is `steady`. */
  readonly progress: number;
}

interface GuidanceState extends Guidance {
  /** Monotonic ms since when `hint` is told. */
  readonly sinceMs: number;
  /** What the frames say since `candidateMs`; `unsure`: what is told stays. */
  readonly candidate: MeasuringHint | 'unsure' | undefined;
  readonly candidateMs: number;
  /** The newest frames without a gap, newest last. */
  readonly recent: readonly ThermometerFrame[];
}

/** So long the frames have to say the same before it is told, so that noise tells nothing. */
const AGREE_MS = 300;
/** The same for `steady`, for which several frames have to agree in any case. */
const AGREE_STEADY_MS = 100;
/** So long each hint stays, so that an old person can read and hear it. */
const SHOWN_MS = 700;
const RECENT_FRAMES = 5;
const FEWEST_FRAMES = 3;
/** A forehead that comes warms the sensor by more than this from the first to the last of the recent frames (°C). */
const COMING_C = 0.4;
const STEPS = 4;

export const NO_GUIDANCE: GuidanceState = {
  hint: undefined,
  progress: 0,
  sinceMs: Number.NEGATIVE_INFINITY,
  candidate: undefined,
  candidateMs: 0,
  recent: [],
};

/** Takes the frame that the protocol has just taken; `protocol` is its state afterwards. */
export function followGuidance(
  state: GuidanceState,
  frame: ThermometerFrame,
  protocol: ProtocolState,
  settings: ScreeningSettings,
  nearness: Nearness = 'unknown',
): GuidanceState {
  const { atMs } = frame;
  const last = state.recent.at(-1);
  const before = last !== undefined && atMs - last.atMs > GAP_MS ? NO_GUIDANCE : state;
  const recent = [...before.recent, frame].slice(-RECENT_FRAMES);
  const candidate = hintOf(recent, protocol, settings, nearness);
  const candidateMs = candidate === before.candidate ? before.candidateMs : atMs;
  const agreeMs = candidate === 'steady' ? AGREE_STEADY_MS : AGREE_MS;
  const wasShown = atMs - before.sinceMs >= SHOWN_MS;
  const isDue = wasShown && atMs - candidateMs >= agreeMs;
  // Frames that agree in nothing else agree in this: there is nobody left who could stay.
  const isAlone = wasShown && before.hint === 'steady' && !recent.some((one) => isPresent(one, nearness));
  const due = candidate === 'unsure' || !isDue ? before.hint : candidate;
  const hint = isAlone ? undefined : due;
  const isNew = hint !== before.hint;
  const measured = hint === 'steady' ? Math.floor(progressOf(protocol) * STEPS) / STEPS : 0;
  return {
    hint,
    progress: isNew ? measured : Math.max(before.hint === hint ? before.progress : 0, measured),
    sinceMs: isNew ? atMs : before.sinceMs,
    candidate,
    candidateMs,
    recent,
  };
}

function hintOf(
  recent: readonly ThermometerFrame[],
  protocol: ProtocolState,
  settings: ScreeningSettings,
  nearness: Nearness,
): GuidanceState['candidate'] {
  if (nearness === 'too_far' || nearness === 'too_close') return nearness;
  const newest = recent.at(-1);
  if (newest === undefined || nearness === 'nobody') return undefined;
  const isComing = isRising(recent);
  if (!isPresent(newest, nearness)) {
    // Something warm fills a part of what the sensor sees.
    const isFaint = nearness === 'unknown' && recent.every(isWarmerThanRoom);
    if (isComing) return 'unsure';
    return isFaint ? 'too_far' : undefined;
  }
  if (isDrifting(protocol.ambient)) return 'ambient_drift';
  const isThere = recent.length >= FEWEST_FRAMES && recent.every((one) => isPresent(one, nearness));
  if (isComing || !isThere) return 'unsure';
  const alike = enoughAlike(recent);
  if (alike === undefined) return 'unstable';
  const cause = whyNotMeasurable(alike, newest.ambientC, settings);
  return cause === 'out_of_skin_range' ? cause : 'steady';
}

function isRising(frames: readonly ThermometerFrame[]): boolean {
  const [first, last] = [frames[0], frames.at(-1)];
  if (first === undefined || last === undefined || last.objectC - first.objectC <= COMING_C) return false;
  return frames.every((frame, at) => at === 0 || frame.objectC >= (frames[at - 1]?.objectC ?? 0));
}
