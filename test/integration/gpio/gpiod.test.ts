import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AutoDoorContact } from '../../../hardware/gpio/auto-door-contact.ts';
import { AutoOutput, type AutoOutputSettings } from '../../../hardware/gpio/auto-output.ts';
import { GpiodDoorContact } from '../../../hardware/gpio/gpiod-door-contact.ts';
import { GpiodOutput } from '../../../hardware/gpio/gpiod-output.ts';
import { LedsOutput } from '../../../hardware/gpio/leds-output.ts';
import { VirtualClock } from '../../support/clock/virtual-clock.ts';
import { FakeGpiod } from '../../support/devices/fake-gpiod.ts';
import { LedKernel } from '../../support/devices/led-kernel.ts';
import { lockOf } from '../../support/devices/lock-of.ts';
import { MemoryGpio, writePi4 } from '../../support/devices/memory-gpio.ts';

const never = new AbortController().signal;
let clock: VirtualClock;
let root: string;
beforeEach(() => {
  clock = new VirtualClock();
  root = mkdtempSync(join(tmpdir(), 'gatepost-gpio-'));
});
afterEach(() => rmSync(root, { recursive: true }));

describe.each([
  [
    '1.6.3',
    {
      rest: 'gpioset --mode=signal gpiochip0 17=0',
      pulse: 'gpioset --mode=time --sec=3 --usec=250000 gpiochip0 17=1',
      hold: 'gpioset --mode=signal gpiochip0 17=1',
      get: 'gpioget gpiochip0 27',
      monitor: 'gpiomon --line-buffered --format=%e gpiochip0 27',
    },
  ],
  [
    '2.2.1',
    {
      rest: 'gpioset --consumer=gatepost GPIO17=0',
      pulse: 'gpioset --consumer=gatepost --hold-period=3250ms --toggle=0 GPIO17=1',
      hold: 'gpioset --consumer=gatepost GPIO17=1',
      get: 'gpioget --consumer=gatepost --numeric GPIO27',
      monitor: 'gpiomon --consumer=gatepost --debounce-period=10ms --format=%e GPIO27',
    },
  ],
] as const)('libgpiod %s (hardware/FACTS.md#libgpiod)', (version, calls) => {
  let gpiod: FakeGpiod;
  beforeEach(() => {
    gpiod = new FakeGpiod(version);
  });
  afterEach(() => gpiod.cleanUp());

  it('is called as this generation wants it, by the name of the line', async () => {
    const lock = lockOf(clock, new GpiodOutput({ line: 17, activeLevel: 'high', source: gpiod.source }));
    await lock.start(never);
    lock.pulse(3_250);
    lock.hold();
    await lock.stop();
    const { rest, pulse, hold } = calls;
    expect(gpiod.calls().filter((call) => !/version|gpiofind/.test(call))).toEqual([rest, pulse, hold, rest]);
    expect(lock.driver).toBe(`gpiod ${version}`);
  });

  it('names the line that has another name here', async () => {
    const { source } = gpiod;
    const words = {
      code: 'gpio.unavailable',
      message: expect.stringMatching(
        /^No line is called GPIO4; line 4 of the header is called "GPIO_GCLK" here\./,
      ),
    };
    const lock = lockOf(clock, new GpiodOutput({ line: 4, activeLevel: 'low', source }));
    await expect(lock.start(never)).rejects.toMatchObject(words);
    const contact = new GpiodDoorContact({ line: 4, openLevel: 'high', source });
    await expect(contact.open(() => undefined, never)).rejects.toMatchObject(words);
    rmSync(join(gpiod.folder, 'bin', 'gpioinfo'));
    await expect(lock.start(never)).rejects.toMatchObject({
      message: expect.stringMatching(/^No line is called GPIO4\. .*such as GPIO_GCLK/),
    });
  });

  it('says of a contact whose line somebody has that somebody has it', async () => {
    const lock = lockOf(clock, new GpiodOutput({ line: 17, activeLevel: 'high', source: gpiod.source }));
    await lock.start(never);
    const contact = new GpiodDoorContact({ line: 17, openLevel: 'high', source: gpiod.source });
    const failure = contact.open(() => undefined, never);
    await expect(failure).rejects.toMatchObject({
      code: 'gpio.unavailable',
      message: expect.stringMatching(
        /line 17 cannot be taken: .*busy\. Another driver or program has this line/,
      ),
    });
    await expect(failure).rejects.not.toMatchObject({
      message: expect.stringMatching(/CONFIG_GPIO_SYSFS|add the user/),
    });
    await lock.stop();
  });

  it('names who has the line', async () => {
    const first = lockOf(clock, new GpiodOutput({ line: 17, activeLevel: 'high', source: gpiod.source }));
    const second = lockOf(clock, new GpiodOutput({ line: 17, activeLevel: 'high', source: gpiod.source }));
    await first.start(never);
    await expect(second.start(never)).rejects.toMatchObject({
      code: 'gpio.unavailable',
      message: expect.stringMatching(
        /line 17 cannot be taken.*Device or resource busy.*Another driver or program has this line; gpioinfo names it/,
      ),
    });
    await expect(second.start(never)).rejects.not.toMatchObject({
      message: expect.stringMatching(/CONFIG_GPIO_SYSFS|Another.*Another/),
    });
    await first.stop();
    await second.start(never);
    await second.stop();
  });

  it('tells the present state of a contact and every change', async () => {
    const seen: string[] = [];
    gpiod.write('input', '1');
    const contact = new GpiodDoorContact({ line: 27, openLevel: 'high', source: gpiod.source });
    const link = await contact.open((state) => seen.push(state), never);
    await vi.waitFor(() => expect(gpiod.calls()).toContain('gpiomon watches'), 200_000);
    gpiod.write('input', '0');
    await vi.waitFor(() => expect(seen).toEqual(['Open', 'Closed']), 200_000);
    gpiod.write('input', '1');
    await vi.waitFor(() => expect(seen).toEqual(['Open', 'Closed', 'Open']), 200_000);
    await link.close();
    await expect(link.closed).resolves.toBeUndefined();
    expect(gpiod.calls()).toEqual(expect.arrayContaining([calls.get, calls.monitor]));
  });

  it('ends a contact with the words of the program', async () => {
    const contact = new GpiodDoorContact({ line: 27, openLevel: 'high', source: gpiod.source });
    gpiod.setBroken(true);
    await expect(contact.open(() => undefined, never)).rejects.toMatchObject({ code: 'gpio.unavailable' });
    gpiod.setBroken(false);
    gpiod.write('input', 'nonsense');
    await expect(contact.open(() => undefined, never)).rejects.toMatchObject({ code: 'device.failed' });
  });
});

