import type { PushPerson } from '../access/vocabulary.ts';

/** Milliseconds after which each is told of a need that nobody has answered. */
export type PushTimes = Readonly<Record<PushPerson, number>>;

interface PlannedNeed {
  /** Monotonic milliseconds. */
  readonly sinceMs: number;
  readonly told: readonly PushPerson[];
  /** The first person could not be told, so the second does not have to wait. */
  readonly isUnreached: boolean;
}

/** What waits for a guard, by id, and who was told of it. */
export type PushPlan = ReadonlyMap<string, PlannedNeed>;

/** The plan with these needs alone; those that are new wait from now on. */
export function withNeeds(plan: PushPlan, ids: readonly string[], nowMs: number): PushPlan {
  const fresh = { sinceMs: nowMs, told: [], isUnreached: false };
  return new Map(ids.map((id) => [id, plan.get(id) ?? fresh]));
}

/** The needs of which this person should have been told by now. */
export function dueFor(
  person: PushPerson,
  plan: PushPlan,
  nowMs: number,
  times: PushTimes,
): readonly string[] {
  return [...plan].filter(([, need]) => dueMs(person, need, times) <= nowMs).map(([id]) => id);
}

/** When the next of them is due; undefined if nobody has to be told anything. Monotonic milliseconds. */
export function nextDueMs(
  plan: PushPlan,
  nowMs: number,
  times: PushTimes,
  persons: readonly PushPerson[],
): number | undefined {
  const all = [...plan.values()].flatMap((need) => persons.map((person) => dueMs(person, need, times)));
  const coming = all.filter((atMs) => atMs > nowMs && atMs < Number.POSITIVE_INFINITY);
  return coming.length === 0 ? undefined : Math.min(...coming);
}

export function withTold(plan: PushPlan, person: PushPerson, ids: readonly string[]): PushPlan {
  return changed(plan, ids, (need) => ({ ...need, told: [...need.told, person] }));
}

/** The first person cannot be told of these. */
export function withUnreached(plan: PushPlan, ids: readonly string[]): PushPlan {
  return changed(plan, ids, (need) => ({ ...need, isUnreached: true }));
}

function dueMs(person: PushPerson, { sinceMs, told, isUnreached }: PlannedNeed, times: PushTimes): number {
  if (told.includes(person)) return Number.POSITIVE_INFINITY;
  return person === 'second' && isUnreached ? sinceMs : sinceMs + times[person];
}

function changed(plan: PushPlan, ids: readonly string[], change: (need: PlannedNeed) => PlannedNeed) {
  return new Map([...plan].map(([id, need]) => [id, ids.includes(id) ? change(need) : need]));
}
