import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { GaugeOrder, GaugeReport, LaneEnds } from './gauge.child.ts';

const CHILD = fileURLToPath(new URL('./gauge.child.js', import.meta.url));
/** A pass that moved nothing for so long never will. */
const LIMIT_MS = 3_000;

/** The harness's side of the measuring process. */
export class Gauge {
  readonly #child: ChildProcess = fork(CHILD);
  readonly #rested = new Map<string, () => void>();

  /** @param onRested called for each lane when its lock has gone back to rest */
  async open(lanes: readonly (LaneEnds & { readonly onRested: () => void })[]): Promise<void> {
    this.#child.on('message', (report: GaugeReport) => {
      if (report.type === 'rested') this.#rested.get(report.lane)?.();
    });
    for (const { id, onRested } of lanes) this.#rested.set(id, onRested);
    const opened = once(this.#child, 'message');
    this.#tell({
      do: 'open',
      lanes: lanes.map(({ id, scanner, levelFile }) => ({ id, scanner, levelFile })),
    });
    await opened;
  }

  /** Shows a pass and resolves with the microseconds until the level had changed; undefined if it never did. */
  async shoot(lane: string, text: string): Promise<number | undefined> {
    const seen = new Promise<number | undefined>((resolve) => {
      const limit = setTimeout(() => {
        this.#child.off('message', take);
        resolve(undefined);
      }, LIMIT_MS);
      const take = (report: GaugeReport): void => {
        if (report.type !== 'released' || report.lane !== lane) return;
        clearTimeout(limit);
        this.#child.off('message', take);
        resolve(report.us);
      };
      this.#child.on('message', take);
    });
    this.#tell({ do: 'shoot', lane, text });
    return seen;
  }

  async close(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#tell({ do: 'close' });
    await gone;
  }

  #tell(order: GaugeOrder): void {
    this.#child.send(order);
  }
}
