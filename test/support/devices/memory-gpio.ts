import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GpioConstructor, GpioLine, GpioSource, Level } from '../../../hardware/gpio/gpio-line.ts';

type Direction = 'in' | 'low' | 'high';
type Watcher = (error: Error | null | undefined, level: Level) => void;

/** One line of the chip as in sysfs: it stays after every process and every onoff object. */
class MemoryLine {
  exported = false;
  direction: 'in' | 'out' = 'in';
  level: Level = 0;
  edge = 'none';
  activeLow = false;
  /** Whether it keeps its level at every write, as with a short circuit. */
  stuck = false;
  /** What every write throws, e.g. EIO. */
  broken: Error | undefined;
  readonly journal: string[] = [];
  readonly watchers = new Set<Watcher>();

  setDirection(direction: Direction): void {
    this.journal.push(`direction ${direction}`);
    this.#refuse();
    this.direction = direction === 'in' ? 'in' : 'out';
    if (direction !== 'in') this.#setLevel(direction === 'high' ? 1 : 0);
  }

  write(level: Level): void {
    this.journal.push(`level ${level}`);
    this.#refuse();
    if (this.direction === 'in') throw new Error('EPERM: operation not permitted, write');
    this.#setLevel(level);
  }

  /** Sets the level of an input from outside. */
  drive(level: Level): void {
    if (this.level === level) return;
    this.level = level;
    if (this.edge === 'both') for (const watcher of this.watchers) watcher(null, level);
  }

  #setLevel(level: Level): void {
    if (!this.stuck) this.level = level;
  }

  #refuse(): void {
    if (this.broken !== undefined) throw this.broken;
  }
}

/** GPIO lines in memory, with a constructor like onoff 6's `Gpio`, including the errors that it does not report. */
export class MemoryGpio {
  readonly lines = new Map<number, MemoryLine>();
  /** What an export throws, e.g. EACCES. */
  exportError: Error | undefined;

  line(number: number): MemoryLine {
    const line = this.lines.get(number) ?? new MemoryLine();
    this.lines.set(number, line);
    return line;
  }

  source(root: string): GpioSource {
    return { root, load: async () => this.#makeConstructor() };
  }

  #makeConstructor(): GpioConstructor {
    const world = this;
    return class implements GpioLine {
      readonly #line: MemoryLine;
      readonly #mine = new Set<Watcher>();
      #closed = false;

      constructor(gpio: number, direction: Direction, edge: string, options: { activeLow: boolean }) {
        if (world.exportError !== undefined) throw world.exportError;
        this.#line = world.line(gpio);
        const before = this.#line.exported;
        this.#line.exported = true;
        const steps = [
          () => this.#setActiveLow(options.activeLow),
          () => this.setDirection(direction),
          () => direction === 'in' && this.#setEdge(edge),
        ];
        for (const step of steps) {
          try {
            step();
          } catch (error) {
            if (!before) throw error;
          }
        }
      }

      direction(): string {
        return this.#line.direction;
      }
      setDirection(direction: Direction): void {
        this.#line.setDirection(direction);
      }
      edge(): string {
        return this.#line.edge;
      }
      setEdge(edge: 'both'): void {
        this.#setEdge(edge);
      }
      activeLow(): boolean {
        return this.#line.activeLow;
      }
      readSync(): Level {
        if (this.#closed) throw new Error('EBADF: bad file descriptor, read');
        return this.#line.level;
      }
      writeSync(level: Level): void {
        if (this.#closed) throw new Error('EBADF: bad file descriptor, write');
        this.#line.write(level);
      }
      watch(listener: Watcher): void {
        this.#mine.add(listener);
        this.#line.watchers.add(listener);
      }
      unexport(): void {
        for (const listener of this.#mine) this.#line.watchers.delete(listener);
        this.#closed = true;
        this.#line.exported = false;
        this.#line.journal.push('unexport');
      }
      #setActiveLow(invert: boolean): void {
        if (this.#line.broken !== undefined) throw this.#line.broken;
        this.#line.activeLow = invert;
      }
      #setEdge(edge: string): void {
        if (this.#line.broken !== undefined) throw this.#line.broken;
        this.#line.edge = edge;
      }
    };
  }
}

/** Writes the folder of one chip as sysfs shows it. */
export function writeChip(
  root: string,
  folder: string,
  chip: { label: string; base: number; ngpio: number },
): void {
  mkdirSync(join(root, folder), { recursive: true });
  for (const [name, value] of Object.entries(chip)) writeFileSync(join(root, folder, name), `${value}\n`);
}

/** A sysfs root with the header chip of a Raspberry Pi 4 on a 6.12 kernel: base 512. */
export function writePi4(root: string): void {
  writeChip(root, 'gpiochip512', { label: 'pinctrl-bcm2711', base: 512, ngpio: 58 });
  writeChip(root, 'gpiochip570', { label: 'raspberrypi-exp-gpio', base: 570, ngpio: 8 });
  writeFileSync(join(root, 'export'), '');
}
