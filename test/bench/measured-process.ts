import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A program in a process of its own, that ends at SIGTERM. */
export class MeasuredProcess {
  readonly #child: ChildProcess;

  constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Memory of the process that is in RAM, MB (10^6 bytes). */
  residentMb(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
    return (Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024) / 1e6;
  }

  /** Processor time of all threads that it has, since their start, milliseconds. */
  processorMs(): number {
    const threads = `/proc/${this.#child.pid}/task`;
    const spentNs = readdirSync(threads).map((id) => readFileSync(join(threads, id, 'schedstat'), 'utf8'));
    // The first number of sched-stats(5), in nanoseconds: the ticks in `stat` miss what ends between two of them.
    return spentNs.reduce((sum, text) => sum + Number(text.split(' ')[0]), 0) / 1e6;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await gone;
  }
}
