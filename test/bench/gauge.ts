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

  /**
   * @param onRested called for each lane when its lock has gone back to rest
   * @param brokerPort where the events of lanes with a topic are subscribed to
   */
  async open(
    lanes: readonly (LaneEnds & { readonly onRested: () => void })[],
    brokerPort?: number,
  ): Promise<void> {
    this.#child.on('message', (report: GaugeReport) => {
      if (report.type === 'rested') this.#rested.get(report.lane)?.();
    });
    for (const { id, onRested } of lanes) this.#rested.set(id, onRested);
    const opened = once(this.#child, 'message');
    this.#tell({
      do: 'open',
      lanes: lanes.map(({ onRested: _, ...ends }) => ends),
      ...(brokerPort === undefined ? {} : { brokerPort }),
    });
    await opened;
  }

  /** Shows a pass and resolves with the microseconds until the level had changed; undefined if it never did. */
  async shoot(lane: string, text: string): Promise<number | undefined> {
    const released = this.#microseconds('released', lane);
    this.#tell({ do: 'shoot', lane, text });
    return released;
  }

  /** shoot(), and the microseconds until the event was at the subscriber. */
  async shootForEvent(lane: string, text: string): Promise<Record<'gateUs' | 'eventUs', number | undefined>> {
    const event = this.#microseconds('event', lane);
    const gateUs = await this.shoot(lane, text);
    return { gateUs, eventUs: await event };
  }

  #microseconds(type: 'released' | 'event', lane: string): Promise<number | undefined> {
    return new Promise((resolve) => {
      const limit = setTimeout(() => {
        this.#child.off('message', take);
        resolve(undefined);
      }, LIMIT_MS);
      const take = (report: GaugeReport): void => {
        if (report.type !== type || report.lane !== lane) return;
        clearTimeout(limit);
        this.#child.off('message', take);
        resolve(report.us);
      };
      this.#child.on('message', take);
    });
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
