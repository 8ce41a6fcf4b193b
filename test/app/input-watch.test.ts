import { beforeEach, describe, expect, it } from 'vitest';
import { SimulatedDoorContact } from '../../hardware/gpio/simulated-door-contact.ts';
import { InputWatch } from '../../src/app/door/input-watch.ts';
import { EventWriter } from '../../src/app/log/event-writer.ts';
import { PresentState } from '../../src/app/state/present-state.ts';
import type { DoorPhysicalState } from '../../src/core/access/vocabulary.ts';
import type { InputKind } from '../../src/core/door/door-mode.ts';
import type { DeviceView } from '../../src/ports/gate-state.ts';
import { settle, VirtualClock } from '../support/clock/virtual-clock.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { RecordingLog } from '../support/store/recording-log.ts';

const never = new AbortController().signal;
let clock: VirtualClock;
let contact: SimulatedDoorContact;
let views: DeviceView[];
let states: DoorPhysicalState[];
let log: RecordingLog;

beforeEach(() => {
  clock = new VirtualClock();
  contact = new SimulatedDoorContact({ clock });
  views = [];
  states = [];
  log = new RecordingLog();
});

async function start(kind: InputKind): Promise<InputWatch> {
  const logger = new SilentLogger();
  const notes = new EventWriter({ log, clock, logger });
  const state = new PresentState();
  state.devices.follow((view) => views.push(view));
  const parts = { clock, notes, state, logger };
  const onState = (state: DoorPhysicalState) => void states.push(state);
  const input = new InputWatch({ door: 'main', kind, contact, supervision: parts, onState });
  await input.start(never);
  await settle();
  return input;
}

const last = () => views.at(-1);

function set(active: boolean, lastsMs = 50): void {
  contact.setOpen(active);
  clock.advance(lastsMs);
}

describe('an input beside the door', () => {
  it.each(['tamper', 'fire', 'exitButton'] as const)(
    '%s tells each steadied state and works',
    async (kind) => {
      const input = await start(kind);
      set(true, 5);
      set(false);
      set(true);
      set(false);
      expect(states).toEqual(['Closed', 'Open', 'Closed']);
      expect(last()).toMatchObject({ id: `${kind}:main`, role: kind, status: 'ok' });
      await input.stop();
      expect(clock.pendingTimers()).toBe(0);
    },
  );

  it('tells what was active before the start', async () => {
    contact.setOpen(true);
    await start('tamper');
    expect(states).toEqual(['Open']);
  });

  it('is Unknown while it is missing, and tells nothing about its own end', async () => {
    const input = await start('tamper');
    contact.setUnplugged(true);
    await settle();
    expect(states).toEqual(['Closed', 'Unknown']);
    expect(last()).toMatchObject({ status: 'missing' });
    contact.setUnplugged(false);
    clock.advance(2_000);
    await settle();
    expect(states).toEqual(['Closed', 'Unknown', 'Closed']);
    await input.stop();
    expect(states).toEqual(['Closed', 'Unknown', 'Closed']);
  });

  it('is a fault while it flickers, in one row, and well after some calm', async () => {
    await start('exitButton');
    for (let i = 0; i < 500; i += 1) set(i % 2 === 0, 5);
    expect(states).toEqual(['Closed', 'Fault']);
    expect(last()).toMatchObject({ status: 'degraded', cause: 'contact_fault' });
    clock.advance(2_000);
    expect(states.at(-1)).toBe('Closed');
    expect(last()).toMatchObject({ status: 'ok' });
    expect(log.events.map(({ data }) => (data as { status: string }).status)).toEqual(['degraded', 'ok']);
  });

  it('calls an exit button stuck that is pressed for a minute, until it is let go', async () => {
    await start('exitButton');
    set(true, 60_019);
    expect(states).toEqual(['Closed', 'Open']);
    clock.advance(1);
    expect(states).toEqual(['Closed', 'Open', 'Fault']);
    expect(last()).toMatchObject({ status: 'degraded', cause: 'stuck' });
    set(false);
    expect(states.at(-1)).toBe('Closed');
    expect(last()).toMatchObject({ status: 'ok' });
  });

  it('calls no lid and no fire alarm stuck', async () => {
    await start('fire');
    set(true, 3_600_000);
    expect(states).toEqual(['Closed', 'Open']);
    expect(last()).toMatchObject({ status: 'ok' });
  });
});
