import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { OnoffDoorActuator } from '../../hardware/gpio/onoff-door-actuator.ts';
import { SimulatedDoorActuator } from '../../hardware/gpio/simulated-door-actuator.ts';
import { SimulatedDoorContact } from '../../hardware/gpio/simulated-door-contact.ts';
import { Door } from '../../src/app/door.ts';
import type { DoorSwitch } from '../../src/core/door/door-mode.ts';
import type { StoredEvent } from '../../src/core/events/event.ts';
import type { LogEntry } from '../../src/ports/event-log.ts';
import type { DoorModeVerb } from '../../src/ports/guard-desk.ts';
import type { DeviceView, DoorView, GuardFeed } from '../../src/ports/guard-feed.ts';
import { MemoryGpio, writePi4 } from '../support/memory-gpio.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { settle, VirtualClock } from '../support/virtual-clock.ts';

const never = new AbortController().signal;
const settings = { releaseMs: 3_000, heldOpenMs: 30_000 };

/** A log that can be read again, as after a restart. */
class DoorLog extends RecordingLog {
  readonly journal: string[];

  constructor(journal: string[]) {
    super();
    this.journal = journal;
  }

  override commit(entry: LogEntry): readonly StoredEvent[] {
    const stored = super.commit(entry);
    this.journal.push(`commit ${entry.events.map(({ name }) => name).join(' ')}`);
    return stored;
  }

  override recent(names: readonly string[] = [], limit = 0): readonly StoredEvent[] {
    return this.events
      .map((event, sequence) => ({
        sequence,
        epoch: 'e',
        name: event.name,
        group: 'door',
        timeMs: event.timeMs,
        body: new TextEncoder().encode(JSON.stringify({ data: event.data })),
      }))
      .filter(({ name }) => names.includes(name))
      .reverse()
      .slice(0, limit);
  }

  data(name: string): object[] {
    return this.events.filter((event) => event.name === name).map((event) => event.data);
  }
}

class Screens implements GuardFeed {
  readonly values = new Map<string, unknown>();
  publish(topic: string, value: unknown): void {
    this.values.set(topic, value);
  }
  get door(): DoorView {
    return this.values.get('door/main') as DoorView;
  }
  device(id: string): DeviceView {
    return this.values.get(`device/${id}`) as DeviceView;
  }
}

async function makeDoor(
  options: { contact?: boolean; stateFile?: string; log?: DoorLog; switches?: readonly DoorSwitch[] } = {},
) {
  const journal: string[] = [];
  const clock = new VirtualClock();
  const log = options.log ?? new DoorLog(journal);
  const feed = new Screens();
  const actuator = new SimulatedDoorActuator({
    clock,
    onLevel: (released) => journal.push(released ? 'released' : 'rest'),
  });
  const { stateFile } = options;
  const contact = new SimulatedDoorContact(stateFile === undefined ? { clock } : { clock, stateFile });
  const logger = new SilentLogger();
  const door = new Door({
    id: 'main',
    name: 'Main door',
    actuator,
    ...(options.contact === false ? {} : { contact }),
    ...(options.switches === undefined ? {} : { switches: options.switches }),
    clock,
    log,
    feed,
    logger,
    settings,
  });
  await door.start(never);
  await settle();
  journal.length = 0;
  const order = (verb: DoorModeVerb) => door.order({ verb, operator: 'chen', note: 'fire drill' });
  return { door, actuator, contact, clock, log, feed, logger, journal, order };
}

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

  it('the end of a hold is in the log', async () => {
    const first = await makeDoor();
    first.order('hold');
    await makeDoor({ log: first.log });
    expect(first.log.data('door.mode').at(-1)).toEqual({
      door: 'main',
      mode: 'Locked',
      previous: 'LockedOpen',
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
    expect(log.events.length - rows).toBeLessThan(40);
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
    door.onHeldOpen((stage) => held.push(stage));
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
    const feed = new Screens();
    const door = new Door({
      id: 'main',
      name: 'Main door',
      actuator: new OnoffDoorActuator({ line: 17, activeLevel: 'high', clock, source: gpio.source(root) }),
      clock,
      log,
      feed,
      logger: new SilentLogger(),
      settings,
    });
    return { door, clock, log, feed, line: gpio.line(529), gpio };
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
    const { door, line, log } = await makeOnoffDoor();
    await door.start(never);
    line.stuck = true;
    expect(door.order({ verb: 'hold', operator: 'chen', note: 'crowd' })).toMatchObject({
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
    const { door, line } = await makeOnoffDoor();
    await door.start(never);
    door.release();
    line.broken = io;
    expect(door.order({ verb: 'lockdown', operator: 'chen', note: 'intruder' })).toMatchObject({
      status: 'refused',
      detail: expect.stringContaining('does not obey'),
    });
    expect([door.mode, door.isWell()]).toEqual(['LockedDown', false]);
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
