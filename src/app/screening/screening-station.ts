import { followGuidance, type Guidance, NO_GUIDANCE } from '../../core/screening/guidance.ts';
import type { Nearness } from '../../core/screening/nearness.ts';
import { isFramePossible } from '../../core/screening/possible.ts';
import {
  admitAnybody,
  awaitNewcomer,
  INITIAL_PROTOCOL,
  isPresent,
  restartSet,
  type SetResult,
  takeFrame,
} from '../../core/screening/protocol.ts';
import {
  type ScreeningOutcome,
  type ScreeningSettings,
  SENSOR_FAULTS,
  type SensorFault,
  type ThermometerFrame,
} from '../../core/screening/screening.ts';
import {
  countReading,
  INITIAL_STUCK_WATCH,
  isStuck,
  type MovementWatch,
  watchForStuck,
  watchMovement,
} from '../../core/screening/sensor-health.ts';
import type { GateState } from '../../ports/gate-state.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Thermometer, ThermometerEvent } from '../../ports/thermometer.ts';
import type { SupervisorDeps } from '../devices/device-supervisor.ts';
import { SensorWatch } from '../devices/sensor-watch.ts';
import type { DistanceWatch } from './distance-watch.ts';

/** Highest age of a reading when the pass is shown (src/README.md#one-passage). */
export const FRESH_MS = 3_000;
/**
 * Coarsest resolution for which a constant value means a stuck sensor: with coarser steps a wall gives one value for
 * minutes.
 */
const STUCK_RESOLUTION_MAX_C = 0.05;

type StationDeps = SupervisorDeps & { readonly state: Pick<GateState, 'devices' | 'readings'> };

/**
 * The place where foreheads are measured: one supervised thermometer and the measuring protocol over its frames. With a
 * distance sensor, only foreheads at the right distance count. Without a thermometer every outcome is that fault.
 */
export class ScreeningStation implements Lifecycle {
  readonly #accessPoint: string;
  readonly #thermometer: Thermometer | undefined;
  readonly #distance: DistanceWatch | undefined;
  readonly #settings: ScreeningSettings;
  readonly #deps: StationDeps;
  readonly #watch: SensorWatch<ThermometerEvent> | undefined;
  #protocol = INITIAL_PROTOCOL;
  #stuck = INITIAL_STUCK_WATCH;
  #movement: MovementWatch | undefined;
  #latest: SetResult | undefined;
  #presentOnScreen = false;
  #listener: ((outcome: ScreeningOutcome) => void) | undefined;
  #guidance = NO_GUIDANCE;
  #told: Guidance = NO_GUIDANCE;
  #onLeft: (() => void) | undefined;
  #onGuidance: ((guidance: Guidance) => void) | undefined;