describe('a lock that the kernel knows as an LED', () => {
  it('waits until udev has given it the files of the trigger', async () => {
    const kernel = new LedKernel(60);
    try {
      const lock = lockOf(clock, new LedsOutput(kernel.settings));
      await lock.start(never);
      lock.pulse(3_000);
      expect([kernel.isOn(), kernel.read('delay_on'), kernel.read('delay_off')]).toEqual([true, '3000', '1']);
      expect(lock.restLine()).toBe('led gatepost:main 0');
      await lock.stop();
    } finally {
      kernel.cleanUp();
    }
  });

  it('does not wait for udev again when it has rested long enough', async () => {
    // Longer than a release waits for the files of a fresh trigger.
    const kernel = new LedKernel(700);
    try {
      const lock = lockOf(clock, new LedsOutput(kernel.settings));
      await lock.start(never);
      await vi.waitFor(() => expect(existsSync(join(kernel.root, kernel.led, 'shot'))).toBe(true), 200_000);
      lock.pulse(3_000);
      expect(kernel.isOn()).toBe(true);
      await lock.stop();
    } finally {
      kernel.cleanUp();
    }
  });

  it('says how to make one', async () => {
    const lock = lockOf(clock, new LedsOutput({ led: 'gatepost:main', root }));
    await expect(lock.start(never)).rejects.toMatchObject({
      code: 'gpio.unavailable',
      message: expect.stringMatching(/dtoverlay=gpio-led,gpio=17,label=gatepost:main.*config\.txt/),
    });
  });
});

describe('auto', () => {
  const nothing = (): NonNullable<AutoOutputSettings['sources']> => ({
    leds: root,
    sysfs: { root: join(root, 'none') },
    gpiod: { path: root },
  });
  const auto = (sources: ReturnType<typeof nothing>) =>
    lockOf(clock, new AutoOutput({ line: 17, activeLevel: 'high', led: 'gatepost:main', sources }));

  it('takes the LED first', async () => {
    const kernel = new LedKernel();
    const lock = auto({ ...nothing(), leds: kernel.root });
    try {
      await lock.start(never);
      expect([lock.driver, lock.choice]).toEqual([
        'leds',
        expect.stringMatching(/^leds: there is .*pulses$/),
      ]);
      await lock.stop();
      expect(lock.driver).toBe('auto');
    } finally {
      kernel.cleanUp();
    }
  });

  it('takes onoff where sysfs has the line', async () => {
    writePi4(root);
    const lock = auto({ ...nothing(), sysfs: new MemoryGpio().source(root) });
    await lock.start(never);
    expect([lock.driver, lock.restLine()]).toEqual(['onoff', 'sysfs 529 0']);
    await lock.stop();
  });

  it('takes gpioset where there is nothing else', async () => {
    const gpiod = new FakeGpiod('2.2.1');
    const lock = auto({ ...nothing(), gpiod: gpiod.source });
    const contact = new AutoDoorContact({
      line: 27,
      openLevel: 'high',
      sources: { sysfs: { root: join(root, 'none') }, gpiod: gpiod.source },
    });
    try {
      await lock.start(never);
      expect([lock.driver, lock.choice]).toEqual(['gpiod 2.2.1', expect.stringContaining('cannot be read')]);
      await lock.stop();
      const link = await contact.open(() => undefined, never);
      expect(contact.driver).toBe('gpiod');
      await link.close();
    } finally {
      gpiod.cleanUp();
    }
  });

  it('says everything it tried, and the fixes', async () => {
    await expect(auto(nothing()).start(never)).rejects.toMatchObject({
      code: 'gpio.unavailable',
      message: expect.stringMatching(/no LED gatepost:main; onoff: .*\(1\).*\(2\).*\(3\).*apt install gpiod/),
    });
  });

  it('does not pass over an LED that is there but cannot be used', async () => {
    mkdirSync(join(root, 'gatepost:main'));
    writePi4(root);
    const lock = auto({ ...nothing(), sysfs: new MemoryGpio().source(root) });
    await expect(lock.start(never)).rejects.toThrowError(/The LED .* cannot be used/);
  });
});
