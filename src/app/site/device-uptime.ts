import { isGatepostError } from '../../core/errors.ts';
import type { DeviceTime } from '../../core/report/day-counts.ts';
import { siteDayAt, siteDayBegin } from '../../core/time/site-time.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { DeviceView, GateState } from '../../ports/gate-state.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import type { EventWriter } from '../log/event-writer.ts';

/** How often it is written; a power cut loses no more. */
const WRITE_EVERY_MS = 900_000;

interface DeviceUptimeDeps {
  readonly state: Pick<GateState, 'devices'>;
  readonly notes: EventWriter;
  readonly clock: Clock;
  readonly logger: Logger;
  /** IANA name. */
  readonly timeZone: string;
}

interface Spell {
  readonly isOk: boolean;
  /** Monotonic milliseconds. */
  readonly sinceMs: number;
}

/** Adds up for each day how long devices were well. Nothing is counted while the day is not known. */
export class DeviceUptime implements Lifecycle {
  readonly #deps: DeviceUptimeDeps;
  readonly #spells = new Map<string, Spell>();
  readonly #times = new Map<string, { okMs: number; downMs: number }>();
  #siteDay: number | undefined;
  #cancel: Cancel = () => undefined;
  #unfollow: Cancel = () => undefined;

  constructor(deps: DeviceUptimeDeps) {
    this.#deps = deps;
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#unfollow();
    this.#unfollow = this.#deps.state.devices.follow((device) => this.#changed(device));
    this.#begin();
  }

  async stop(): Promise<void> {
    this.#unfollow();
    this.#cancel();
    this.#write();
    this.#spells.clear();
  }

  #changed({ id, status }: DeviceView): void {
    this.#add(id);
    // What is connecting has not said yet whether it is well.
    if (status === 'connecting') this.#spells.delete(id);
    else this.#spells.set(id, { isOk: status === 'ok', sinceMs: this.#deps.clock.read().monotonicMs });
  }

  /** What it was until now counts for the day on which the stretch began. */
  #add(id: string): void {
    const spell = this.#spells.get(id);
    if (spell === undefined) return;
    const { monotonicMs } = this.#deps.clock.read();
    const time = this.#times.get(id) ?? { okMs: 0, downMs: 0 };
    time[spell.isOk ? 'okMs' : 'downMs'] += Math.max(0, monotonicMs - spell.sinceMs);
    this.#times.set(id, time);
    this.#spells.set(id, { ...spell, sinceMs: monotonicMs });
  }

  /** A stretch of at most a quarter of an hour, which ends with its day. */
  #begin(): void {
    const { clock, timeZone } = this.#deps;
    const { wallMs, quality } = clock.read();
    this.#siteDay = quality === 'unsynced' ? undefined : siteDayAt(wallMs, timeZone);
    const leftMs = siteDayBegin(siteDayAt(wallMs, timeZone) + 1, timeZone) - wallMs;
    this.#cancel = clock.schedule(Math.max(1, Math.min(WRITE_EVERY_MS, leftMs)), () => {
      this.#write();
      this.#begin();
    });
  }

  #write(): void {
    const { notes, logger } = this.#deps;
    for (const id of this.#spells.keys()) this.#add(id);
    const devices: DeviceTime[] = [...this.#times].map(([device, time]) => ({ device, ...time }));
    this.#times.clear();
    if (this.#siteDay === undefined || devices.length === 0) return;
    try {
      notes.write([], [{ kind: 'addUptime', siteDay: this.#siteDay, devices }]);
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      logger.warn({ code: error.code }, `For how long devices were well was not written: ${error.message}`);
    }
  }
}
