import { describe, expect, it } from 'vitest';
import { policy } from '../support/gate/policy-samples.ts';
import { RuleGate } from '../support/gate/rule-gate.ts';
import { type Person, Scene } from '../support/gate/scene.ts';

const RULES = policy({ normal: { kinds: { resident: {} } } });
const opens = () => Scene.opens('2020-02-24 08:00', RULES);
const CHEN = { operator: 'chen', note: 'a bus came', accessPoint: 'main-out' };

function faults(gate: RuleGate): object[] {
  return gate.data('door.fault').map(({ device, status, cause }) => ({ device, status, cause }));
}

const SILENT = { device: 'contact:main', status: 'degraded', cause: 'contact_silent' };
const WELL = { device: 'contact:main', status: 'ok', cause: undefined };

/** Is let through and stays back, or goes through a door whose contact is held by a magnet. */
async function unseen(
  court: Scene,
  person: Person,
  direction: 'in' | 'out' = 'in',
): Promise<boolean | undefined> {
  return (await court.gate.staysBack(direction, person.card))?.granted;
}

describe('a door contact that never moves', () => {
  it('gives a pass with one use back three times and no more', async () => {
    const court = await opens();
    const guest = court.person({ uses: 1 });
    const granted: (boolean | undefined)[] = [];
    for (let i = 0; i < 6; i += 1) granted.push(await unseen(court, guest));
    expect(granted).toEqual([true, true, true, true, false, false]);
    expect(court.gate.data('access.denied').map(({ reason }) => reason)).toEqual([
      'gp:MaxUses',
      'gp:MaxUses',
    ]);
    expect(court.gate.data('access.nottaken')).toHaveLength(3);
    expect(court.gate.data('access.taken')).toHaveLength(1);
    expect(faults(court.gate)).toEqual([SILENT]);
    expect(court.gate.feed.get('device/contact:main')).toMatchObject({
      status: 'degraded',
      cause: 'contact_silent',
      detail: expect.stringContaining('magnet'),
    });
  });

  it('is found whoever was let through, at whichever side of the door', async () => {
    const court = await opens();
    await unseen(court, court.person(), 'in');
    court.gate.desk.give({ type: 'open', ...CHEN });
    await court.later(20);
    expect(faults(court.gate)).toEqual([]);
    await unseen(court, court.person(), 'out');
    expect(faults(court.gate)).toEqual([SILENT]);
  });

  it('is believed again as soon as it moves', async () => {
    const court = await opens();
    for (let i = 0; i < 3; i += 1) await unseen(court, court.person());
    await court.gate.goes('in', court.person().card);
    expect(faults(court.gate)).toEqual([SILENT, WELL]);
    expect(court.gate.feed.get('device/contact:main')).toMatchObject({ status: 'ok' });
    await unseen(court, court.person({ uses: 1 }));
    expect(court.gate.data('access.nottaken')).toHaveLength(4);
  });

  it('is not blamed for people who stayed back between others who went', async () => {
    const court = await opens();
    for (let i = 0; i < 4; i += 1) {
      await unseen(court, court.person());
      await unseen(court, court.person());
      await court.gate.goes('in', court.person().card);
    }
    expect(faults(court.gate)).toEqual([]);
  });

  it('is not blamed for a guard who opens for one after the other', async () => {
    const court = await opens();
    for (let i = 0; i < 5; i += 1) {
      const passage = court.gate.feed.get('passage/main-out')?.passage ?? null;
      court.gate.desk.give({ type: 'open', ...CHEN, passage, another: true });
      await court.later(1);
    }
    await court.gate.walk();
    expect(faults(court.gate)).toEqual([]);
  });

  it('is not blamed for a lock that does not open, nor after a restart', async () => {
    const court = await opens();
    court.gate.actuator.stuck = true;
    for (let i = 0; i < 4; i += 1) await unseen(court, court.person());
    expect(court.gate.data('access.nottaken').map(({ reason }) => reason)).toEqual(
      Array(4).fill('gp:LockFailed'),
    );
    await court.gate.stop();
    const next = await RuleGate.start(court.folder, court.gate.clock, RULES);
    await next.staysBack('in', court.person().card);
    expect(next.data('door.fault').filter(({ device }) => device === 'contact:main')).toEqual([]);
    await next.stop();
  });

  it.each([
    ['one who was found so', 3, 3],
    ['the third person', 2, 2],
  ])('is not mended by a restart: %s', async (_what, before, rows) => {
    const court = await opens();
    const guest = court.person({ uses: 1 });
    for (let i = 0; i < before; i += 1) await unseen(court, guest);
    expect(court.gate.data('access.nottaken')).toHaveLength(rows);
    await court.gate.stop();
    const next = await RuleGate.start(court.folder, court.gate.clock, RULES);
    const granted: (boolean | undefined)[] = [];
    for (let i = 0; i < 3; i += 1) granted.push((await next.staysBack('in', guest.card))?.granted);
    expect(granted).toEqual(before === 3 ? [true, false, false] : [true, true, false]);
    expect(faults(next).at(-1)).toEqual(SILENT);
    expect(next.feed.get('device/contact:main')).toMatchObject({ cause: 'contact_silent' });
    await next.goes('in', court.person().card);
    expect(faults(next).at(-1)).toEqual(WELL);
    await next.stop();
    const third = await RuleGate.start(court.folder, court.gate.clock, RULES);
    expect(third.feed.get('device/contact:main')).toMatchObject({ status: 'ok' });
    await third.stop();
  });
});
