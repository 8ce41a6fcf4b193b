import {
  type DistanceWindow,
  followDistance,
  INITIAL_NEARNESS,
  type Nearness,
  nearnessAt,
} from '../../core/screening/nearness.ts';
import type { DistanceEvent, DistanceSensor } from '../../ports/distance-sensor.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { SupervisorDeps } from '../devices/device-supervisor.ts';
import { SensorWatch } from '../devices/sensor-watch.ts';

/**
 * Follows the distance of the forehead. A missing or faulty sensor is only a named state: the thermometer then detects
 * by itself whether a person is there.
 */
export class DistanceWatch implements Lifecycle {
  readonly #sensor: DistanceSensor;
  readonly #window: DistanceWindow;
  readonly #deps: SupervisorDeps;
  readonly #sensorWatch: SensorWatch<DistanceEvent>;
  #watch = INITIAL_NEARNESS;

  constructor(deps: {
    accessPoint: string;
    sensor: DistanceSensor;
    window: DistanceWindow;
    supervision: SupervisorDeps;
  }) {
    const { accessPoint, sensor, window, supervision } = deps;
    this.#sensor = sensor;
    this.#window = window;
    this.#deps = supervision;
    this.#sensorWatch = new SensorWatch({
      role: 'distance',
      accessPoint,
      sensor,
      supervision,
      onEvent: (event) => this.#onEvent(event),
      onChange: () => this.#onDevice(),
    });
  }

  get simulated(): boolean {
    return this.#sensor.simulated;
  }

  get nearness(): Nearness {
    return nearnessAt(this.#watch, this.#deps.clock.read().monotonicMs);
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.#sensorWatch.start(signal);
  }

  async stop(): Promise<void> {
    await this.#sensorWatch.stop();
  }

  #onEvent(event: DistanceEvent): void {
    if (event.type === 'fault') {
      this.#sensorWatch.degrade(event.cause, event.detail);
      return;
    }
    this.#sensorWatch.confirm();
    const distanceMm = event.type === 'distance' ? event.distanceMm : undefined;
    this.#watch = followDistance(this.#watch, { distanceMm, atMs: event.atMs }, this.#window);
  }

  /** Drops what was seen before the sensor was lost, because another person may stand here when it is back. */
  #onDevice(): void {
    if (this.#sensorWatch.status === 'ok') return;
    this.#watch = INITIAL_NEARNESS;
  }
}
