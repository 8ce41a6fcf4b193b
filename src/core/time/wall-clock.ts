import type { TimeQuality } from '../access/vocabulary.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/**
 * A step of the system clock by more than this is a jump, in milliseconds. After a smaller step back the wall clock
 * stands still until the system clock catches up.
 */
export const JUMP_MS = 2 * MINUTE_MS;
/** How long a clock must be synchronized without a jump before its time is kept for good. */
export const SETTLE_MS = 15 * MINUTE_MS;
/**
 * How far ahead of the floor a synchronized clock is trusted at once: an outage of a gate without a clock battery.
 */
export const OUTAGE_MS = 31 * DAY_MS;
/** Largest error of a crystal (500 parts in a million is the most that the kernel corrects). */
const DRIFT = 500e-6;

/** One reading of the clocks of the operating system. */
export interface ClockLook {
  /** Unix milliseconds. */
  readonly systemMs: number;
  /** Milliseconds of a clock that never jumps. */
  readonly monotonicMs: number;
  /** How far the signs of the system allow the clock to be trusted; `synced` is synchronized with a time service. */
  readonly quality: TimeQuality;
  /** Monotonic milliseconds at which the signs were last read. */
  readonly askedMs: number;
}

/** What is kept over a restart, in Unix milliseconds; 0 if there is none. */
export interface KeptTime {
  /** The latest time that was trusted: the wall clock never starts below it. */
  readonly floorMs: number;
  /** The latest time confirmed by a clock synchronized for 15 minutes, or by a person. Never above the floor. */
  readonly vouchedMs: number;
}

/**
 * Why the system clock is not followed: it jumped ahead or back, or is later than any time this program can reach.
 */
export type ClockDoubt = 'ahead' | 'behind' | 'beyond';

/** State of the wall clock. Unix milliseconds unless marked as monotonic. */
export interface ClockState extends KeptTime {
  readonly wallMs: number;
  readonly quality: TimeQuality;
  /** Monotonic time of the reading that made this state. */
  readonly atMs: number;
  /** The expected system time at that reading. */
  readonly lineMs: number;
  /** Monotonic; from then on the floor follows the wall clock again. */
  readonly settledAtMs: number;
  /** Monotonic time of the last reading of a synchronized clock that was not far behind the wall clock. */
  readonly inStepAtMs: number;
  /** The clock has been synchronized since (monotonic), with a constant distance to the monotonic clock. */
  readonly inStep?: { readonly sinceMs: number; readonly offsetMs: number };
  readonly doubt?: {
    readonly kind: ClockDoubt;
    readonly systemMs: number;
    /** Monotonic. */
    readonly sinceMs: number;
    readonly offsetMs: number;
  };
  /** A person confirmed the time: no sign of the system is needed for it. */
  readonly confirmed: boolean;
}

/**
 * Starts a wall clock at the saved floor. A system clock up to 31 days ahead of it is taken as one that continued
 * during an outage; if it is further ahead, or behind the floor, time continues from the floor instead.
 * @param latestMs latest moment that is trusted at all; a floor beyond it is ignored
 */
export function startClock(kept: KeptTime, look: ClockLook, latestMs: number): ClockState {
  const { systemMs, monotonicMs, quality } = look;
  const known = kept.floorMs > 0 && kept.floorMs <= latestMs;
  const floorMs = known ? Math.max(kept.floorMs, kept.vouchedMs) : 0;
  const vouchedMs = known ? kept.vouchedMs : 0;
  const beginsAtMs = floorMs > 0 ? floorMs : Math.min(systemMs, latestMs);
  const state: ClockState = {
    floorMs,
    vouchedMs,
    wallMs: beginsAtMs,
    quality,
    atMs: monotonicMs,
    lineMs: beginsAtMs,
    settledAtMs: monotonicMs,
    inStepAtMs: monotonicMs,
    confirmed: false,
    ...stepOf(undefined, look),
  };
  const gapMs = systemMs - beginsAtMs;
  if (systemMs > latestMs) return doubt(state, look, 'beyond');
  if (gapMs > OUTAGE_MS) return doubt(state, look, 'ahead');
  if (gapMs < -backMs(state, look)) return doubt(state, look, 'behind');
  return keep(accept({ ...state, wallMs: Math.max(beginsAtMs, systemMs) }, look), look);
}

/**
 * The wall clock after another reading. It follows the system clock as long as that agrees with the monotonic clock.
 * After a jump it continues from its own time, unsynced, until a synchronized clock confirms the jump: at once up to
 * 31 days ahead of the floor, after 15 minutes of synchronization beyond that. It goes back only to undo a jump ahead
 * that had not settled.
 */
export function lookAt(before: ClockState, look: ClockLook, latestMs: number): ClockState {
  const passedMs = Math.max(0, look.monotonicMs - before.atMs);
  const state = carryOn(before, look, passedMs);
  const byItself = { ...state, wallMs: state.wallMs + passedMs };
  const { systemMs } = look;
  if (systemMs > latestMs) return doubt(byItself, look, 'beyond');
  const offMs = systemMs - state.lineMs;
  if (Math.abs(offMs) <= JUMP_MS) {
    if (state.wallMs - systemMs > backMs(state, look)) return doubt(byItself, look, 'behind');
    return keep(follow(state, look, passedMs), look);
  }
  if (offMs > 0) {
    if (!mayJumpAhead(state, look)) return doubt(byItself, look, 'ahead');
    return keep(accept({ ...state, wallMs: Math.max(state.wallMs, systemMs) }, look), look);
  }
  const isTakenBack = isInStep(state, look) && systemMs >= state.floorMs - backMs(state, look);
  if (!isTakenBack) return doubt(byItself, look, 'behind');
  return keep(accept({ ...state, wallMs: Math.max(state.floorMs, systemMs) }, look), look);
}

