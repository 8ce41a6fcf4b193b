import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { OnoffOutput } from '../../hardware/gpio/onoff-output.ts';
import { Door } from '../../src/app/door/door.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { DoorLog, never, orderDoor, ShownDoor, settings } from '../support/devices/door-rig.ts';
import { lockOf } from '../support/devices/lock-of.ts';
import { MemoryGpio, writePi4 } from '../support/devices/memory-gpio.ts';
import { SilentLogger } from '../support/silent-logger.ts';

describe('a lock that does not obey', () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  async function makeOnoffDoor() {
    const root = mkdtempSync(join(tmpdir(), 'gatepost-gpio-'));
    folders.push(root);
    writePi4(root);
    const gpio = new MemoryGpio();
    const clock = new VirtualClock();
    const log = new DoorLog([]);
    const feed = new ShownDoor();
    const logger = new SilentLogger();
    const door = new Door({
      id: 'main',
      name: 'Main door',
      actuator: lockOf(clock, new OnoffOutput({ line: 17, activeLevel: 'high', source: gpio.source(root) })),
      clock,
      log,
      state: feed.state,
      logger,
      settings,
    });
    const order = (given: Parameters<Door['plan']>[0]) => orderDoor({ door, log, clock, logger }, given);
    return { door, order, clock, log, feed, line: gpio.line(529), gpio };
  }
  const io = new Error('EIO: i/o error, write');

  it('stops the start, and says so on the screen', async () => {
    const { door, feed, gpio } = await makeOnoffDoor();
    gpio.exportError = new Error('EACCES: permission denied');
    await expect(door.start(never)).rejects.toMatchObject({ code: 'gpio.unavailable' });
    expect(feed.device('lock:main')).toMatchObject({ status: 'missing', cause: 'gpio.unavailable' });
  });

  it('fails the release, is named until a release works, and the door stays Locked', async () => {
    const { door, line, feed, log } = await makeOnoffDoor();
    await door.start(never);
    line.stuck = true;
    expect(() => door.release()).toThrowError(/stays at 0/);
    expect(door.mode).toBe('Locked');
    expect(feed.device('lock:main')).toMatchObject({ status: 'degraded', cause: 'gpio.failed' });
    line.stuck = false;
    door.release();
    expect(feed.device('lock:main').status).toBe('ok');
    expect(log.data('door.fault')).toMatchObject([{ status: 'degraded' }, { status: 'ok' }]);
  });

  it('that stays released makes the door unwell until it rests', async () => {
    const { door, clock, line, feed } = await makeOnoffDoor();
    await door.start(never);
    door.release();
    line.broken = io;
    clock.advance(3_000);
    expect([door.mode, door.isWell()]).toEqual(['Locked', false]);
    expect(feed.door).toMatchObject({ mode: 'Locked', released: true });
    expect(feed.device('lock:main').status).toBe('degraded');
    line.broken = undefined;
    clock.advance(1_500);
    expect([line.level, door.isWell(), feed.door.released]).toEqual([0, true, false]);
    expect(feed.device('lock:main').status).toBe('ok');
    expect(clock.pendingTimers()).toBe(0);
  });

  it('refuses a hold and takes the mode back, also in the log', async () => {
    const { door, order, line, log } = await makeOnoffDoor();
    await door.start(never);
    line.stuck = true;
    expect(order({ verb: 'hold', operator: 'chen', note: 'crowd' })).toMatchObject({
      status: 'refused',
      detail: expect.stringContaining('GPIO17'),
    });
    expect(door.mode).toBe('Locked');
    expect(log.data('door.mode')).toMatchObject([
      { mode: 'LockedOpen', by: 'chen' },
      { mode: 'Locked', previous: 'LockedOpen', by: 'lock' },
    ]);
  });

  it('enters a lockdown all the same, and says that it is not locked', async () => {
    const { door, order, line } = await makeOnoffDoor();
    await door.start(never);
    door.release();
    line.broken = io;
    expect(order({ verb: 'lockdown', operator: 'chen', note: 'intruder' })).toMatchObject({
      status: 'refused',
      detail: expect.stringContaining('does not obey'),
    });
    expect([door.mode, door.isWell()]).toEqual(['LockedDown', false]);
  });
});
