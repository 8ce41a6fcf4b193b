import { describe, expect, it } from 'vitest';
import { SimulatedDoorContact } from '../../hardware/gpio/simulated-door-contact.ts';
import { SimulatedOutput } from '../../hardware/gpio/simulated-output.ts';
import { Attention } from '../../src/app/board/attention.ts';
import { DecisionBoard } from '../../src/app/board/decision-board.ts';
import { Door } from '../../src/app/door/door.ts';
import { EventWriter } from '../../src/app/log/event-writer.ts';
import { ExitButton } from '../../src/app/passage/exit-button.ts';
import { OpenLevel } from '../../src/app/passage/open-gate.ts';
import { PassageBoard } from '../../src/app/passage/passage-board.ts';
import { PresentState } from '../../src/app/state/present-state.ts';
import type { Effect } from '../../src/core/decision/effect.ts';
import type { DoorVerb } from '../../src/core/door/door-orders.ts';
import { GatepostError } from '../../src/core/errors.ts';
import type { AccessData, StoredEvent } from '../../src/core/events/event.ts';
import type { PolicyLevel } from '../../src/core/policy/policy.ts';
import type { LogEntry } from '../../src/ports/event-log.ts';
import { ScriptedStandstills } from '../support/clock/scripted-standstills.ts';
import { settle, VirtualClock } from '../support/clock/virtual-clock.ts';
import { orderDoor } from '../support/devices/door-rig.ts';
import { lockOf } from '../support/devices/lock-of.ts';
import { policyLevel } from '../support/gate/policy-samples.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { RecordingLog } from '../support/store/recording-log.ts';

const PASSAGE_MS = 10_000;

class EffectLog extends RecordingLog {
  readonly effects: Effect[] = [];
  override commit(entry: LogEntry): readonly StoredEvent[] {
    const stored = super.commit(entry);
    this.effects.push(...(entry.effects ?? []));
    return stored;
  }
}

async function stand(options: { release?: boolean; contact?: boolean; level?: Partial<PolicyLevel> } = {}) {
  const clock = new VirtualClock();
  const log = new EffectLog();
  const logger = new SilentLogger();
  const journal: string[] = [];
  const state = new PresentState();
  const lock = { stuck: false };
  const actuator = lockOf(
    clock,
    new SimulatedOutput({
      onLevel: (released) => {
        if (released && lock.stuck) throw new GatepostError('gpio.failed', 'The lock stays shut.');
        journal.push(`${released ? 'released' : 'rest'} after ${log.events.at(-1)?.name}`);
      },
    }),
  );
  const contact = new SimulatedDoorContact({ clock });
  const door = new Door({
    id: 'main',
    name: 'Main door',
    actuator,
    ...(options.contact === false ? {} : { contact }),
    clock,
    log,
    state,
    logger,
    settings: { releaseMs: 3_000, heldOpenMs: 30_000 },
  });
  await door.start(new AbortController().signal);
  await settle();
  let number = 0;
  const accessPoint = { id: 'main-out', door: 'main', direction: 'out' } as const;
  const notes = new EventWriter({ log, clock, logger });
  const policy = () => policyLevel(options.level);
  const quarter = () => ({ siteDay: 18_316, quarter: 30 });
  const standstills = new ScriptedStandstills();
  const button = new ExitButton({
    accessPoint,
    standstills,
    release: options.release ?? false,
    times: {
      measureMs: 1,
      repeatAfterMs: 1,
      guardMs: 1,
      refusalMs: 6_000,
      passageMs: PASSAGE_MS,
      releaseMs: 3_000,
    },
    door,
    policy,
    quarter,
    way: new OpenLevel({ accessPoint, level: policy, door, notes, quarter, logger }),
    board: new PassageBoard({
      clock,
      board: new DecisionBoard(state),
      attention: new Attention({ state }),
      holders: { find: () => undefined },
    }),
    onCounted: () => undefined,
    notes,
    clock,
    logger,
    newId: () => {
      number += 1;
      return `p${number}`;
    },
  });
  button.take('Closed');
  journal.length = 0;
  const press = (heldMs = 500) => {
    button.take('Open');
    clock.advance(heldMs);
    button.take('Closed');
  };
  const move = (open: boolean) => {
    contact.setOpen(open);
    clock.advance(50);
  };
  const walkOut = () => {
    move(true);
    move(false);
  };
  return {
    button,
    standstills,
    door,
    clock,
    log,
    journal,
    lock,
    press,
    move,
    walkOut,
    order: (verb: DoorVerb) =>
      orderDoor({ door, log, clock, logger }, { verb, operator: 'chen', note: 'drill' }),
    view: () => state.doors.values[0],
    list: () => state.decisions.values[0] ?? [],
    /** Rows of people and of alarms. */
    rows: () => log.events.filter(({ name }) => name.startsWith('access.') || name === 'door.alarm'),
    names: () =>
      log.events
        .map(({ name }) => name)
        .filter((name) => name.startsWith('access.') || name === 'door.alarm'),
  };
}

