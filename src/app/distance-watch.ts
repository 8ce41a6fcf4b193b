import { GatepostError } from '../core/errors.ts';
import {
  type DistanceWindow,
  followDistance,
  INITIAL_NEARNESS,
  type Nearness,
  nearnessAt,
} from '../core/screening/nearness.ts';
import type { Cancel } from '../ports/clock.ts';
import type { DistanceEvent, DistanceSensor } from '../ports/distance-sensor.ts';
import type { Lifecycle } from '../ports/lifecycle.ts';
import { DeviceSupervisor, type SupervisorParts } from './device-supervisor.ts';

const CHECK_MS = 250;

/**
 * Follows how far away the forehead is. A sensor that is missing or troubled is a named state and nothing more: the
 * thermometer then tells by itself whether somebody is there.
 */
export class DistanceWatch implements Lifecycle {
  readonly #sensor: DistanceSensor;
  readonly #window: DistanceWindow;
  readonly #parts: SupervisorParts;
  readonly #supervisor: DeviceSupervisor;
  #watch = INITIAL_NEARNESS;
  #told: Nearness = 'unknown';
  #lastHeardMs = 0;
  #open = false;
  #cancelCheck: Cancel | undefined;
  #listener: ((nearness: Nearness) => void) | undefined;

  constructor(options: {
    accessPoint: string;
    sensor: DistanceSensor;
    window: DistanceWindow;
    parts: SupervisorParts;
  }) {
    const { accessPoint, sensor, window, parts } = options;
    this.#sensor = sensor;
    this.#window = window;
    this.#parts = parts;
    this.#supervisor = new DeviceSupervisor({
      device: {
        role: 'distance',
        owner: accessPoint,
        driver: sensor.driver,
        simulated: sensor.simulated,
        confirmedBy: 'data',
        eventName: 'screening.sensor',
      },
      parts,
      open: async (signal) => {
        this.#heard();
        const link = await sensor.open((event) => this.#onEvent(event), signal);
        this.#heard();
        this.#open = true;
        void link.closed.then(() => {
          this.#open = false;
        });
        return link;
      },
    });
  }

  get simulated(): boolean {
    return this.#sensor.simulated;
  }

  get nearness(): Nearness {
    return nearnessAt(this.#watch, this.#parts.clock.read().monotonicMs);
  }

  /** One listener, called when the nearness becomes another. */
  onChange(listener: (nearness: Nearness) => void): void {
    this.#listener = listener;
  }

  async start(signal: AbortSignal): Promise<void> {
    if (this.#cancelCheck !== undefined) return;
    this.#scheduleCheck();
    await this.#supervisor.start(signal);
  }

  async stop(): Promise<void> {
    this.#cancelCheck?.();
    this.#cancelCheck = undefined;
    await this.#supervisor.stop();
  }

  #onEvent(event: DistanceEvent): void {
    this.#heard();
    if (event.type === 'fault') {
      this.#supervisor.degrade(event.cause, event.detail);
      return;
    }
    this.#supervisor.confirm();
    const distanceMm = event.type === 'distance' ? event.distanceMm : undefined;
    this.#watch = followDistance(this.#watch, { distanceMm, atMs: event.atMs }, this.#window);
    this.#tell();
  }

  #tell(): void {
    const { nearness } = this;
    if (nearness === this.#told) return;
    this.#told = nearness;
    this.#listener?.(nearness);
  }

  #heard(): void {
    this.#lastHeardMs = this.#parts.clock.read().monotonicMs;
  }

  #scheduleCheck(): void {
    this.#cancelCheck = this.#parts.clock.schedule(CHECK_MS, () => {
      this.#scheduleCheck();
      this.#tell();
      this.#checkSilence();
    });
  }

  #checkSilence(): void {
    const silentMs = this.#parts.clock.read().monotonicMs - this.#lastHeardMs;
    const { silenceMs } = this.#sensor;
    if (!this.#open || silentMs <= silenceMs) return;
    this.#open = false;
    const seconds = Math.round(silenceMs / 1000);
    this.#supervisor.reopen(
      'sensor_silent',
      new GatepostError(
        'device.lost',
        `The distance sensor is connected but has sent nothing for ${seconds} s. Check its power and data wires and the baud rate.`,
      ),
    );
  }
}
