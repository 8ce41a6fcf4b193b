import { messageOf } from '../../core/errors.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import type { Machine } from './machine.ts';

/** A lock or contact of the config that sits on the header. */
export interface GpioUse {
  /** `doors.main.lock` */
  readonly place: string;
  readonly driver: 'onoff' | 'gpiod' | 'leds' | 'auto';
  /** Folder of /sys/class/leds; only of locks. */
  readonly led?: string;
}

export interface GpioFacts {
  readonly uses: readonly GpioUse[];
  /** The header's chip in sysfs. Rejects with what is in the way. */
  findChip(): Promise<{ readonly label: string; readonly base: number }>;
}

/** Whether every lock and contact finds the way to its line that it is set to. */
export async function checkGpio(machine: Machine, { uses, findChip }: GpioFacts): Promise<Finding[]> {
  if (uses.length === 0) return [ok('gpio', 'No lock and no contact is on the GPIO header.')];
  const sysfs = await trySysfs(findChip);
  const gpioset = (await machine.run('gpioset', ['--version']))?.split('\n', 1)[0];
  const findings = uses.map((use) => wayOf(machine, use, sysfs, gpioset));
  return [...findings, ...(uses.some(({ driver }) => driver !== 'leds') ? checkPersistence(machine) : [])];
}

type Sysfs = { readonly said: string; readonly works: boolean };

async function trySysfs(findChip: GpioFacts['findChip']): Promise<Sysfs> {
  try {
    const { label, base } = await findChip();
    return { works: true, said: `${label} at base ${base}` };
  } catch (error) {
    return { works: false, said: messageOf(error) };
  }
}

function wayOf(machine: Machine, use: GpioUse, sysfs: Sysfs, gpioset: string | undefined): Finding {
  const { place, driver, led } = use;
  const hasLed = led !== undefined && machine.exists(`/sys/class/leds/${led}`);
  if (driver === 'leds' || (driver === 'auto' && hasLed)) {
    if (hasLed) return ok('gpio', `${place}: LED ${led}; the kernel ends its pulses.`);
    return fail(
      'gpio',
      `${place}: there is no LED ${led}.`,
      `Write "dtoverlay=gpio-led,gpio=LINE,label=${led}" into /boot/firmware/config.txt and start anew.`,
    );
  }
  if (driver !== 'gpiod' && sysfs.works) return ok('gpio', `${place}: sysfs, ${sysfs.said}.`);
  if (driver === 'onoff') return fail('gpio', `${place}: ${sysfs.said}`, 'Or write "driver: auto".');
  if (gpioset !== undefined) return ok('gpio', `${place}: ${gpioset}.`);
  return fail(
    'gpio',
    `${place}: neither ${driver === 'auto' ? 'an LED, sysfs nor ' : ''}gpioset is there.`,
    'apt install gpiod',
  );
}

/** Whether the kernel keeps driving a line whose program is gone (hardware-facts 4.3). */
function checkPersistence(machine: Machine): Finding[] {
  const modules = machine.list('/sys/module').filter((name) => name.startsWith('pinctrl_'));
  return modules.flatMap((name) => {
    const value = machine.read(`/sys/module/${name}/parameters/persist_gpio_outputs`);
    if (value === undefined) return [];
    if (value === 'N')
      return [ok('gpio-persistence', 'A line whose program died goes back to its resting pull.')];
    return [
      warn(
        'gpio-persistence',
        'A line whose program died stays as it was, so that a released door stays released.',
        'Write "dtparam=strict_gpiod" into /boot/firmware/config.txt and start anew.',
      ),
    ];
  });
}
