import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REASONS, type Reason } from '../../src/core/access/reasons.ts';
import type { Direction } from '../../src/core/access/vocabulary.ts';
import { siteDay, siteTime } from '../../src/core/time/site-time.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { NOW_S } from '../support/gate/pass-samples.ts';
import { daily, policy } from '../support/gate/policy-samples.ts';
import { RuleGate } from '../support/gate/rule-gate.ts';
import { temporaryFolder } from '../support/store/store-folder.ts';

/**
 * Random histories of a whole gate against a model of their own, which is as plain as the rules are told to people:
 * a list of who went through, and every condition counted anew over that list.
 */

const NOW_MS = NOW_S * 1000;
/** GATEPOST_HISTORIES sets another number, for a long run. */
const HISTORIES = Number(process.env.GATEPOST_HISTORIES ?? 20);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const QUOTA = { count: 1, days: 2 };
const LIMIT = 3;
const USES = 1;
const OPEN = { from: 390, to: 1350 };

const RULES = policy({
  normal: {
    kinds: {
      resident: {
        quota: { ...QUOTA, direction: 'out' },
        hours: { out: { windows: [daily(OPEN.from / 60, OPEN.to / 60)] } },
      },
      visitor: {},
    },
    antiPassback: { mode: 'hard' },
    occupancyLimit: LIMIT,
  },
});

const PEOPLE = [
  { kind: 'resident', passId: '00000000000000a1', holderRef: 'aaaaaaaaaaaa' },
  { kind: 'resident', passId: '00000000000000a2', holderRef: 'aaaaaaaaaaaa' },
  { kind: 'resident', passId: '00000000000000b1', holderRef: 'bbbbbbbbbbbb' },
  { kind: 'resident', passId: '00000000000000c1' },
  { kind: 'visitor', passId: '00000000000000d1', uses: USES },
  { kind: 'worker', passId: '00000000000000e1', holderRef: 'eeeeeeeeeeee' },
] as const;
type Person = (typeof PEOPLE)[number];

interface Passage {
  readonly person: Person;
  readonly direction: Direction;
  readonly siteDay: number;
}

/** What happened, and what follows from it. */
class Model {
  readonly passages: Passage[] = [];
  #inside = 0;
  readonly #quarantined = new Set<string>();

  quarantine(holderRef: string): void {
    this.#quarantined.add(holderRef);
  }

  failures(person: Person, direction: Direction, wallMs: number): Reason[] {
    const time = siteTime(wallMs, 'Asia/Shanghai');
    const today = siteDay(time.date);
    const own = this.passages.filter((one) => one.person.passId === person.passId);
    const household = this.passages.filter((one) => account(one.person) === account(person));
    const near = household.filter(
      (one) => one.direction === 'out' && Math.abs(one.siteDay - today) < QUOTA.days,
    );
    const resident = person.kind === 'resident';
    const asleep = time.minuteOfDay < OPEN.from || time.minuteOfDay >= OPEN.to;
    const failed: Partial<Record<Reason, boolean>> = {
      'gp:QuarantineOrder': this.#quarantined.has(account(person)) && !(resident && direction === 'in'),
      Unauthorized: person.kind === 'worker',
      NotPermittedAtThisTime: resident && direction === 'out' && asleep,
      'gp:QuotaExceeded': resident && direction === 'out' && near.length >= QUOTA.count,
      'gp:MaxUses':
        person.kind === 'visitor' && own.filter((one) => one.direction === direction).length >= USES,
      'gp:AntipassbackViolation': own.at(-1)?.direction === direction,
      'gp:OccupancyLimit': direction === 'in' && this.#inside >= LIMIT,
    };
    return REASONS.filter((reason) => failed[reason] === true);
  }

  went(person: Person, direction: Direction, wallMs: number): void {
    const { date } = siteTime(wallMs, 'Asia/Shanghai');
    this.passages.push({ person, direction, siteDay: siteDay(date) });
    this.#inside = Math.max(0, this.#inside + (direction === 'in' ? 1 : -1));
  }
}

