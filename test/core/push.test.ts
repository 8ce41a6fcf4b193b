import { describe, expect, it } from 'vitest';
import { ATTENTION_KINDS, isCall } from '../../src/core/access/attention.ts';
import { FEEDBACKS, PUSH_PERSONS } from '../../src/core/access/vocabulary.ts';
import { needsOf } from '../../src/core/desk/needs.ts';
import {
  dueFor,
  nextDueMs,
  type PushPlan,
  withNeeds,
  withTold,
  withUnreached,
} from '../../src/core/desk/push-plan.ts';

const QUIET = { attention: [], doors: [], passages: [] };
const door = { door: 'main', alarm: 'Normal' } as const;
const TIMES = { first: 5_000, second: 60_000 };
const NOBODY: PushPlan = new Map();

describe('what waits for a guard', () => {
  it('is each item that sounds, and no other', () => {
    const attention = ATTENTION_KINDS.map((kind) => ({ id: `${kind}:x`, kind }));
    const sounding = ATTENTION_KINDS.filter((kind) => isCall({ kind })).map((kind) => `${kind}:x`);
    expect(needsOf({ ...QUIET, attention }).map(({ id }) => id)).toEqual(sounding);
    expect(sounding).not.toContain('duress:x');
    const over = attention.map((item) => ({ ...item, over: true as const }));
    expect(needsOf({ ...QUIET, attention: over })).toEqual([]);
  });

  it('is a door in alarm, once with the item that is left of it', () => {
    const doors = [
      { ...door, alarm: 'DoorForcedOpen' as const },
      { ...door, door: 'side', tamper: 'TamperDetected' as const, fire: true },
    ];
    const attention = [{ id: 'forced:main', kind: 'forced' as const }];
    expect(needsOf({ ...QUIET, doors, attention })).toEqual([
      { id: 'forced:main', isAlarm: true },
      { id: 'fire:side', isAlarm: true },
      { id: 'tamper:side', isAlarm: true },
    ]);
    expect(needsOf({ ...QUIET, doors: [{ ...door, tamper: 'Unknown' }] })).toEqual([]);
  });

  it('is a person who waits for the guard', () => {
    const passages = FEEDBACKS.map((feedback) => ({ accessPoint: 'in', feedback, passage: feedback }));
    expect(needsOf({ ...QUIET, passages })).toEqual([{ id: 'unanswered:GuardCalled', isAlarm: false }]);
  });
});

describe('who is told', () => {
  const plan = withNeeds(NOBODY, ['a'], 1_000);

  it.each([
    ['before the first', 5_999, [], []],
    ['the first', 6_000, ['a'], []],
    ['the second too', 61_000, ['a'], ['a']],
  ])('%s', (_, nowMs, first, second) => {
    expect(dueFor('first', plan, nowMs, TIMES)).toEqual(first);
    expect(dueFor('second', plan, nowMs, TIMES)).toEqual(second);
  });

  it('nobody twice, and nobody of what was answered', () => {
    const told = withTold(plan, 'first', ['a']);
    expect(dueFor('first', told, 99_000, TIMES)).toEqual([]);
    expect(dueFor('second', told, 99_000, TIMES)).toEqual(['a']);
    const next = withNeeds(told, ['b'], 20_000);
    expect([...next.keys()]).toEqual(['b']);
    expect(nextDueMs(next, 20_000, TIMES, PUSH_PERSONS)).toBe(25_000);
    expect(nextDueMs(next, 30_000, TIMES, ['first'])).toBeUndefined();
    expect(nextDueMs(NOBODY, 0, TIMES, PUSH_PERSONS)).toBeUndefined();
  });

  it('the second at once of what the first could not be told', () => {
    const lost = withUnreached(withNeeds(plan, ['a', 'b'], 6_000), ['a']);
    expect(dueFor('second', lost, 6_001, TIMES)).toEqual(['a']);
    expect(dueFor('first', lost, 6_001, TIMES)).toEqual(['a']);
  });

  it('of each need on its own time, however they come and go', () => {
    let seed = 7;
    const random = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed / 2 ** 31;
    };
    let now: PushPlan = NOBODY;
    const since = new Map<string, number>();
    for (let nowMs = 0; nowMs < 400_000; nowMs += 1_700) {
      const ids = ['a', 'b', 'c', 'd'].filter((id) => (since.has(id) ? random() > 0.02 : random() > 0.9));
      for (const id of [...since.keys()]) if (!ids.includes(id)) since.delete(id);
      for (const id of ids) if (!since.has(id)) since.set(id, nowMs);
      now = withNeeds(now, ids, nowMs);
      for (const person of PUSH_PERSONS) {
        const due = dueFor(person, now, nowMs, TIMES);
        for (const id of due) expect(nowMs - (since.get(id) ?? 0)).toBeGreaterThanOrEqual(TIMES[person]);
        now = withTold(now, person, due);
        for (const [id, atMs] of since)
          if (nowMs - atMs >= TIMES[person]) expect(now.get(id)?.told).toContain(person);
      }
    }
  });
});
