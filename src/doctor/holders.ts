import { basename } from 'node:path';
import type { RunningProcess } from './machine.ts';
import type { Unit } from './service.ts';

/** Tells which running programs have a device or a port open. */
export class Holders {
  readonly #processes: readonly RunningProcess[];
  readonly #openFiles = new Map<number, readonly string[]>();
  /** Process id of the daemon that systemd runs; undefined if it is not running. */
  readonly #daemon: number | undefined;

  constructor(processes: readonly RunningProcess[], unit: Unit) {
    this.#processes = processes;
    const daemon = Number(unit.get('MainPID') ?? 0);
    this.#daemon = daemon > 0 ? daemon : undefined;
  }

  /** Programs that have the file open, as far as this user may see it. */
  of(file: string): readonly RunningProcess[] {
    return this.#processes.filter((process) => this.#filesOf(process).includes(file));
  }

  named(program: string): RunningProcess | undefined {
    return this.#processes.find((process) => nameOf(process) === program);
  }

  /** Login prompts that have the line as an argument or as their input. */
  loginPrompts(node: string): readonly RunningProcess[] {
    return this.#processes.filter(
      (process) =>
        /^a?getty$/.test(nameOf(process)) &&
        (process.words.some((word) => basename(word) === basename(node)) ||
          this.#filesOf(process).includes(node)),
    );
  }

  /** The gate itself, or a program that it started: gpioset, cat, v4l2-ctl. */
  isGate(process: RunningProcess): boolean {
    const parent = this.#processes.find(({ pid }) => pid === process.parent);
    return [process, ...(parent === undefined ? [] : [parent])].some((one) =>
      this.#daemon === undefined ? isGatepost(one) : one.pid === this.#daemon,
    );
  }

  get runsGate(): boolean {
    return this.#daemon !== undefined || this.#processes.some(isGatepost);
  }

  #filesOf(process: RunningProcess): readonly string[] {
    const known = this.#openFiles.get(process.pid) ?? process.openFiles();
    this.#openFiles.set(process.pid, known);
    return known;
  }
}

/** The common name of a running program: `minicom`; `gatepost` rather than `node`. */
export function nameOf(process: RunningProcess): string {
  // A login shell is called "-bash"; a title such as "sshd: pi" is in the first word.
  const name = basename(process.words[0]?.split(':', 1)[0] ?? '').replace(/^-/, '');
  if (isGatepost(process)) return 'gatepost';
  return name === '' ? 'a program' : name;
}

function isGatepost({ words: [program = '', ...words] }: RunningProcess): boolean {
  if (/(^|\/)gatepost$/.test(program)) return true;
  return /^node/.test(basename(program)) && words.some((word) => /(^|\/)gatepost(\.[jt]s)?$/.test(word));
}
