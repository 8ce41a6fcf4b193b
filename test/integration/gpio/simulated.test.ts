import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SimulatedDoorContact } from '../../../hardware/gpio/simulated-door-contact.ts';
import { SimulatedOutput } from '../../../hardware/gpio/simulated-output.ts';
import { VirtualClock } from '../../support/clock/virtual-clock.ts';
import { lockOf } from '../../support/devices/lock-of.ts';

let folder: string;
let clock: VirtualClock;
let abort: AbortController;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatepost-door-'));
  clock = new VirtualClock();
  abort = new AbortController();
});
afterEach(() => rmSync(folder, { recursive: true }));

/** States in the order they are told, and a way to wait for the next one. */
class States {
  readonly seen: string[] = [];
  #waiting: (() => void)[] = [];
  readonly take = (state: string): void => {
    this.seen.push(state);
    for (const wake of this.#waiting.splice(0)) wake();
  };
  async until(state: string): Promise<void> {
    while (this.seen.at(-1) !== state) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

describe('the level file', () => {
  it('always holds one whole level, and keeps it when the program is gone', async () => {
    const levelFile = join(folder, 'new', 'main.level');
    const lock = lockOf(clock, new SimulatedOutput({ levelFile }));
    await lock.start(abort.signal);
    expect(readFileSync(levelFile, 'utf8')).toBe('0\n');
    lock.pulse(100);
    expect(readFileSync(levelFile, 'utf8')).toBe('1\n');
    const next = lockOf(new VirtualClock(), new SimulatedOutput({ levelFile }));
    await next.start(abort.signal);
    expect(readFileSync(levelFile, 'utf8')).toBe('0\n');
    expect(lock.restLine()).toBe(`file ${levelFile} 0`);
  });

  it('is written only when the level changes', async () => {
    const levelFile = join(folder, 'main.level');
    const lock = lockOf(clock, new SimulatedOutput({ levelFile }));
    await lock.start(abort.signal);
    rmSync(levelFile);
    lock.rest();
    expect(existsSync(levelFile)).toBe(false);
    lock.hold();
    expect(readFileSync(levelFile, 'utf8')).toBe('1\n');
  });

  it('that cannot be made stops the start with its name', async () => {
    writeFileSync(join(folder, 'file'), '');
    const lock = lockOf(clock, new SimulatedOutput({ levelFile: join(folder, 'file', 'main.level') }));
    await expect(lock.start(abort.signal)).rejects.toMatchObject({ code: 'gpio.unavailable' });
  });
});

describe('the simulated contact', () => {
  it('is closed at first and tells each change once', async () => {
    const states = new States();
    const contact = new SimulatedDoorContact({ clock });
    const link = await contact.open(states.take, abort.signal);
    contact.setOpen(true);
    contact.setOpen(true);
    contact.setOpen(false);
    await link.close();
    contact.setOpen(true);
    expect(states.seen).toEqual(['Closed', 'Open', 'Closed']);
    await expect(link.closed).resolves.toBeUndefined();
  });

  it('is lost when unplugged, missing until it is back, and then tells the present state', async () => {
    const states = new States();
    const contact = new SimulatedDoorContact({ clock });
    const link = await contact.open(states.take, abort.signal);
    contact.setUnplugged(true);
    await expect(link.closed).resolves.toMatchObject({ code: 'device.lost' });
    contact.setOpen(true);
    await expect(contact.open(states.take, abort.signal)).rejects.toMatchObject({ code: 'device.missing' });
    contact.setUnplugged(false);
    await (await contact.open(states.take, abort.signal)).close();
    expect(states.seen).toEqual(['Closed', 'Open']);
  });

  it('follows its state file, whoever writes it and however', async () => {
    const stateFile = join(folder, 'main.contact');
    const states = new States();
    const contact = new SimulatedDoorContact({ clock, stateFile });
    const link = await contact.open(states.take, abort.signal);
    expect(readFileSync(stateFile, 'utf8')).toBe('0\n');
    writeFileSync(stateFile, '1');
    await states.until('Open');
    writeFileSync(join(folder, 'other'), '0\n');
    renameSync(join(folder, 'other'), stateFile);
    await states.until('Closed');
    writeFileSync(stateFile, 'x'.repeat(1_000_000));
    await states.until('Fault');
    contact.setOpen(true);
    expect(readFileSync(stateFile, 'utf8')).toBe('1\n');
    await link.close();
  });

  it('takes the state that the file has at the start', async () => {
    const stateFile = join(folder, 'main.contact');
    writeFileSync(stateFile, '1\n');
    const states = new States();
    await (await new SimulatedDoorContact({ clock, stateFile }).open(states.take, abort.signal)).close();
    expect(states.seen).toEqual(['Open']);
  });
});

describe('the simulated person', () => {
  async function make(walkThrough: boolean) {
    const states = new States();
    const contact = new SimulatedDoorContact({ clock, walkThrough });
    const lock = lockOf(clock, new SimulatedOutput({ onLevel: (released) => contact.lockMoved(released) }));
    await lock.start(abort.signal);
    const link = await contact.open(states.take, abort.signal);
    return { states, contact, lock, link };
  }

  it('opens the released door after 600 ms and closes it 1,500 ms later', async () => {
    const { states, lock } = await make(true);
    lock.pulse(3_000);
    clock.advance(599);
    expect(states.seen).toEqual(['Closed']);
    clock.advance(1);
    expect(states.seen).toEqual(['Closed', 'Open']);
    clock.advance(1_499);
    expect(states.seen).toEqual(['Closed', 'Open']);
    clock.advance(1);
    expect(states.seen).toEqual(['Closed', 'Open', 'Closed']);
  });

  it('does not walk when it should not, nor when the door locked before it got there', async () => {
    const idle = await make(false);
    idle.lock.pulse(3_000);
    clock.advance(10_000);
    expect(idle.states.seen).toEqual(['Closed']);
    const late = await make(true);
    late.lock.pulse(300);
    clock.advance(10_000);
    expect(late.states.seen).toEqual(['Closed']);
  });

  it('stays where it is when the program stops', async () => {
    const { lock, link } = await make(true);
    lock.hold();
    abort.abort();
    await link.close();
    expect(clock.pendingTimers()).toBe(0);
  });
});