describe('an exit button in the wire of the lock', () => {
  it('lets somebody leave without an alarm and without moving the output, and writes it down', async () => {
    const { press, walkOut, clock, door, view, journal, names, log, list } = await stand();
    press();
    expect(view()).toMatchObject({ mode: 'Accessed', released: false });
    walkOut();
    expect(names()).toEqual(['access.granted', 'access.taken']);
    expect(log.events.find(({ name }) => name === 'access.granted')?.data).toEqual({
      accessPoint: 'main-out',
      door: 'main',
      direction: 'out',
      decision: 'Granted',
      reasons: [],
      recognition: 'pt:REX',
      policy: { level: 'normal', version: 1 },
      decidedBy: 'auto',
      latencyMs: 0,
      passage: 'p1',
    } satisfies AccessData);
    expect(log.effects).toMatchObject([
      { kind: 'recordPassage', entry: { passage: 'p1', direction: 'out', accessPoint: 'main-out' } },
      { kind: 'countDay', counted: 'granted', of: 'pt:REX' },
      { kind: 'confirmPassage', passage: 'p1' },
    ]);
    expect(list()[0]).toMatchObject({ recognition: 'pt:REX', direction: 'out', passageState: 'taken' });
    clock.advance(PASSAGE_MS);
    expect(door.mode).toBe('Locked');
    expect(journal).toEqual([]);
  });

  it('without it the same door is forced open', async () => {
    const { walkOut, names } = await stand();
    walkOut();
    expect(names()).toEqual(['door.alarm', 'door.alarm']);
  });

  it('masks for as long as it is held and one passage after that, and no longer', async () => {
    const { press, move, clock, names } = await stand();
    press(40_000);
    clock.advance(PASSAGE_MS - 60);
    move(true);
    expect(names()).toEqual(['access.granted', 'access.nottaken']);
    move(false);
    clock.advance(PASSAGE_MS);
    move(true);
    expect(names()).toEqual(['access.granted', 'access.nottaken', 'door.alarm']);
  });

  it.each(['Fault', 'Unknown'] as const)('masks nothing any more when it becomes %s', async (state) => {
    const { button, move, clock, door, names } = await stand();
    button.take('Open');
    clock.advance(60_000);
    button.take(state);
    expect(door.mode).toBe('Locked');
    move(true);
    expect(names()).toEqual(['access.granted', 'access.nottaken', 'door.alarm']);
  });

  it.each(['block', 'lockdown'] as const)('is no alarm after %s either, and the mode stays', async (verb) => {
    const { press, walkOut, order, door, names, journal } = await stand();
    order(verb);
    const { mode } = door;
    journal.length = 0;
    press();
    expect(door.mode).toBe(mode);
    walkOut();
    expect(names()).toEqual(['access.granted', 'access.taken']);
    expect(journal).toEqual([]);
  });

  it('gives back what nobody took', async () => {
    const { press, clock, log, names } = await stand();
    press();
    clock.advance(PASSAGE_MS);
    expect(names()).toEqual(['access.granted', 'access.nottaken']);
    expect(log.effects).toContainEqual({ kind: 'giveBack', passage: 'p1' });
  });

  it('writes a press without an outcome where no contact can tell', async () => {
    const { press, clock, names, list } = await stand({ contact: false });
    press();
    clock.advance(PASSAGE_MS);
    expect(names()).toEqual(['access.granted']);
    expect(list()[0]?.passageState).toBe('unknown');
  });

  it('takes presses during a passage for the same, and the next one after it', async () => {
    const { press, walkOut, names } = await stand();
    press();
    press();
    walkOut();
    press();
    walkOut();
    expect(names()).toEqual(['access.granted', 'access.taken', 'access.granted', 'access.taken']);
  });

  it('is not pressed by being found pressed, or by being mended', async () => {
    const { button, names, door } = await stand();
    for (const state of ['Unknown', 'Open', 'Fault', 'Open'] as const) button.take(state);
    expect(names()).toEqual([]);
    expect(door.mode).toBe('Locked');
  });

  it('tells with the passes that the contact is silent, and counts whoever presses as gone until it moves', async () => {
    const { press, clock, log, names, door, walkOut } = await stand();
    for (let i = 0; i < 4; i += 1) {
      press();
      clock.advance(2 * PASSAGE_MS);
    }
    const faults = () => log.events.filter(({ name }) => name === 'door.fault').map(({ data }) => data);
    expect(faults()).toMatchObject([{ device: 'contact:main', cause: 'contact_silent' }]);
    expect(names().filter((name) => name === 'access.nottaken')).toHaveLength(3);
    expect(names().at(-1)).toBe('access.taken');
    press();
    walkOut();
    expect(door.isContactSilent).toBe(false);
    expect(faults()).toMatchObject([{ cause: 'contact_silent' }, { device: 'contact:main', status: 'ok' }]);
  });

  it('writes no rows without end when it is pressed all night, and everybody who does go', async () => {
    const { press, walkOut, clock, names } = await stand();
    for (let i = 0; i < 1_000; i += 1) {
      press();
      clock.advance(PASSAGE_MS);
    }
    // Six pairs at once, then one every ten minutes of the 10,500 s.
    expect(names().length).toBeLessThanOrEqual(2 * (6 + 18));
    const before = names().length;
    press();
    walkOut();
    expect(names().slice(before)).toEqual(['access.granted', 'access.taken']);
    press();
    expect(names().at(-1)).toBe('access.granted');
  });

  it('opens the way also when nothing can be written', async () => {
    const { press, walkOut, log, names, door } = await stand();
    log.broken = true;
    press();
    expect(door.mode).toBe('Accessed');
    walkOut();
    log.broken = false;
    expect(names()).toEqual([]);
  });
});