  constructor(deps: {
    accessPoint: string;
    thermometer?: Thermometer;
    distance?: DistanceWatch;
    settings: ScreeningSettings;
    supervision: StationDeps;
  }) {
    this.#accessPoint = deps.accessPoint;
    this.#settings = deps.settings;
    this.#deps = deps.supervision;
    const { thermometer } = deps;
    this.#thermometer = thermometer;
    this.#distance = deps.distance;
    if (thermometer === undefined) return;
    this.#watch = new SensorWatch({
      role: 'thermometer',
      accessPoint: deps.accessPoint,
      sensor: thermometer,
      supervision: deps.supervision,
      onEvent: (event) => this.#onEvent(event),
      onChange: () => this.#onFault(),
    });
  }

  /** Driver name of the sensor, for records. */
  get sensor(): string | undefined {
    return this.#thermometer?.driver;
  }

  /** Why nothing can be measured here right now. */
  get fault(): SensorFault | undefined {
    const watch = this.#watch;
    if (watch === undefined || watch.status === 'missing') return 'sensor_missing';
    if (watch.status !== 'degraded') return undefined;
    return SENSOR_FAULTS.find((name) => name === watch.cause) ?? 'sensor_missing';
  }

  /** Sets the one listener, called with every finished measurement and every fault. */
  onOutcome(listener: (outcome: ScreeningOutcome) => void): void {
    this.#listener = listener;
  }

  /** Sets the one listener, called when what the person in front is to be told has changed. */
  onGuidance(listener: (guidance: Guidance) => void): void {
    this.#onGuidance = listener;
  }

  /** Sets the one listener, called when whoever was measured and has used no reading is gone. */
  onLeft(listener: () => void): void {
    this.#onLeft = listener;
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.#watch?.start(signal);
    await this.#distance?.start(signal);
  }

  async stop(): Promise<void> {
    await this.#distance?.stop();
    await this.#watch?.stop();
  }

  /** A reading of the person in front, finished at most 3 s ago and not used yet, or the sensor's fault; undefined: measure now. */
  take(): ScreeningOutcome | undefined {
    const { fault } = this;
    if (fault !== undefined) return { class: 'notMeasurable', cause: fault, attempts: 1 };
    const latest = this.#latest;
    this.#latest = undefined;
    if (latest === undefined) return undefined;
    const atMs = latest.status === 'measured' ? latest.measurement.atMs : latest.atMs;
    if (this.#deps.clock.read().monotonicMs - atMs > FRESH_MS) return undefined;
    this.#movement = countReading(this.#movement);
    return this.#outcomeOf(latest);
  }

  /**
   * Drops everything measured so far: only frames from now on count.
   * @param until `newcomer`: nor do those of whoever is in front now
   */
  forget(until?: 'newcomer'): void {
    this.#latest = undefined;
    this.#protocol = until === undefined ? restartSet(this.#protocol) : awaitNewcomer(this.#protocol);
    this.#guide(NO_GUIDANCE);
  }

  /** Measures whoever is in front from now on; of somebody who has come since forget() everything counts. */
  admit(): void {
    this.#protocol = admitAnybody(this.#protocol);
  }

  /** Whether somebody is in front who can be measured. */
  get isSomebodyThere(): boolean {
    return this.#protocol.presentSinceMs !== undefined;
  }

  #onEvent(event: ThermometerEvent): void {
    if (event.type === 'fault') {
      this.#watch?.degrade(event.cause, event.detail);
      return;
    }
    this.#onFrame(event.frame);
  }

  #onFrame(frame: ThermometerFrame): void {
    // Drivers reject the error codes of their chip; an impossible value that a driver lets through is dropped here.
    if (!isFramePossible(frame)) {
      this.#watch?.degrade(
        'sensor_invalid',
        'The thermometer sends what no such sensor can measure. Cut its power for a moment; if it stays so, replace it.',
      );
      return;
    }
    const stuck = this.#howStuck(frame);
    if (stuck !== undefined) {
      this.#watch?.degrade(
        'sensor_stuck',
        `The thermometer ${stuck}. Unplug it for ten seconds; if it does so again, replace it.`,
      );
      return;
    }
    this.#watch?.confirm();
    const nearness = this.#distance?.nearness;
    this.#showReading(frame, nearness);
    const taken = takeFrame(this.#protocol, frame, this.#settings, nearness);
    // A person has just come, so the latest reading is of another person.
    if (taken.state.presentSinceMs === frame.atMs) this.#latest = undefined;
    this.#protocol = taken.state;
    if (taken.result === undefined) {
      this.#guide(followGuidance(this.#guidance, frame, taken.state, this.#settings, nearness));
    } else {
      this.#latest = taken.result;
      this.#listener?.(this.#outcomeOf(taken.result));
      // A finished reading has its answer; what is told begins anew with the next one.
      this.#guide(NO_GUIDANCE);
    }
    if (!this.isSomebodyThere) this.#dropUnused();
  }

  /** Whoever shows a pass afterwards may be another person. */
  #dropUnused(): void {
    if (this.#latest === undefined) return;
    this.#latest = undefined;
    this.#onLeft?.();
  }

  /** How the module is stuck, in words; undefined if it is not. */
  #howStuck(frame: ThermometerFrame): string | undefined {
    const stepC = this.#thermometer?.resolutionC ?? 0;
    this.#movement = watchMovement(this.#movement, frame, stepC);
    if (stepC <= STUCK_RESOLUTION_MAX_C) this.#stuck = watchForStuck(this.#stuck, frame);
    if (isStuck(this.#stuck, frame.atMs)) return 'repeats one value to the last digit';
    return this.#movement.unmoved
      ? 'shows the same to one person after the other, and never the room between them'
      : undefined;
  }

  /** A fault ends the measurement, so that the person is told at once and not after the time-out. */
  #onFault(): void {
    const { fault } = this;
    if (fault === undefined) return;
    // A stuck module starts again without history after it was unplugged and plugged in.
    if (fault === 'sensor_missing') {
      this.#stuck = INITIAL_STUCK_WATCH;
      this.#movement = undefined;
    }
    this.#protocol = INITIAL_PROTOCOL;
    this.#latest = undefined;
    this.#guide(NO_GUIDANCE);
    this.#clearReading();
    this.#listener?.({ class: 'notMeasurable', cause: fault, attempts: 1 });
  }

  #guide(guidance: typeof NO_GUIDANCE): void {
    this.#guidance = guidance;
    const { hint, progress } = guidance;
    if (hint === this.#told.hint && progress === this.#told.progress) return;
    this.#told = { hint, progress };
    this.#onGuidance?.(this.#told);
  }

  #outcomeOf(result: SetResult): ScreeningOutcome {
    if (result.status === 'measured') {
      const high = result.measurement.estimateC >= this.#settings.thresholdC;
      return { class: high ? 'elevated' : 'normal', measurement: result.measurement, attempts: 1 };
    }
    return {
      class: 'notMeasurable',
      cause: result.cause,
      attempts: 1,
      ...(result.measurement === undefined ? {} : { measurement: result.measurement }),
      waitMs: this.#settings.coldWaitMs,
    };
  }

  #showReading(frame: ThermometerFrame, nearness: Nearness | undefined): void {
    if (!isPresent(frame, nearness)) {
      this.#clearReading();
      return;
    }
    this.#presentOnScreen = true;
    const { objectC, ambientC } = frame;
    const reading = { objectC, ...(ambientC === undefined ? {} : { ambientC }) };
    this.#deps.state.readings.set({ accessPoint: this.#accessPoint, reading });
  }

  #clearReading(): void {
    if (!this.#presentOnScreen) return;
    this.#presentOnScreen = false;
    this.#deps.state.readings.set({ accessPoint: this.#accessPoint, reading: undefined });
  }
}
