import type { PassKind } from '../access/vocabulary.ts';

/** Why a muster began: a fire contact, an evacuation of the site, or somebody at the desk. */
export const MUSTER_CAUSES = ['fire', 'evacuation', 'order'] as const;
export type MusterCause = (typeof MUSTER_CAUSES)[number];

/** Whoever is on the list for longer than this may have left without being counted. */
export const LONG_INSIDE_MS = 86_400_000;
/** For so long before the moment of the list what makes it unsure is counted. */
export const UNSURE_MS = 86_400_000;

/** Somebody whose last counted passage was inwards. Pseudonyms alone: names come from the register when it is looked at. */
export interface MusterLine {
  /** Number on the list, from 1. */
  readonly line: number;
  /** Undefined once the data of the holder was erased. */
  readonly passId?: string;
  readonly holderRef?: string;
  readonly kind?: PassKind;
  /** A vehicle or a courier, by its line in the registers. */
  readonly registerId?: string;
  /** A guest by a resident's phone: the pseudonym is the host's. */
  readonly isGuest?: true;
  /** Where (empty for one of the registers) and when the person came in; Unix milliseconds. */
  readonly accessPoint: string;
  readonly sinceMs: number;
}

/** What speaks against the list: how many there are of whom it says nothing, or too much. */
export interface MusterDoubts {
  /** People inside by the counter, which knows nobody. */
  readonly counted: number;
  /** In the day before: went out by the exit button or a guard, without a pass; so they may stand on the list. */
  readonly outUnnamed: number;
  /** In the day before: let in by a guard without a pass; so they do not stand on the list. */
  readonly inUnnamed: number;
  /** That day, while the gate was held open: came by uncounted by name. */
  readonly whileOpen: number;
  /** On the list for longer than a day. */
  readonly long: number;
  /** The records of passages may be behind what happened: the log went back. */
  readonly doubted: boolean;
}

/** Everybody counted in and not out, at one moment. Times are Unix milliseconds. */
export interface Muster {
  readonly number: number;
  readonly cause: MusterCause;
  readonly startedMs: number;
  /** Who ordered it, and why. */
  readonly by?: string;
  readonly note?: string;
  readonly people: number;
  readonly doubts: MusterDoubts;
  readonly endedMs?: number;
  /** `auto` where its time was over. */
  readonly endedBy?: string;
  /** From then on it has no people any more. */
  readonly erasedMs?: number;
}

/** Somebody on the list was seen. */
export interface MusterTick {
  readonly line: number;
  /** Unix milliseconds. */
  readonly atMs: number;
  /** Who ticked it; undefined for a pass that was shown to a reader. */
  readonly by?: string;
  /** The access point of the reader. */
  readonly at?: string;
}

/** A list as it is kept. */
export interface MusterList {
  readonly muster: Muster;
  readonly lines: readonly MusterLine[];
  readonly ticks: readonly MusterTick[];
}

/** A muster that nobody ended ends by itself, in milliseconds after its start. */
export const LONGEST_MUSTER_MS = 86_400_000;

/** Whether somebody can still be ticked. */
export function isUnderWay(muster: Muster | undefined): muster is Muster {
  return muster !== undefined && muster.endedMs === undefined;
}

/** An end that is further ahead was written by a wrong clock, in milliseconds. */
const FAR_MS = 400 * 86_400_000;

/** Whether the people on it are to be erased. @param nowMs a confirmed time, Unix milliseconds; 0 if none is */
export function isDue({ endedMs, erasedMs }: Muster, keptMs: number, nowMs: number): boolean {
  if (endedMs === undefined || erasedMs !== undefined || nowMs <= 0) return false;
  return endedMs + keptMs <= nowMs || endedMs > nowMs + FAR_MS;
}

/** Ticks of a list: the first sight of somebody counts, and what was ticked by mistake is taken back. */
export class MusterTicks {
  readonly #ticks: Map<number, MusterTick>;
  readonly #people: number;

  constructor(people: number, ticks: readonly MusterTick[] = []) {
    this.#people = people;
    this.#ticks = new Map(ticks.map((tick) => [tick.line, tick]));
  }

  /** Whether it changed anything: a line is ticked once, and only one that there is. */
  tick(tick: MusterTick): boolean {
    const { line } = tick;
    if (!Number.isInteger(line) || line < 1 || line > this.#people || this.#ticks.has(line)) return false;
    this.#ticks.set(line, tick);
    return true;
  }

  untick(line: number): boolean {
    return this.#ticks.delete(line);
  }

  get count(): number {
    return this.#ticks.size;
  }

  /** By number of the line. */
  get all(): readonly MusterTick[] {
    return [...this.#ticks.values()].sort((one, other) => one.line - other.line);
  }
}