describe('a button that is no escape', () => {
  it('releases the lock once the row is durable', async () => {
    const { press, walkOut, journal, names, door } = await stand({ release: true });
    press();
    expect(journal).toEqual(['released after access.granted']);
    expect(door.mode).toBe('Accessed');
    walkOut();
    expect(names()).toEqual(['access.granted', 'access.taken']);
  });

  it('opens again for whoever still waits when the lock rests', async () => {
    const { press, clock, journal, names } = await stand({ release: true });
    press();
    press();
    clock.advance(3_000);
    press();
    expect(journal.filter((line) => line.startsWith('released'))).toHaveLength(2);
    expect(names()).toEqual(['access.granted', 'access.nottaken', 'access.granted']);
  });

  it.each(['block', 'lockdown'] as const)(
    'opens nothing after %s, and says so once in a while',
    async (verb) => {
      const { press, order, journal, log, names, list } = await stand({ release: true });
      order(verb);
      journal.length = 0;
      press();
      press();
      expect(journal).toEqual([]);
      expect(names()).toEqual(['access.denied']);
      expect(log.events.at(-1)?.data).toMatchObject({ recognition: 'pt:REX', reasons: ['gp:GateMode'] });
      expect(list()[0]).toMatchObject({ decision: 'Denied', passageState: 'none' });
    },
  );

  it('writes no refusals without end while people walk past its sensor', async () => {
    const { press, order, clock, names } = await stand({ release: true });
    order('block');
    for (let i = 0; i < 1_000; i += 1) {
      press();
      clock.advance(PASSAGE_MS);
    }
    // Six at once, then one every ten minutes of the 10,500 s.
    expect(names().length).toBeLessThanOrEqual(6 + 18);
    order('unblock');
    press();
    expect(names().at(-1)).toBe('access.granted');
  });

  it('opens nothing when the log cannot be written, and does when it can again', async () => {
    const { press, log, journal } = await stand({ release: true });
    log.broken = true;
    press();
    expect(journal).toEqual([]);
    log.broken = false;
    press();
    expect(journal).toEqual(['released after access.granted']);
  });

  it('takes back what was written when the lock does not obey, and opens when it does again', async () => {
    const { press, log, lock, list, names } = await stand({ release: true });
    lock.stuck = true;
    press();
    expect(names()).toEqual(['access.granted', 'access.nottaken']);
    const taken = log.events.findLast(({ name }) => name === 'access.nottaken');
    expect(taken?.data).toMatchObject({ reason: 'gp:LockFailed', recognition: 'pt:REX' });
    expect(list()).toMatchObject([{ decision: 'Granted', passageState: 'nottaken' }]);
    lock.stuck = false;
    press();
    expect(names()).toEqual(['access.granted', 'access.nottaken', 'access.granted']);
  });

  it('masks nothing beyond the release', async () => {
    const { press, clock, move, names } = await stand({ release: true });
    press();
    clock.advance(5_000);
    move(true);
    expect(names()).toContain('door.alarm');
  });
});

