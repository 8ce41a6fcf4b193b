import type { Machine } from './machine.ts';

/** Names under which the gate itself requests lines: onoff over sysfs, gpioset, and the LEDs of its doors. */
const OURS = /^(sysfs|gatepost.*)$/;

/** The header's lines as the kernel reports them. */
export interface HeaderLines {
  /** The other program that holds a line, by its BCM number. */
  strangerOn(line: number | undefined): string | undefined;
  /** False if gpioinfo lists lines and none has this name; gpioset finds a line by its name only. */
  hasName(line: number | undefined): boolean;
  /** Name of the line on this machine; undefined if gpioinfo does not say. */
  nameOf(line: number | undefined): string | undefined;
}

/**
 * Finds out which other programs hold lines of the header, from libgpiod's gpioinfo and from the kernel's debug
 * files, which only root may read.
 * @param base number of GPIO0 in sysfs, if it is known
 */
export async function readHeaderLines(machine: Machine, base: number | undefined): Promise<HeaderLines> {
  const listed = (await machine.run('gpioinfo', [])) ?? '';
  const users = new Map([
    ...fromDebugFile(machine.read('/sys/kernel/debug/gpio') ?? '', base),
    ...fromGpioinfo(listed),
  ]);
  return {
    strangerOn: (line) => {
      const user = line === undefined ? undefined : users.get(line);
      return user === undefined || OURS.test(user) ? undefined : user;
    },
    hasName: (line) => !/^\s*line\s+\d+:/m.test(listed) || listed.includes(`"GPIO${line}"`),
    nameOf: (line) => new RegExp(`^\\s*line\\s+${line}:\\s+"([^"]+)"`, 'm').exec(headerPart(listed))?.[1],
  };
}

/** The chip of the header has 54 or 58 lines; others have fewer. */
function headerPart(listed: string): string {
  const chips = listed.split(/^(?=gpiochip\d+ - )/m);
  return chips.find((chip) => /^gpiochip\d+ - (5[4-9]|[6-9]\d) lines/.test(chip)) ?? '';
}

/** ` gpio-586 (GPIO17              |spi0 CS0            ) out hi` */
function fromDebugFile(text: string, base: number | undefined): [number, string][] {
  return [...text.matchAll(/^\s*gpio-(\d+)\s+\(([^|)]*)\|([^)]*)\)/gm)].flatMap(
    ([, number = '', name = '', consumer = '']): [number, string][] => {
      const named = /^GPIO(\d+)$/.exec(name.trim())?.[1];
      const line = named === undefined ? Number(number) - (base ?? Number.NaN) : Number(named);
      return Number.isNaN(line) || consumer.trim() === '' ? [] : [[line, consumer.trim()]];
    },
  );
}

/** `line 17: "GPIO17" output consumer="x"` of libgpiod 2, `line 17: "GPIO17" "x" output active-high [used]` of 1.6. */
function fromGpioinfo(text: string): [number, string][] {
  return text.split('\n').flatMap((row): [number, string][] => {
    const [, line, rest = ''] = /^\s*line\s+\d+:\s+"GPIO(\d+)"\s+(.*)$/.exec(row) ?? [];
    const consumer = /consumer="?([^"]+)"?/.exec(rest)?.[1] ?? /^"([^"]+)"/.exec(rest)?.[1];
    return line === undefined || consumer === undefined ? [] : [[Number(line), consumer.trim()]];
  });
}
