import { beforeEach, describe, expect, it } from 'vitest';
import { SimulatedDoorContact } from '../../hardware/gpio/simulated-door-contact.ts';
import { DoorInput, type InputKind } from '../../src/app/door-input.ts';
import { EventNotes } from '../../src/app/event-notes.ts';
import type { DeviceView } from '../../src/ports/guard-feed.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { settle, VirtualClock } from '../support/virtual-clock.ts';

const never = new AbortController().signal;
let clock: VirtualClock;
let contact: SimulatedDoorContact;
let views: DeviceView[];
let logger: SilentLogger;

beforeEach(() => {
  clock = new VirtualClock();
  contact = new SimulatedDoorContact({ clock });
  views = [];
  logger = new SilentLogger();
});

async function start(kind: InputKind): Promise<DoorInput> {
  const notes = new EventNotes({ log: new RecordingLog(), clock, logger });
  const feed = { publish: (_topic: string, value: unknown) => void views.push(value as DeviceView) };
  const input = new DoorInput({ door: 'main', kind, contact, parts: { clock, notes, feed, logger } });
  await input.start(never);
  await settle();
  return input;
}

const last = () => views.at(-1);

describe('an input that is only read', () => {
  it.each([
    ['tamper', 'tamper'],
    ['fire', 'fire_alarm'],
  ] as const)('%s is shown as a trouble while it is active', async (kind, cause) => {
    const input = await start(kind);
    expect(last()).toMatchObject({ id: `contact:main.${kind}`, status: 'ok' });
    contact.setOpen(true);
    clock.advance(50);
    expect(last()).toMatchObject({ status: 'degraded', cause });
    contact.setOpen(false);
    clock.advance(50);
    expect(last()).toMatchObject({ status: 'ok' });
    await input.stop();
    expect(clock.pendingTimers()).toBe(0);
  });

  it('finds a lid that was open before the start', async () => {
    contact.setOpen(true);
    await start('tamper');
    expect(last()).toMatchObject({ status: 'degraded', cause: 'tamper' });
  });

  it('says that the exit button was pressed, and calls it no trouble', async () => {
    await start('exitButton');
    contact.setOpen(true);
    clock.advance(50);
    expect(logger.lines.map(({ message }) => message)).toContain('The exit button was pressed.');
    expect(last()?.status).toBe('ok');
  });
});