describe.each([{ release: false }, { release: true }])(
  'a button at an open gate, release $release',
  (button) => {
    it('counts who leaves, and keeps nothing else', async () => {
      const { press, order, walkOut, names, log } = await stand({ ...button, level: { gate: 'open' } });
      order('hold');
      press();
      walkOut();
      press();
      expect(names()).toEqual([]);
      const one = {
        kind: 'countOpen',
        accessPoint: 'main-out',
        direction: 'out',
        siteDay: 18_316,
        quarter: 30,
      };
      expect(log.effects).toEqual([one, one]);
    });

    it('is a button like any other while the door does not follow its level', async () => {
      const { press, names } = await stand({ ...button, level: { gate: 'open' } });
      press();
      expect(names()).toEqual(['access.granted']);
    });
  },
);

describe('the latency of an exit by button', () => {
  it.each([{ release: false }, { release: true }])(
    'is never negative, however long the clock takes to read: %o',
    async (options) => {
      const { press, walkOut, clock, log, order } = await stand(options);
      clock.readingTakesMs = 0.06;
      press();
      walkOut();
      clock.advance(PASSAGE_MS);
      order('lockdown');
      press();
      const told = log.events.flatMap(({ name, data }) =>
        name === 'access.granted' || name === 'access.denied' ? [(data as AccessData).latencyMs ?? -1] : [],
      );
      expect(told).toHaveLength(2);
      expect(told.filter((ms) => ms < 0)).toEqual([]);
    },
  );
});

describe('a press that is read when the program goes on after a standstill', () => {
  it('opens nothing if it was over long ago, and is no passage', async () => {
    const { press, clock, journal, standstills, names } = await stand({ release: true });
    standstills.end(clock.read().monotonicMs);
    press(20);
    clock.advance(10_000);
    expect(journal).toEqual([]);
    expect(names()).toEqual([]);
  });

  it('opens once for a button that is still held, half a second later', async () => {
    const { button, clock, journal, standstills } = await stand({ release: true });
    standstills.end(clock.read().monotonicMs);
    button.take('Open');
    clock.advance(499);
    expect(journal).toEqual([]);
    clock.advance(1);
    expect(journal).toEqual(['released after access.granted']);
    button.take('Closed');
    clock.advance(60_000);
    expect(journal.filter((line) => line.startsWith('released'))).toHaveLength(1);
  });

  it('opens nothing for what comes later when the button is gone', async () => {
    const { button, clock, journal, standstills } = await stand({ release: true });
    standstills.end(clock.read().monotonicMs);
    button.take('Open');
    button.stop();
    clock.advance(10_000);
    expect(journal).toEqual([]);
  });

  it('opens as ever half a second after that', async () => {
    const { press, clock, journal, standstills } = await stand({ release: true });
    standstills.end(clock.read().monotonicMs);
    clock.advance(500);
    press();
    expect(journal[0]).toBe('released after access.granted');
  });

  it('is written down where the wire has opened the door', async () => {
    const { press, clock, standstills, names } = await stand({ release: false });
    standstills.end(clock.read().monotonicMs);
    press(20);
    expect(names()).toEqual(['access.granted']);
  });
});