function account(person: Person): string {
  return 'holderRef' in person ? person.holderRef : person.passId;
}

type Step =
  | { readonly type: 'goes' | 'staysBack'; readonly person: Person; readonly direction: Direction }
  | { readonly type: 'wait' | 'jump'; readonly ms: number }
  | { readonly type: 'restart' }
  | { readonly type: 'quarantine'; readonly holderRef: string };

const shows = fc.record({
  type: fc.constantFrom('goes' as const, 'goes' as const, 'staysBack' as const),
  person: fc.constantFrom(...PEOPLE),
  direction: fc.constantFrom<Direction>('in', 'out'),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: shows },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('wait' as const),
      ms: fc.constantFrom(HOUR_MS, 7 * HOUR_MS, DAY_MS),
    }),
  },
  // A jump is a time server's or a person's; the floor of the clock lets the real one jump only forward.
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('jump' as const),
      ms: fc.oneof(fc.constantFrom(-DAY_MS, DAY_MS), fc.integer({ min: -3 * DAY_MS, max: 3 * DAY_MS })),
    }),
  },
  { weight: 2, arbitrary: fc.constant<Step>({ type: 'restart' }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('quarantine' as const),
      holderRef: fc.constantFrom('aaaaaaaaaaaa', 'bbbbbbbbbbbb'),
    }),
  },
);

/** Passes outlive every jump, so that only the rules decide. */
const LONG_LIVED = { issuedAt: NOW_S - 190 * 86_400, expiresAt: NOW_S + 190 * 86_400 };

async function live(steps: readonly Step[]): Promise<Model> {
  const clock = new VirtualClock(NOW_MS);
  const folder = temporaryFolder();
  const model = new Model();
  /** Grants in a row at which the door did not move: after three of them its contact says nothing any more. */
  let unmoved = 0;
  let gate = await RuleGate.start(folder, clock, RULES);
  for (const one of steps) {
    switch (one.type) {
      case 'goes':
      case 'staysBack': {
        const { wallMs } = clock.read();
        const expected = model.failures(one.person, one.direction, wallMs);
        const shown = await gate[one.type](one.direction, { ...one.person, ...LONG_LIVED });
        expect(shown?.data.reasons).toEqual(expected);
        expect(shown?.granted).toBe(expected.length === 0);
        if (shown?.granted !== true) break;
        if (one.type === 'goes' || unmoved >= 3) model.went(one.person, one.direction, wallMs);
        unmoved = one.type === 'goes' ? 0 : unmoved + 1;
        break;
      }
      case 'wait':
        await gate.pass(one.ms);
        break;
      case 'jump':
        clock.jumpTo(clock.read().wallMs + one.ms);
        break;
      case 'restart':
        await gate.stop();
        gate = await RuleGate.start(folder, clock, RULES);
        break;
      case 'quarantine':
        gate.desk.give({
          type: 'order',
          operator: 'chen',
          note: 'returned',
          kind: 'quarantine',
          subject: { holderRef: one.holderRef },
          fromMs: 0,
        });
        model.quarantine(one.holderRef);
        break;
    }
  }
  await gate.stop();
  return model;
}

describe('over any history, with restarts and clock jumps', () => {
  it('nobody passes with an unmet condition, nobody who met all is refused, and who did not walk paid nothing while the contact told', async () => {
    let grants = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 50 }), async (steps) => {
        const { passages } = await live(steps);
        grants += passages.length;
        for (const { person, siteDay: first } of passages) {
          const run = passages.filter(
            (one) =>
              one.person.kind === 'resident' &&
              account(one.person) === account(person) &&
              one.direction === 'out' &&
              one.siteDay >= first &&
              one.siteDay < first + QUOTA.days,
          );
          expect(run.length).toBeLessThanOrEqual(QUOTA.count);
        }
      }),
      { numRuns: HISTORIES },
    );
    expect(grants).toBeGreaterThan(HISTORIES);
  });
});
