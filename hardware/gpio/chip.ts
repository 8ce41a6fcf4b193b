import { constants } from 'node:fs';
import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GatepostError } from '../../src/core/errors.ts';

/** Where Linux shows GPIO lines as files, unless a test says otherwise. */
const SYSFS_GPIO = '/sys/class/gpio';

/**
 * Label of the chip of the 40-pin header: `pinctrl-bcm2835`, `pinctrl-bcm2711` or `pinctrl-rp1`
 * (hardware/FACTS.md#gpio-in-sysfs).
 */
const HEADER_LABEL = /^pinctrl-/;

/** The header's chip has 54 or 58 lines; expanders have far fewer. */
export const HEADER_LINES_AT_LEAST = 54;

const THREE_FIXES =
  'Fix one of these: (1) run on a Raspberry Pi whose kernel has CONFIG_GPIO_SYSFS=y, as Raspberry Pi OS has; ' +
  '(2) let the service write there: install systemd/70-gatepost.rules, add the user to the group gpio and restart; ' +
  '(3) write "driver: simulated" for this device to run without hardware.';

interface HeaderChip {
  readonly label: string;
  /** Number of the chip's first line in sysfs. It depends on board and kernel: 0, 512, 569, … */
  readonly base: number;
  readonly lines: number;
}

export interface ChipSearch {
  readonly root?: string;
  readonly label?: RegExp;
}

/**
 * Finds the chip of the 40-pin header by its label and size. The base is never guessed: a wrong one would silently
 * drive a line of another chip.
 * @throws GatepostError `gpio.unavailable`
 */
export async function findHeaderChip({
  root = SYSFS_GPIO,
  label = HEADER_LABEL,
}: ChipSearch = {}): Promise<HeaderChip> {
  const chips = await listChips(root);
  const [chip, ...others] = chips.filter(
    (found) => label.test(found.label) && found.lines >= HEADER_LINES_AT_LEAST,
  );
  if (chip === undefined || others.length > 0) {
    const seen = chips.map((found) => `${found.label} with ${found.lines} lines at ${found.base}`).join(', ');
    const count = chip === undefined ? 'no chip' : 'more than one chip';
    throw unavailable(
      `${count} in ${root} looks like the 40-pin header; there is: ${seen === '' ? 'none' : seen}.`,
    );
  }
  try {
    await access(join(root, 'export'), constants.W_OK);
  } catch (cause) {
    throw unavailable(`${join(root, 'export')} must not be written by this user.`, cause);
  }
  return chip;
}

/**
 * The sysfs number of a header line.
 * @param line BCM number, as in GPIO17
 * @throws GatepostError `gpio.unavailable` when the chip has no such line
 */
export function sysfsNumber(chip: HeaderChip, line: number): number {
  if (!Number.isInteger(line) || line < 0 || line >= chip.lines) {
    throw unavailable(`${chip.label} has no line ${line}: it has 0 to ${chip.lines - 1}.`);
  }
  return chip.base + line;
}

/** A `gpio.unavailable` that names the fixes. */
export function unavailable(what: string, cause?: unknown): GatepostError {
  return new GatepostError('gpio.unavailable', `GPIO cannot be used: ${what} ${THREE_FIXES}`, { cause });
}

async function listChips(root: string): Promise<HeaderChip[]> {
  let entries: string[];
  try {
    entries = await readdir(root);
  } catch (cause) {
    throw unavailable(`${root} cannot be read.`, cause);
  }
  // Not `chip*`: from kernel 6.17 on a second tree of that name counts its lines differently.
  const folders = entries.filter((entry) => /^gpiochip\d+$/.test(entry)).sort();
  return Promise.all(folders.map((folder) => readChip(join(root, folder))));
}

async function readChip(folder: string): Promise<HeaderChip> {
  try {
    const [label, base, lines] = await Promise.all(
      ['label', 'base', 'ngpio'].map(async (name) => (await readFile(join(folder, name), 'utf8')).trim()),
    );
    return { label: label ?? '', base: wholeNumber(base), lines: wholeNumber(lines) };
  } catch (cause) {
    throw unavailable(`${folder} cannot be read.`, cause);
  }
}

function wholeNumber(text: string | undefined): number {
  if (text === undefined || !/^\d{1,9}$/.test(text)) throw new TypeError(`"${text}" is not a whole number`);
  return Number(text);
}
