import { describe, expect, it } from 'vitest';
import type { Policy } from '../../../src/core/policy/policy.ts';
import { parseWindows } from '../../../src/core/time/windows-text.ts';
import { policy } from '../../support/gate/policy-samples.ts';
import { RuleGate } from '../../support/gate/rule-gate.ts';
import { Scene, siteMs } from '../../support/gate/scene.ts';

const line = (level: string, hours: string) =>
  ({ level, windows: parseWindows(hours), days: 'all' }) as const;
const SITE: Policy = {
  ...policy({ night: { kinds: { resident: {} } }, market: { gate: 'open' } }),
  schedule: {
    strictestFirst: ['night', 'normal', 'market'],
    lines: [line('night', 'daily 22:00-06:00'), line('market', 'Sat 08:00-12:00')],
  },
};
const WHY = { operator: 'chen', note: 'Crowd at the gate' } as const;

const rulesOf = (gate: RuleGate) => gate.state.rules.values[0];
const levelsOf = (gate: RuleGate) =>
  gate.data('policy.applied').map((row) => ('level' in row ? [row.level, row.by, row.cause] : []));
const waits = (gate: RuleGate) =>
  gate.state.attention.values[0]?.some(({ kind }) => kind === 'levelWaits') === true;

/** The same gate after a power cut that lasts until `when`. */
async function cutUntil(
  court: Scene,
  when: string,
  quality: 'synced' | 'unsynced' = 'synced',
): Promise<RuleGate> {
  await court.gate.stop();
  const { clock } = court.gate;
  clock.advance(siteMs(when) - clock.read().wallMs);
  clock.quality = quality;
  return RuleGate.start(court.folder, clock, SITE);
}

describe('levels by the clock', () => {
  it('change to the second, on record, and the screens say what comes next', async () => {
    const court = await Scene.opens('2020-02-24 21:59', SITE);
    const guest = court.person({ kind: 'visitor' });
    await court.later(50);
    const told = { level: 'night', atMs: siteMs('2020-02-24 22:00') };
    expect(court.gate.prompts.at('main-in')).toMatchObject({ feedback: 'Idle', nextLevel: told });
    expect(rulesOf(court.gate)).toMatchObject({
      level: 'normal',
      schedule: {
        state: 'follows',
        level: 'normal',
        next: { level: 'night', atMs: siteMs('2020-02-24 22:00') },
      },
    });
    await court.at('2020-02-24 22:00');
    expect(rulesOf(court.gate)).toMatchObject({
      level: 'night',
      schedule: {
        state: 'follows',
        level: 'night',
        next: { level: 'normal', atMs: siteMs('2020-02-25 06:00') },
      },
    });
    expect(court.gate.prompts.at('main-in')?.nextLevel).toBeUndefined();
    expect(await guest.shows('in')).toBe('Unauthorized');
    expect(levelsOf(court.gate)).toEqual([['night', 'auto', 'schedule']]);
    await court.at('2020-02-25 06:00');
    expect(await guest.shows('in')).toBe('Granted');
  });

  it('give way to what a guard chooses, over a restart too, until it is given back', async () => {
    const court = await Scene.opens('2020-02-24 21:00', SITE);
    const give = (order: { type: 'level'; level: string } | { type: 'follow-schedule' }, gate = court.gate) =>
      gate.desk.give({ ...order, ...WHY });
    expect(give({ type: 'follow-schedule' })).toMatchObject({ cause: 'schedule_followed' });
    // The level that is in force can be held, too.
    expect(give({ type: 'level', level: 'normal' })).toEqual({ status: 'done' });
    await court.at('2020-02-24 23:00');
    expect(rulesOf(court.gate)).toMatchObject({
      level: 'normal',
      schedule: { state: 'held', level: 'night', next: { level: 'normal' } },
    });
    expect(waits(court.gate)).toBe(false);
    const again = await cutUntil(court, '2020-02-24 23:30');
    expect(rulesOf(again)).toMatchObject({ level: 'normal', schedule: { state: 'held' } });
    expect(give({ type: 'follow-schedule' }, again)).toEqual({ status: 'done' });
    expect(rulesOf(again)).toMatchObject({ level: 'night', schedule: { state: 'follows' } });
    expect(levelsOf(again)).toEqual([
      ['normal', 'chen', undefined],
      ['night', 'chen', 'schedule'],
    ]);
    await again.stop();
  });

  it('are reckoned anew at a start, whatever was before the power went', async () => {
    const court = await Scene.opens('2020-02-24 23:00', SITE);
    expect(rulesOf(court.gate)?.level).toBe('night');
    const again = await cutUntil(court, '2020-02-25 10:00');
    expect(rulesOf(again)?.level).toBe('normal');
    expect(levelsOf(again)).toEqual([
      ['night', 'auto', 'schedule'],
      ['normal', 'auto', 'schedule'],
    ]);
    await again.stop();
  });

  it('become no looser without a trusted time, which is said, and do so at once with it', async () => {
    const court = await Scene.opens('2020-02-24 21:00', SITE);
    court.gate.clock.quality = 'unsynced';
    await court.at('2020-02-24 22:00');
    expect(rulesOf(court.gate)?.level).toBe('night');
    expect(waits(court.gate)).toBe(false);
    await court.at('2020-02-25 07:00');
    expect(rulesOf(court.gate)).toMatchObject({
      level: 'night',
      schedule: { state: 'waits', level: 'normal' },
    });
    expect(waits(court.gate)).toBe(true);
    const item = { type: 'seen', id: 'levelWaits:north', operator: 'chen' } as const;
    expect(court.gate.desk.give(item)).toMatchObject({ cause: 'not_over' });
    const again = await cutUntil(court, '2020-02-25 08:00', 'unsynced');
    expect(rulesOf(again)?.level).toBe('night');
    expect(waits(again)).toBe(true);
    again.clock.quality = 'synced';
    await again.pass(60_000);
    expect(rulesOf(again)?.level).toBe('normal');
    expect(waits(again)).toBe(false);
    await again.stop();
  });

  it('open no door at a start without a trusted time', async () => {
    const court = await Scene.opens('2020-02-29 09:00', SITE);
    expect([rulesOf(court.gate)?.level, court.gate.door.mode]).toEqual(['market', 'LockedOpen']);
    const again = await cutUntil(court, '2020-02-29 10:00', 'unsynced');
    expect([rulesOf(again)?.level, again.door.mode]).toEqual(['normal', 'Locked']);
    expect(waits(again)).toBe(true);
    again.clock.quality = 'holdover';
    await again.pass(60_000);
    expect([rulesOf(again)?.level, again.door.mode]).toEqual(['market', 'LockedOpen']);
    await again.pass(2 * 3_600_000);
    expect([rulesOf(again)?.level, again.door.mode]).toEqual(['normal', 'Locked']);
    await again.stop();
  });

  it('that open wait for the end of a block', async () => {
    const court = await Scene.opens('2020-02-29 07:00', SITE);
    court.gate.desk.give({ type: 'door', door: 'main', verb: 'block', ...WHY });
    await court.at('2020-02-29 08:30');
    expect([rulesOf(court.gate)?.level, court.gate.door.mode]).toEqual(['normal', 'Blocked']);
    expect(waits(court.gate)).toBe(true);
    court.gate.desk.give({ type: 'door', door: 'main', verb: 'unblock', ...WHY });
    await court.later(60);
    expect([rulesOf(court.gate)?.level, court.gate.door.mode]).toEqual(['market', 'LockedOpen']);
    expect(waits(court.gate)).toBe(false);
  });
});