/** The wall clock after a person said that it is `kept.floorMs` now. */
export function confirmClock(kept: KeptTime, look: ClockLook, latestMs: number): ClockState {
  const state = { ...startClock(kept, look, latestMs), confirmed: true };
  return state.doubt === undefined ? keep(state, look) : state;
}

/** What changes by the passing of time alone; the wall clock is not part of it. */
function carryOn(before: ClockState, look: ClockLook, passedMs: number): ClockState {
  const { inStep, ...rest } = before;
  return {
    ...rest,
    atMs: look.monotonicMs,
    lineMs: before.lineMs + passedMs,
    floorMs: surelyLater(before.floorMs, passedMs),
    vouchedMs: surelyLater(before.vouchedMs, passedMs),
    ...stepOf(inStep, look),
  };
}

/** A moment that has certainly passed `passedMs` later, whatever the error of the crystal. */
function surelyLater(ms: number, passedMs: number): number {
  return ms === 0 ? 0 : ms + passedMs * (1 - DRIFT);
}

function stepOf(before: ClockState['inStep'], look: ClockLook): Pick<ClockState, 'inStep'> {
  if (look.quality !== 'synced') return {};
  const offsetMs = look.systemMs - look.monotonicMs;
  const goesOn = before !== undefined && Math.abs(offsetMs - before.offsetMs) <= JUMP_MS;
  return { inStep: goesOn ? before : { sinceMs: look.monotonicMs, offsetMs } };
}

/** Synchronized, by signs that are not older than the jump. */
function isInStep({ doubt: known, inStep }: ClockState, look: ClockLook): boolean {
  const offsetMs = look.systemMs - look.monotonicMs;
  const isSame = known !== undefined && Math.abs(known.offsetMs - offsetMs) <= JUMP_MS;
  return inStep !== undefined && look.askedMs >= (isSame ? known.sinceMs : look.monotonicMs);
}

function hasSettled({ inStep }: ClockState, { monotonicMs }: ClockLook): boolean {
  return inStep !== undefined && monotonicMs - inStep.sinceMs >= SETTLE_MS;
}

function mayJumpAhead(state: ClockState, look: ClockLook): boolean {
  if (hasSettled(state, look)) return true;
  // If no time was ever trusted, there is nothing to compare a time service with.
  return isInStep(state, look) && (state.floorMs === 0 || look.systemMs <= state.floorMs + OUTAGE_MS);
}

/** How far the system clock may be behind the wall clock and still be trusted. */
function backMs(state: ClockState, look: ClockLook): number {
  // A clock without a time service for months may have run ahead.
  return look.quality === 'synced' ? JUMP_MS + (look.monotonicMs - state.inStepAtMs) * DRIFT : JUMP_MS;
}

/**
 * The system clock agrees with the monotonic one. The expected time follows it no faster than a crystal may drift.
 */
function follow(state: ClockState, look: ClockLook, passedMs: number): ClockState {
  const mostMs = passedMs * DRIFT;
  const offMs = Math.min(Math.max(look.systemMs - state.lineMs, -mostMs), mostMs);
  return { ...state, lineMs: state.lineMs + offMs, wallMs: Math.max(state.wallMs, look.systemMs) };
}

/** Takes over the system clock's time; after a jump the floor waits. */
function accept(state: ClockState, look: ClockLook): ClockState {
  const isJump = Math.abs(look.systemMs - state.lineMs) > JUMP_MS && !hasSettled(state, look);
  const settledAtMs = isJump ? look.monotonicMs + SETTLE_MS : look.monotonicMs;
  return { ...state, lineMs: look.systemMs, settledAtMs };
}

/** A trusted reading: raises the kept times as far as they may follow. */
function keep({ doubt: _over, ...state }: ClockState, look: ClockLook): ClockState {
  const quality = state.confirmed && look.quality === 'unsynced' ? 'holdover' : look.quality;
  const { wallMs } = state;
  const isBelieved = quality !== 'unsynced' && look.monotonicMs >= state.settledAtMs;
  const floorMs = Math.min(wallMs, isBelieved ? Math.max(state.floorMs, wallMs) : state.floorMs);
  const isVouched = hasSettled(state, look) || (state.confirmed && isBelieved);
  const vouchedMs = Math.min(floorMs, isVouched ? Math.max(state.vouchedMs, look.systemMs) : state.vouchedMs);
  const caughtUp = look.quality === 'synced' && wallMs - look.systemMs <= JUMP_MS;
  const inStepAtMs = caughtUp ? look.monotonicMs : state.inStepAtMs;
  return { ...state, quality, floorMs, vouchedMs, inStepAtMs };
}

/** A reading that continues by the monotonic clock alone. */
function doubt(state: ClockState, look: ClockLook, kind: ClockDoubt): ClockState {
  const { systemMs, monotonicMs } = look;
  const offsetMs = systemMs - monotonicMs;
  const known = state.doubt;
  const goesOn = known?.kind === kind && Math.abs(known.offsetMs - offsetMs) <= JUMP_MS;
  return {
    ...state,
    quality: 'unsynced',
    doubt: { kind, systemMs, sinceMs: goesOn ? known.sinceMs : monotonicMs, offsetMs },
  };
}
