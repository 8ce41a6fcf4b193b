import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { settle } from '../support/clock/virtual-clock.ts';
import { makeDoor, never } from '../support/devices/door-rig.ts';

describe('the contact', () => {
  it('tells movements, once they last, and writes them down', async () => {
    const { door, contact, clock, log, feed } = await makeDoor();
    const movements: string[] = [];
    door.onMovement((movement) => movements.push(movement));
    expect([door.physical, door.hasContact]).toEqual(['Closed', true]);
    door.release();
    contact.setOpen(true);
    clock.advance(49);
    expect(movements).toEqual([]);
    clock.advance(1);
    contact.setOpen(false);
    clock.advance(50);
    expect(movements).toEqual(['opened', 'closed']);
    expect(log.data('door.physical')).toEqual([
      { door: 'main', state: 'Closed' },
      { door: 'main', state: 'Open' },
      { door: 'main', state: 'Closed' },
    ]);
    expect(feed.door.physical).toBe('Closed');
  });

  it('that bounces is one movement', async () => {
    const { door, contact, clock } = await makeDoor();
    const movements: string[] = [];
    door.onMovement((movement) => movements.push(movement));
    door.release();
    for (const open of [true, false, true, false, true]) {
      contact.setOpen(open);
      clock.advance(5);
    }
    clock.advance(50);
    expect(movements).toEqual(['opened']);
  });

  it('that flickers is a fault, not a stream of movements, and is believed again when calm', async () => {
    const { door, contact, clock, log, feed } = await makeDoor();
    const rows = log.events.length;
    for (let flick = 0; flick < 400; flick++) {
      contact.setOpen(flick % 2 === 0);
      clock.advance(flick < 100 ? 60 : 20);
    }
    expect([door.physical, door.hasContact]).toEqual(['Fault', false]);
    expect(feed.device('contact:main')).toMatchObject({ status: 'degraded', cause: 'contact_fault' });
    expect(log.events.length - rows).toBeLessThan(60);
    clock.advance(2_000);
    expect([door.physical, door.hasContact]).toEqual(['Closed', true]);
    expect(feed.device('contact:main').status).toBe('ok');
  });

  it('unplugged is a named state that ends by itself', async () => {
    const { door, contact, clock, feed, log } = await makeDoor();
    contact.setUnplugged(true);
    await settle();
    expect([door.physical, door.hasContact]).toEqual(['Unknown', false]);
    expect(feed.device('contact:main')).toMatchObject({ status: 'missing', cause: 'device.lost' });
    expect(log.data('door.fault')).toContainEqual(expect.objectContaining({ device: 'contact:main' }));
    contact.setUnplugged(false);
    await clock.advanceAsync(5_000, 100);
    expect([door.physical, door.hasContact]).toEqual(['Closed', true]);
  });

  it('that talks nonsense from the start is a fault, until it says something', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatepost-contact-'));
    try {
      const stateFile = join(folder, 'main.contact');
      writeFileSync(stateFile, 'perhaps');
      const { door, contact, feed, clock } = await makeDoor({ stateFile });
      expect([door.physical, door.hasContact]).toEqual(['Fault', false]);
      expect(feed.device('contact:main')).toMatchObject({ status: 'degraded', cause: 'contact_fault' });
      contact.setOpen(false);
      expect([door.physical, door.hasContact]).toEqual(['Closed', true]);
      await door.stop();
      expect(clock.pendingTimers()).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('that is missing does not keep the door from starting and working', async () => {
    const { door, actuator } = await makeDoor({ contact: false });
    expect([door.hasContact, door.physical]).toEqual([false, 'Unknown']);
    door.release();
    expect(actuator.isReleased()).toBe(true);
  });

  it('opened in the last moment of an access raises no alarm', async () => {
    const { door, contact, clock, feed } = await makeDoor();
    door.release();
    clock.advance(2_990);
    contact.setOpen(true);
    clock.advance(100);
    expect([door.mode, feed.door.physical, feed.door.alarm]).toEqual(['Locked', 'Open', 'Normal']);
  });
});

describe('alarms', () => {
  it('a locked door that opens is forced, until it is closed', async () => {
    const { contact, clock, log, feed } = await makeDoor();
    contact.setOpen(true);
    clock.advance(50);
    expect(feed.door.alarm).toBe('DoorForcedOpen');
    contact.setOpen(false);
    clock.advance(50);
    expect(feed.door.alarm).toBe('Normal');
    expect(log.data('door.alarm')).toEqual([
      { door: 'main', alarm: 'DoorForcedOpen' },
      { door: 'main', alarm: 'Normal' },
    ]);
  });

  it('a door held open warns after two thirds of its time and alarms at the end', async () => {
    const { door, contact, clock, log, feed } = await makeDoor();
    const held: string[] = [];
    door.onChange((change) => change.kind === 'held' && held.push(change.held));
    door.release();
    contact.setOpen(true);
    clock.advance(50);
    clock.advance(19_999);
    expect(held).toEqual(['counting']);
    clock.advance(1);
    expect(held).toEqual(['counting', 'preAlarm']);
    clock.advance(10_000);
    expect(feed.door.alarm).toBe('DoorOpenTooLong');
    contact.setOpen(false);
    clock.advance(50);
    expect(held).toEqual(['counting', 'preAlarm', 'tooLong', 'none']);
    expect(log.data('door.alarm')).toEqual([
      { door: 'main', alarm: 'DoorOpenTooLong' },
      { door: 'main', alarm: 'Normal' },
    ]);
    expect(feed.door.alarm).toBe('Normal');
  });

  it('are shown also when they cannot be written', async () => {
    const { contact, clock, log, feed } = await makeDoor();
    log.broken = true;
    contact.setOpen(true);
    clock.advance(50);
    expect(feed.door.alarm).toBe('DoorForcedOpen');
  });
});

describe('the switches beside a door', () => {
  it('tells of the lid and of the fire alarm: in the log, on the screen, and by no movement', async () => {
    const { door, log, feed, journal } = await makeDoor({ switches: ['tamper', 'fire'] });
    expect(feed.door).toMatchObject({ tamper: 'Unknown', fire: false });
    door.switchIs('tamper', 'Closed');
    door.switchIs('tamper', 'Open');
    door.switchIs('fire', 'Open');
    expect(feed.door).toMatchObject({ tamper: 'TamperDetected', fire: true, mode: 'Locked' });
    door.switchIs('fire', 'Closed');
    expect(feed.door.fire).toBe(false);
    expect(log.data('door.tamper')).toEqual([
      { door: 'main', tamper: 'NotInTamper' },
      { door: 'main', tamper: 'TamperDetected' },
    ]);
    expect(log.data('door.fault')).toMatchObject([
      { device: 'fire:main', status: 'degraded', cause: 'fire_alarm' },
      { device: 'fire:main', status: 'ok' },
    ]);
    expect(journal.filter((line) => !line.startsWith('commit'))).toEqual([]);
  });

  it('says nothing of switches that the door does not have', async () => {
    const { feed } = await makeDoor();
    expect(feed.door).not.toHaveProperty('tamper');
    expect(feed.door).not.toHaveProperty('fire');
  });

  it('knows of a fire that began while the lock was missing', async () => {
    const { door, feed } = await makeDoor({ switches: ['fire'] });
    await door.stop();
    door.switchIs('fire', 'Open');
    await door.start(never);
    expect(feed.door.fire).toBe(true);
  });
});
