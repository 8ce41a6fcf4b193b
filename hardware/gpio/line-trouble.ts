import { GatepostError, messageOf } from '../../src/core/errors.ts';
import { HEADER_LINES_AT_LEAST, unavailable } from './chip.ts';

const BUSY = /EBUSY|resource busy/i;
const UNKNOWN_LINE = /cannot find line/i;

/** The remedy for a line that another program holds. */
export const IN_USE =
  'Another driver or program has this line; gpioinfo names it. Take its overlay out of /boot/firmware/config.txt ' +
  '(SPI, I2C, UART, 1-wire, gpio-led), end the program, or choose a free line.';

/** Whether the kernel says that another program holds the line. */
export function isBusy(words: string): boolean {
  return BUSY.test(words);
}

/**
 * The error for a header line that could not be opened, with its cause.
 * @param line BCM number, as in GPIO17
 * @param where the line as the driver asked for it, e.g. `line 17 (sysfs 529)`
 * @param listLines what gpioinfo prints, for the name of the line on this board; empty if it cannot be run
 */
export async function lineTrouble(
  { line, where, cause }: { readonly line: number; readonly where: string; readonly cause: unknown },
  listLines: () => Promise<string>,
): Promise<GatepostError> {
  const words = messageOf(cause);
  if (isBusy(words)) {
    return new GatepostError(
      'gpio.unavailable',
      `${where} cannot be taken: ${withoutFixes(words)} ${IN_USE}`,
      {
        cause,
      },
    );
  }
  return UNKNOWN_LINE.test(words)
    ? noSuchLine(line, await listLines(), cause)
    : unavailable(`${where} cannot be taken: ${withoutFixes(words)}`, cause);
}

/**
 * The error for a line name that does not exist here. The tools find a line only by its name.
 * @param listed what gpioinfo prints; empty if it cannot be run
 */
export function noSuchLine(line: number, listed: string, cause?: unknown): GatepostError {
  const name = headerLineName(listed, line);
  const instead = name === undefined ? '' : `; line ${line} of the header is called "${name}" here`;
  return new GatepostError(
    'gpio.unavailable',
    `No line is called GPIO${line}${instead}. Kernels other than that of Raspberry Pi OS call some lines by their ` +
      'second use, such as GPIO_GCLK, SDA1 or SPI_CE0_N. Choose a line that gpioinfo lists as GPIO and its number, or ' +
      'take Raspberry Pi OS.',
    { cause },
  );
}

/** The name of a header line in what gpioinfo prints; undefined where the line or its name is missing. */
function headerLineName(listed: string, line: number): string | undefined {
  const chips = listed.split(/^(?=gpiochip\d+ - )/m);
  const header = chips.find(
    (chip) => Number(/^gpiochip\d+ - (\d+) lines/.exec(chip)?.[1] ?? 0) >= HEADER_LINES_AT_LEAST,
  );
  return new RegExp(`^\\s*line\\s+${line}:\\s+"([^"]+)"`, 'm').exec(header ?? '')?.[1];
}

/** Removes the remedies from an error of this folder, because they are for another cause. */
function withoutFixes(words: string): string {
  const sentence = words
    .replace(/ ?Fix one of these: .*$/s, '')
    .replace(/ ?Check that no other program uses this line\./, '')
    .replace(` ${IN_USE}`, '');
  return sentence.endsWith('.') ? sentence : `${sentence}.`;
}
