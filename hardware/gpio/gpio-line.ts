import { GatepostError, messageOf } from '../../src/core/errors.ts';
import { type ChipSearch, findHeaderChip, sysfsNumber } from './chip.ts';
import { lineTrouble } from './line-trouble.ts';

/** 0 low, 1 high: the level at the pin. */
export type Level = 0 | 1;

/** The part of onoff's `Gpio`, version 6, that the drivers use. */
export interface GpioLine {
  direction(): string;
  setDirection(direction: 'in' | 'low' | 'high'): void;
  edge(): string;
  setEdge(edge: 'both'): void;
  activeLow(): boolean;
  readSync(): Level;
  writeSync(level: Level): void;
  watch(listener: (error: Error | null | undefined, level: Level) => void): void;
  unexport(): void;
}

export type GpioConstructor = new (
  gpio: number,
  direction: 'in' | 'low' | 'high',
  edge: 'none' | 'both',
  options: { activeLow: boolean },
) => GpioLine;

/** Where lines come from. Everything has its real value by default. */
export interface GpioSource extends ChipSearch {
  readonly load?: () => Promise<GpioConstructor>;
}

interface OpenLine {
  readonly gpio: GpioLine;
  /** The line's number in sysfs. */
  readonly number: number;
}

/**
 * Exports a header line and checks that it is the requested one, because onoff ignores every error for a line that
 * was exported before.
 * @param direction `in`, or an output by its first level; never `out`, which means low first and would briefly switch
 * an active-low board on
 * @throws GatepostError `gpio.unavailable`
 */
export async function openLine(
  source: GpioSource,
  line: number,
  direction: 'in' | 'low' | 'high',
): Promise<OpenLine> {
  const number = sysfsNumber(await findHeaderChip(source), line);
  const Gpio = await (source.load ?? loadOnoff)();
  try {
    const gpio = new Gpio(number, direction, direction === 'in' ? 'both' : 'none', { activeLow: false });
    // Written again because this reports errors; writing low or high makes no glitch on an output.
    gpio.setDirection(direction);
    if (direction === 'in') gpio.setEdge('both');
    if (gpio.activeLow()) throw new Error('its active_low cannot be switched off');
    return { gpio, number };
  } catch (cause) {
    throw await lineTrouble({ line, where: `line ${line} (sysfs ${number})`, cause }, async () => '');
  }
}

/** onoff is optional and contains compiled code: it is loaded only if a line uses it. */
export async function loadOnoff(): Promise<GpioConstructor> {
  try {
    return (await import('onoff')).Gpio;
  } catch (cause) {
    throw new GatepostError(
      'gpio.unavailable',
      `The package onoff cannot be loaded: ${messageOf(cause)}. ` +
        'Install python3, make and g++, then run "npm rebuild epoll"; or write "driver: simulated" for this device.',
      { cause },
    );
  }
}
