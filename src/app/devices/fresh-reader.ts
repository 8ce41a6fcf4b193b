import { GatepostError } from '../../core/errors.ts';
import { SETTLE_MS } from '../../core/time/clock-reading.ts';
import type { Clock, Standstills } from '../../ports/clock.ts';
import type { CodeReader, CodeReaderEvent } from '../../ports/code-reader.ts';
import type { DeviceLink } from '../../ports/device-link.ts';

/** Codes with shorter pauses than this between them are one backlog, because people cannot show codes so fast. */
export const BACKLOG_GAP_MS = 100;
/** Longest backlog, because a line full of noise would otherwise never end. */
const BACKLOG_MAX_MS = 5_000;

/**
 * A reader that drops old codes. Scanners keep the codes that they read while no program has their line open, and the
 * kernel keeps what arrives while this program stands still. The link counts as open half a second after the reader's
 * own. Everything that began to arrive before that, or within half a second of a standstill, is dropped to its last
 * byte.
 */
export class FreshReader implements CodeReader {
  readonly #reader: CodeReader;
  readonly #clock: Clock;
  readonly #standstills: Standstills;
  readonly #onDropped: (event: CodeReaderEvent) => void;

  constructor(deps: {
    reader: CodeReader;
    clock: Clock;
    standstills: Standstills;
    onDropped: (event: CodeReaderEvent) => void;
  }) {
    this.#reader = deps.reader;
    this.#clock = deps.clock;
    this.#standstills = deps.standstills;
    this.#onDropped = deps.onDropped;
  }

  get driver(): string {
    return this.#reader.driver;
  }

  get simulated(): boolean {
    return this.#reader.simulated;
  }

  async open(onEvent: (event: CodeReaderEvent) => void, signal: AbortSignal): Promise<DeviceLink> {
    let readyMs = Number.POSITIVE_INFINITY;
    let droppedMs = Number.NEGATIVE_INFINITY;
    const isOld = (beganMs: number): boolean => {
      const goneOnMs = this.#standstills.lastEndMs() ?? Number.NEGATIVE_INFINITY;
      const freshFromMs = Math.max(readyMs, goneOnMs + SETTLE_MS);
      if (this.#standstills.earliestMs(beganMs) < freshFromMs) return true;
      return beganMs - droppedMs < BACKLOG_GAP_MS && beganMs - freshFromMs < BACKLOG_MAX_MS;
    };
    const link = await this.#reader.open((event) => {
      if (!isOld(event.beganMs)) return onEvent(event);
      droppedMs = event.atMs;
      this.#onDropped(event);
    }, signal);
    await this.#settled(link);
    readyMs = this.#clock.read().monotonicMs;
    return link;
  }

  /** @throws GatepostError the reason, if the link ends meanwhile */
  #settled(link: DeviceLink): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.schedule(SETTLE_MS, resolve);
      void link.closed.then((error) => {
        cancel();
        reject(error ?? new GatepostError('device.lost', `The ${this.driver} scanner was closed again.`));
      });
    });
  }
}
