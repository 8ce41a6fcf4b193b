import { describe, expect, it } from 'vitest';
import { makeDoor } from '../support/devices/door-rig.ts';

describe('a momentary access', () => {
  it('releases for its time and locks by itself, visibly', async () => {
    const { door, actuator, clock, feed } = await makeDoor();
    door.release();
    expect(actuator.isReleased()).toBe(true);
    expect(feed.door).toMatchObject({ mode: 'Accessed', released: true, name: 'Main door' });
    clock.advance(3_000);
    expect(actuator.isReleased()).toBe(false);
    expect(feed.door).toMatchObject({ mode: 'Locked', released: false });
  });

  it('lasts as long as it is told, counted from the last one', async () => {
    const { door, actuator, clock } = await makeDoor();
    door.release();
    clock.advance(2_000);
    door.release(10_000);
    clock.advance(9_999);
    expect([door.mode, actuator.isReleased()]).toEqual(['Accessed', true]);
    clock.advance(1);
    expect([door.mode, actuator.isReleased()]).toEqual(['Locked', false]);
  });

  it('is cut short by no other access, and ends before its time only for who was let through last', async () => {
    const { door, actuator, clock, order } = await makeDoor();
    const first = door.release(20_000) ?? 0;
    clock.advance(5_000);
    const second = door.release(3_000) ?? 0;
    clock.advance(14_999);
    expect(actuator.isReleased()).toBe(true);
    door.endAccess(first);
    expect(actuator.isReleased()).toBe(true);
    door.endAccess(second);
    expect([door.mode, actuator.isReleased()]).toEqual(['Locked', false]);
    // What was ordered meanwhile leaves nothing of it.
    door.release(60_000);
    order('block');
    order('unblock');
    door.release(3_000);
    clock.advance(3_000);
    expect(actuator.isReleased()).toBe(false);
    door.endAccess(first);
    order('hold');
    door.endAccess(second + 2);
    expect([door.mode, actuator.isReleased()]).toEqual(['LockedOpen', true]);
  });

  it('adds no record to the decision that is in the log already', async () => {
    const { door, clock, log } = await makeDoor();
    const before = log.events.length;
    door.release();
    clock.advance(5_000);
    expect(log.events.length).toBe(before);
  });

  it.each(['block', 'lockdown'] as const)('is refused after %s, and nothing moves', async (verb) => {
    const { door, journal, order } = await makeDoor();
    order(verb);
    journal.length = 0;
    expect(() => door.release()).toThrowError(expect.objectContaining({ code: 'gpio.failed' }));
    expect(journal).toEqual([]);
  });

  it('leaves a door that is held open as it is', async () => {
    const { door, actuator, clock, order } = await makeDoor();
    order('hold');
    door.release();
    clock.advance(60_000);
    expect([door.mode, actuator.isReleased()]).toEqual(['LockedOpen', true]);
  });
});

describe('an order', () => {
  it('is written with operator and reason before the output moves', async () => {
    const { journal, log, order, feed } = await makeDoor();
    expect(order('hold')).toEqual({ status: 'done' });
    expect(journal).toEqual(['commit operator.override door.mode', 'released']);
    expect(log.data('operator.override')).toEqual([
      { operator: 'chen', action: 'hold', door: 'main', note: 'fire drill' },
    ]);
    expect(log.data('door.mode')).toEqual([
      { door: 'main', mode: 'LockedOpen', previous: 'Locked', by: 'chen' },
    ]);
    expect(feed.door).toMatchObject({ mode: 'LockedOpen', released: true });
  });

  it('that the mode refuses changes and writes nothing', async () => {
    const { journal, order } = await makeDoor();
    expect(order('release')).toMatchObject({ status: 'refused', detail: expect.stringMatching(/\.$/) });
    expect(journal).toEqual([]);
  });

  it.each([
    ['hold', []],
    ['unlock', []],
    ['unblock', ['block']],
    ['lockdown-release', ['lockdown']],
  ] as const)(
    'that opens or leads to opening is refused while the log cannot be written: %s',
    async (verb, before) => {
      const { door, actuator, log, order } = await makeDoor();
      for (const earlier of before) order(earlier);
      const { mode } = door;
      log.broken = true;
      expect(order(verb)).toMatchObject({ status: 'refused', detail: expect.stringContaining('log') });
      expect([door.mode, actuator.isReleased()]).toEqual([mode, false]);
    },
  );

  it.each([
    ['lockdown', 'LockedDown', []],
    ['block', 'Blocked', []],
    ['release', 'Locked', ['hold']],
    ['lock', 'Locked', ['unlock']],
  ] as const)('that only locks is carried out without the log too: %s', async (verb, mode, before) => {
    const { door, actuator, log, logger, order } = await makeDoor();
    for (const earlier of before) order(earlier);
    door.release();
    log.broken = true;
    expect(order(verb)).toEqual({ status: 'done' });
    expect([door.mode, actuator.isReleased()]).toEqual([mode, false]);
    expect(logger.lines.some(({ level }) => level === 'error')).toBe(true);
  });
});

