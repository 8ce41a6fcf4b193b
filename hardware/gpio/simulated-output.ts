import { closeSync, constants, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { GatepostError, messageOf } from '../../src/core/errors.ts';
import type { OutputDriver, TakenOutput } from './timed-output.ts';

interface SimulatedOutputSettings {
  /**
   * File that shows the level, `0` or `1` and a line end. Like an exported line it keeps its level when the process
   * dies.
   */
  readonly levelFile?: string;
  /** Called after every move of the output: true released, false at rest. The simulated person waits for it. */
  readonly onLevel?: (released: boolean) => void;
}

type Level = '0' | '1';

/** A lock that is a file. */
export class SimulatedOutput implements OutputDriver {
  readonly driver = 'simulated';
  readonly simulated = true;
  readonly #settings: SimulatedOutputSettings;

  constructor(settings: SimulatedOutputSettings = {}) {
    this.#settings = settings;
  }

  async take(): Promise<TakenOutput> {
    const { levelFile, onLevel } = this.#settings;
    if (levelFile !== undefined) makeFile(levelFile);
    let level: Level = '0';
    const write = (released: boolean) => {
      const wanted = released ? '1' : '0';
      if (levelFile !== undefined && wanted !== level) writeLevel(levelFile, wanted);
      level = wanted;
      onLevel?.(released);
    };
    write(false);
    return { restLine: levelFile === undefined ? undefined : `file ${resolve(levelFile)} 0`, write };
  }
}

/** Creates the file with the rest level, and its folder if it is missing. */
function makeFile(levelFile: string): void {
  try {
    mkdirSync(dirname(levelFile), { recursive: true });
    writeFileSync(levelFile, '0\n');
  } catch (cause) {
    throw new GatepostError(
      'gpio.unavailable',
      `The level file ${levelFile} cannot be written: ${messageOf(cause)}. Choose a folder this user may write to.`,
      { cause },
    );
  }
}

function writeLevel(levelFile: string, level: Level): void {
  try {
    writeInPlace(levelFile, `${level}\n`);
  } catch (cause) {
    throw new GatepostError(
      'gpio.failed',
      `The level file ${levelFile} cannot be written: ${messageOf(cause)}.`,
      { cause },
    );
  }
}

/** Writes the whole content at once, without emptying the file first, so that a watcher never sees a part of it. */
function writeInPlace(path: string, content: string): void {
  const file = openSync(path, constants.O_WRONLY | constants.O_CREAT, 0o644);
  try {
    writeSync(file, content);
  } finally {
    closeSync(file);
  }
}
