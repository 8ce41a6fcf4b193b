import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findHeaderChip, sysfsNumber } from '../../../hardware/gpio/chip.ts';
import { OnoffDoorContact } from '../../../hardware/gpio/onoff-door-contact.ts';
import { OnoffOutput } from '../../../hardware/gpio/onoff-output.ts';
import { VirtualClock } from '../../support/clock/virtual-clock.ts';
import { lockOf } from '../../support/devices/lock-of.ts';
import { MemoryGpio, writeChip, writePi4 } from '../../support/devices/memory-gpio.ts';

const never = new AbortController().signal;
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gatepost-gpio-'));
});
afterEach(() => rmSync(root, { recursive: true }));

describe('the header chip (hardware/FACTS.md#gpio-in-sysfs)', () => {
  const expander = { label: 'raspberrypi-exp-gpio', ngpio: 8 };
  it.each([
    ['Pi 3, kernel 6.1', 'pinctrl-bcm2835', 54, 0, 504],
    ['Pi 4, kernel 6.12', 'pinctrl-bcm2711', 58, 512, 570],
    ['Pi 5, kernel 6.1', 'pinctrl-rp1', 54, 399, 512],
    ['Pi 5, kernel 6.6', 'pinctrl-rp1', 54, 571, 512],
    ['Pi 5, kernel 6.12', 'pinctrl-rp1', 54, 569, 512],
  ])('%s', async (_board, label, ngpio, base, expanderBase) => {
    writeChip(root, `gpiochip${expanderBase}`, { ...expander, base: expanderBase });
    writeChip(root, `gpiochip${base}`, { label, base, ngpio });
    // From kernel 6.17 on: another tree with other numbers.
    writeChip(root, 'chip0', { label, base: 0, ngpio });
    writeFileSync(join(root, 'export'), '');
    const chip = await findHeaderChip({ root });
    expect(chip).toEqual({ label, base, lines: ngpio });
    expect(sysfsNumber(chip, 17)).toBe(base + 17);
  });

  it('refuses a line the chip does not have', () => {
    expect(() => sysfsNumber({ label: 'pinctrl-rp1', base: 569, lines: 54 }, 54)).toThrowError(/0 to 53/);
  });

  const refusal = (says: RegExp) =>
    expect.objectContaining({ code: 'gpio.unavailable', message: expect.stringMatching(says) });

  it('names the three fixes when sysfs is missing', async () => {
    const found = findHeaderChip({ root: join(root, 'nothing') });
    await expect(found).rejects.toEqual(refusal(/nothing cannot be read.*\(1\).*\(2\).*\(3\)/));
  });

  it('lists what is there when no chip is the header', async () => {
    writeChip(root, 'gpiochip512', { ...expander, base: 512 });
    writeChip(root, 'gpiochip520', { label: 'pinctrl-small', base: 520, ngpio: 12 });
    await expect(findHeaderChip({ root })).rejects.toEqual(
      refusal(/raspberrypi-exp-gpio with 8 lines at 512, pinctrl-small with 12 lines at 520.*\(3\)/),
    );
  });

  it('does not choose between two', async () => {
    writePi4(root);
    writeChip(root, 'gpiochip700', { label: 'pinctrl-other', base: 700, ngpio: 54 });
    await expect(findHeaderChip({ root })).rejects.toEqual(refusal(/more than one chip/));
  });

  it('refuses a chip that cannot be read as one', async () => {
    mkdirSync(join(root, 'gpiochip512'));
    await expect(findHeaderChip({ root })).rejects.toEqual(refusal(/gpiochip512 cannot be read/));
  });

  it('names the fixes when there is no export file to write', async () => {
    writeChip(root, 'gpiochip512', { label: 'pinctrl-bcm2711', base: 512, ngpio: 58 });
    await expect(findHeaderChip({ root })).rejects.toEqual(refusal(/export must not be written.*group gpio/));
  });
});