describe('after a restart', () => {
  it.each([
    ['a lockdown holds on', ['lockdown'], 'LockedDown'],
    ['a block holds on', ['block'], 'Blocked'],
    ['what was released stays released', ['lockdown', 'lockdown-release'], 'Locked'],
    ['a hold does not: nothing opens by itself', ['hold'], 'Locked'],
    ['nor does an unlocked door', ['unlock'], 'Locked'],
    ['a lockdown over an unlocked door holds on', ['unlock', 'lockdown'], 'LockedDown'],
    ['a block below a hold holds on', ['block', 'hold'], 'Blocked'],
    ['a block that ended an unlocking holds on', ['unlock', 'block'], 'Blocked'],
    ['an unlocking that ended a block does not leave it', ['block', 'unlock'], 'Locked'],
  ] as const)('%s', async (_what, orders, mode) => {
    const first = await makeDoor();
    for (const verb of orders) first.order(verb);
    first.log.events.push({
      ...first.log.events[0],
      name: 'door.mode',
      subject: 'other',
      data: { door: 'other', mode: 'Blocked', previous: 'Locked', by: 'li' },
    } as never);
    const { door, actuator, feed } = await makeDoor({ log: first.log });
    expect([door.mode, feed.door.mode, actuator.isReleased()]).toEqual([mode, mode, false]);
  });

  it.each([
    ['hold', 'LockedOpen'],
    ['unlock', 'Unlocked'],
  ] as const)('the end of %s is in the log', async (verb, previous) => {
    const first = await makeDoor();
    first.order(verb);
    await makeDoor({ log: first.log });
    expect(first.log.data('door.mode').at(-1)).toEqual({
      door: 'main',
      mode: 'Locked',
      previous,
      by: 'restart',
    });
  });

  it('a lockdown over a block leads back to the block', async () => {
    const first = await makeDoor();
    first.order('block');
    first.order('lockdown');
    const again = await makeDoor({ log: first.log });
    again.order('lockdown-release');
    expect(again.door.mode).toBe('Blocked');
  });
});

describe('a door that is unlocked until somebody locks it', () => {
  it('stays open for whoever comes, has its rows, and rests when it is locked again', async () => {
    const { door, actuator, clock, log, order } = await makeDoor();
    expect(order('unlock')).toEqual({ status: 'done' });
    door.release();
    clock.advance(600_000);
    expect([door.mode, actuator.isReleased()]).toEqual(['Unlocked', true]);
    expect(order('unlock')).toMatchObject({ status: 'refused', cause: 'unlocked_already' });
    expect(order('lock')).toEqual({ status: 'done' });
    expect([door.mode, actuator.isReleased()]).toEqual(['Locked', false]);
    expect(order('lock')).toMatchObject({ status: 'refused', cause: 'not_unlocked' });
    expect(log.data('door.mode')).toMatchObject([
      { mode: 'Unlocked', previous: 'Locked', by: 'chen' },
      { mode: 'Locked', previous: 'Unlocked', by: 'chen' },
    ]);
    expect(log.data('operator.override')).toMatchObject([{ action: 'unlock' }, { action: 'lock' }]);
  });

  it('begins locked after a restart, also below a lockdown', async () => {
    const first = await makeDoor();
    first.order('unlock');
    first.order('lockdown');
    const again = await makeDoor({ log: first.log });
    again.order('lockdown-release');
    expect([again.door.mode, again.actuator.isReleased()]).toEqual(['Locked', false]);
  });
});

describe('stop', () => {
  it('rests the output and leaves no timer', async () => {
    const { door, actuator, contact, clock } = await makeDoor();
    door.release();
    contact.setOpen(true);
    clock.advance(50);
    await door.stop();
    await door.stop();
    expect([actuator.isReleased(), clock.pendingTimers()]).toEqual([false, 0]);
  });
});
