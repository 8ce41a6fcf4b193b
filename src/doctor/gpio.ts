import { messageOf } from '../core/errors.ts';
import { type Account, may, WRITE } from './accounts.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import { type HeaderLines, readHeaderLines } from './gpio-lines.ts';
import type { Machine } from './machine.ts';

/** A lock, contact, input or signal of the config on the header. */
export interface GpioUse {
  /** `doors.main.lock` */
  readonly place: string;
  readonly driver: 'onoff' | 'gpiod' | 'leds' | 'auto';
  /** BCM number; absent for a lock that is named by its LED. */
  readonly line?: number;
  /** Folder of /sys/class/leds; for outputs only. */
  readonly led?: string;
}

export interface GpioFacts {
  readonly uses: readonly GpioUse[];
  /** The header's chip in sysfs. Rejects with the reason why it cannot be used. */
  findChip(): Promise<{ readonly label: string; readonly base: number }>;
  /** Loads onoff with its compiled part; rejects with the reason why it cannot be loaded. */
  loadOnoff(): Promise<unknown>;
}

/** The ways to the header on this machine. */
interface Ways {
  readonly account: Account;
  /** Label and base of the chip, or why sysfs cannot be used. */
  readonly sysfs: { readonly said: string; readonly base?: number };
  /** Why onoff does not load. */
  readonly noOnoff: string | undefined;
  /** First line of `gpioset --version`. */
  readonly gpioset: string | undefined;
  readonly lines: HeaderLines;
}

/** Whether every lock and contact can use its line in the configured way, and no other program holds the line. */
export async function checkGpio(
  machine: Machine,
  { uses, findChip, loadOnoff }: GpioFacts,
  account: Account,
): Promise<Finding[]> {
  if (uses.length === 0) return [ok('gpio', 'No lock and no contact is on the GPIO header.')];
  const sysfs = await trySysfs(machine, findChip, account);
  const ways: Ways = {
    account,
    sysfs,
    noOnoff: uses.some(({ driver }) => driver === 'auto' || driver === 'onoff')
      ? await whyNot(loadOnoff)
      : undefined,
    gpioset: (await machine.run('gpioset', ['--version']))?.split('\n', 1)[0],
    lines: await readHeaderLines(machine, sysfs.base),
  };
  const findings = uses.map((use) => takenBy(use, ways.lines) ?? wayOf(machine, use, ways));
  return [...findings, ...(uses.some(({ driver }) => driver !== 'leds') ? checkPersistence(machine) : [])];
}

async function whyNot(load: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await load();
    return undefined;
  } catch (error) {
    return messageOf(error).split('\n', 1)[0];
  }
}

async function trySysfs(
  machine: Machine,
  findChip: GpioFacts['findChip'],
  account: Account,
): Promise<Ways['sysfs']> {
  try {
    const { label, base } = await findChip();
    const exporting = '/sys/class/gpio/export';
    if (machine.exists(exporting) && !may(machine, account, exporting, WRITE))
      return { said: `${exporting} may not be written by the user ${account.name}.` };
    return { base, said: `${label} at base ${base}` };
  } catch (error) {
    // The drivers' advice is for readers of the log; here each finding has its own.
    return { said: messageOf(error).replace(/ Fix one of these: .*$/s, '') };
  }
}

function takenBy({ place, line }: GpioUse, lines: HeaderLines): Finding | undefined {
  const consumer = lines.strangerOn(line);
  if (consumer === undefined) return undefined;
  return fail(
    'gpio',
    `${place}: GPIO${line} is taken by "${consumer}".`,
    'Take its overlay out of /boot/firmware/config.txt or end its program; or choose a free line.',
  );
}

function wayOf(machine: Machine, use: GpioUse, ways: Ways): Finding {
  const { place, driver, led } = use;
  const hasLed = led !== undefined && machine.exists(`/sys/class/leds/${led}`);
  if (driver === 'leds' || (driver === 'auto' && hasLed)) return byLed(machine, use, ways.account);
  if (driver !== 'gpiod' && ways.sysfs.base !== undefined && ways.noOnoff === undefined)
    return ok('gpio', `${place}: sysfs, ${ways.sysfs.said}.`);
  const inTheWay = ways.sysfs.base === undefined ? ways.sysfs.said : `onoff does not load: ${ways.noOnoff}`;
  if (driver === 'onoff') {
    const fix = 'Take a kernel with CONFIG_GPIO_SYSFS, as Raspberry Pi OS has; or write "driver: auto".';
    return fail('gpio', `${place}: ${inTheWay}`, fix);
  }
  const install = 'apt install gpiod';
  if (ways.gpioset === undefined && driver === 'gpiod')
    return fail('gpio', `${place}: gpioset is not there.`, install);
  if (ways.gpioset === undefined) {
    const text = `${place}: neither an LED, sysfs nor gpioset is there (${inTheWay})`;
    return fail('gpio', text, install);
  }
  if (!ways.lines.hasName(use.line)) {
    const name = ways.lines.nameOf(use.line);
    const instead = name === undefined ? '' : `: line ${use.line} of the header is called "${name}" here`;
    const text = `${place}: no line is called GPIO${use.line}${instead}; gpioinfo lists what there is.`;
    const fix =
      'Run on a Raspberry Pi with its own kernel, choose a line with a GPIO name, or another driver.';
    return fail('gpio', text, fix);
  }
  return byGpiod(machine, place, ways);
}

function byLed(machine: Machine, { place, led }: GpioUse, account: Account): Finding {
  const folder = `/sys/class/leds/${led}`;
  if (led === undefined || !machine.exists(folder)) {
    return fail(
      'gpio',
      `${place}: there is no LED ${led}.`,
      `Write "dtoverlay=gpio-led,gpio=LINE,label=${led}" into /boot/firmware/config.txt and start anew.`,
    );
  }
  const locked = ['brightness', 'trigger'].find(
    (name) => machine.exists(`${folder}/${name}`) && !may(machine, account, `${folder}/${name}`, WRITE),
  );
  if (locked === undefined) return ok('gpio', `${place}: LED ${led}; the kernel ends its pulses.`);
  return fail(
    'gpio',
    `${place}: ${folder}/${locked} may not be written by the user ${account.name}.`,
    'Install systemd/70-gatepost.rules, then: udevadm trigger --subsystem-match=leds',
  );
}

function byGpiod(machine: Machine, place: string, { account, gpioset }: Ways): Finding {
  const chips = machine.list('/dev').filter((name) => /^gpiochip\d+$/.test(name));
  if (chips.length === 0) {
    const fix = 'Run on a Raspberry Pi with its own kernel, or write "driver: simulated" to do without.';
    return fail('gpio', `${place}: the kernel shows no GPIO chip (/dev/gpiochip*).`, fix);
  }
  if (chips.some((name) => may(machine, account, `/dev/${name}`, WRITE)))
    return ok('gpio', `${place}: ${gpioset}.`);
  return fail(
    'gpio',
    `${place}: no /dev/gpiochip may be written by the user ${account.name}.`,
    'Install systemd/70-gatepost.rules, then: udevadm trigger --subsystem-match=gpio',
  );
}

/**
 * Whether the kernel keeps driving a line whose program has ended (hardware/FACTS.md#lines-that-outlive-a-program).
 */
function checkPersistence(machine: Machine): Finding[] {
  const modules = machine.list('/sys/module').filter((name) => name.startsWith('pinctrl_'));
  return modules.flatMap((name) => {
    const value = machine.read(`/sys/module/${name}/parameters/persist_gpio_outputs`);
    if (value === undefined) return [];
    if (value === 'N' || value === '0')
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