describe('a lock on onoff', () => {
  let gpio: MemoryGpio;
  let clock: VirtualClock;
  beforeEach(() => {
    writePi4(root);
    gpio = new MemoryGpio();
    clock = new VirtualClock();
  });

  const lock = (activeLevel: 'high' | 'low') =>
    lockOf(clock, new OnoffOutput({ line: 17, activeLevel, source: gpio.source(root) }));

  it.each([
    ['high', 'direction low', 0],
    ['low', 'direction high', 1],
  ] as const)(
    'becomes an output at its rest level, active %s: never low first',
    async (activeLevel, first, rest) => {
      const line = gpio.line(529);
      line.level = rest;
      const actuator = lock(activeLevel);
      await actuator.start(never);
      expect(new Set(line.journal)).toEqual(new Set([first, `level ${rest}`]));
      expect(actuator.restLine()).toBe(`sysfs 529 ${rest}`);
    },
  );

  it('rests before it gives the line back', async () => {
    const line = gpio.line(529);
    const actuator = lock('high');
    await actuator.start(never);
    actuator.hold();
    await actuator.stop();
    expect(line.journal.slice(-2)).toEqual(['level 0', 'unexport']);
  });

  it('does not give a line back that does not rest', async () => {
    const line = gpio.line(529);
    const actuator = lock('high');
    await actuator.start(never);
    actuator.hold();
    line.stuck = true;
    await expect(actuator.stop()).rejects.toThrowError(/GPIO17 stays at 1 although 0 was written/);
    expect(line.exported).toBe(true);
    expect(clock.pendingTimers()).toBe(0);
    line.stuck = false;
    await actuator.stop();
    expect(line).toMatchObject({ exported: false, level: 0 });
  });

  it('reads back: a line that does not follow is gpio.failed', async () => {
    const actuator = lock('high');
    await actuator.start(never);
    gpio.line(529).stuck = true;
    expect(() => actuator.pulse(1_000)).toThrowError(/GPIO17 stays at 0 although 1 was written/);
  });

  it('refuses to start on a line that an earlier process left and that does not obey', async () => {
    const line = gpio.line(529);
    Object.assign(line, { exported: true, direction: 'out', level: 1, stuck: true });
    await expect(lock('high').start(never)).rejects.toEqual(expect.objectContaining({ code: 'gpio.failed' }));
  });

  it('does not believe the silence of onoff about a line that was exported before', async () => {
    const line = gpio.line(529);
    Object.assign(line, { exported: true, broken: new Error('EACCES: permission denied') });
    await expect(lock('high').start(never)).rejects.toEqual(
      expect.objectContaining({ code: 'gpio.unavailable', message: expect.stringMatching(/EACCES.*\(2\)/) }),
    );
  });

  it('asks the real onoff, which finds no such line here', async () => {
    rmSync(join(root, 'gpiochip512'), { recursive: true });
    // Far beyond every number that a machine may have: a test must not move anybody's relay.
    writeChip(root, 'gpiochip512', { label: 'pinctrl-bcm2711', base: 99_000_000, ngpio: 58 });
    const actuator = lockOf(clock, new OnoffOutput({ line: 17, activeLevel: 'high', source: { root } }));
    await expect(actuator.start(never)).rejects.toMatchObject({
      code: 'gpio.unavailable',
      message: expect.stringMatching(/sysfs 99000017\).*cannot be taken|onoff cannot be loaded/),
    });
  });

  it('says that somebody else has the line, and nothing of kernels and groups', async () => {
    gpio.exportError = Object.assign(new Error('EBUSY: resource busy or locked, write'), { code: 'EBUSY' });
    const contact = new OnoffDoorContact({ line: 17, openLevel: 'high', source: gpio.source(root) });
    for (const failure of [lock('high').start(never), contact.open(() => undefined)]) {
      await expect(failure).rejects.toMatchObject({
        code: 'gpio.unavailable',
        message: expect.stringMatching(
          /^line 17 \(sysfs 529\) cannot be taken: EBUSY.*Another driver or program has this line; gpioinfo names it/,
        ),
      });
      await expect(failure).rejects.not.toMatchObject({
        message: expect.stringMatching(/CONFIG_GPIO_SYSFS|group/),
      });
    }
  });

  it('names the fixes when the export is denied', async () => {
    gpio.exportError = new Error('EACCES: permission denied, open');
    await expect(lock('high').start(never)).rejects.toThrowError(
      /line 17 \(sysfs 529\).*EACCES.*\(1\).*\(2\).*\(3\)/,
    );
  });
});

describe('a door contact on onoff', () => {
  let gpio: MemoryGpio;
  beforeEach(() => {
    writePi4(root);
    gpio = new MemoryGpio();
  });
  const contact = (openLevel: 'high' | 'low') =>
    new OnoffDoorContact({ line: 27, openLevel, source: gpio.source(root) });

  it.each([
    ['high', ['Closed', 'Open', 'Closed']],
    ['low', ['Open', 'Closed', 'Open']],
  ] as const)('tells the present state and every change, open level %s', async (openLevel, states) => {
    const seen: string[] = [];
    const line = gpio.line(539);
    const link = await contact(openLevel).open((state) => seen.push(state));
    expect(line).toMatchObject({ direction: 'in', edge: 'both' });
    line.drive(1);
    line.drive(0);
    expect(seen).toEqual(states);
    await link.close();
    await link.close();
    line.drive(1);
    expect(seen).toEqual(states);
    await expect(link.closed).resolves.toBeUndefined();
    expect(line.exported).toBe(false);
  });

  it('ends with device.failed when the kernel reports an error', async () => {
    const line = gpio.line(539);
    const link = await contact('high').open(() => undefined);
    for (const watcher of [...line.watchers]) watcher(new Error('EIO'), 0);
    await expect(link.closed).resolves.toMatchObject({ code: 'device.failed' });
    expect(line.exported).toBe(false);
  });

  it('is gpio.unavailable without the chip', async () => {
    rmSync(join(root, 'gpiochip512'), { recursive: true });
    await expect(contact('high').open(() => undefined)).rejects.toMatchObject({ code: 'gpio.unavailable' });
  });
});
