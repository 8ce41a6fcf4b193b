import { isGatepostError } from '../../core/errors.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { RelayOutput } from '../../ports/door-devices.ts';
import type { DecisionMade, DoorView, GateState } from '../../ports/gate-state.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';

export interface Signals {
  readonly lamp?: RelayOutput;
  readonly buzzer?: RelayOutput;
}

/** How long a grant is shown, in milliseconds. */
const GRANTED_MS = { lamp: 2_000, buzzer: 150 } as const;
const DENIED_MS = 800;
const IDENTIFY_BEEP_MS = 1_500;

/**
 * Shows decisions and alarms on the lamp and buzzer of each door, for people who do not see a screen. They act after
 * the lock. A signal that does not work is recorded once and stops nothing.
 */
export class DoorSignals implements Lifecycle {
  readonly #state: Pick<GateState, 'accessPoints' | 'decided' | 'doors' | 'identify' | 'siteOrder'>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** By door. */
  readonly #signals: ReadonlyMap<string, Signals>;
  readonly #alarms = new Set<string>();
  /** All lamps stay on: everybody goes out. */
  #isEvacuated = false;
  readonly #failed = new Set<RelayOutput>();
  #running = false;
  #following: readonly Cancel[] = [];

  constructor(deps: {
    state: Pick<GateState, 'accessPoints' | 'decided' | 'doors' | 'identify' | 'siteOrder'>;
    clock: Clock;
    logger: Logger;
    signals: ReadonlyMap<string, Signals>;
  }) {
    this.#state = deps.state;
    this.#clock = deps.clock;
    this.#logger = deps.logger;
    this.#signals = deps.signals;
  }

  async start(signal: AbortSignal): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    for (const output of this.#outputs()) await this.#try(output, () => output.start(signal));
    if (this.#signals.size === 0) return;
    const { decided, doors, identify, siteOrder } = this.#state;
    this.#following = [
      decided.hear((decision) => this.#onDecision(decision)),
      doors.follow((door) => this.#onDoor(door)),
      identify.hear(({ seconds }) => this.#identify(seconds)),
      siteOrder.follow(({ holds }) => this.#evacuate(holds === 'evacuate')),
    ];
  }

  async stop(): Promise<void> {
    this.#running = false;
    for (const end of this.#following) end();
    this.#following = [];
    this.#alarms.clear();
    this.#isEvacuated = false;
    for (const output of this.#outputs()) await this.#try(output, () => output.stop());
  }

  #onDecision({ accessPoint, outcome }: DecisionMade): void {
    if (outcome === 'Referred') return;
    const door = this.#doorOf(accessPoint);
    if (door === undefined || this.#alarms.has(door) || this.#isEvacuated) return;
    const { lamp, buzzer } = this.#signals.get(door) ?? {};
    if (outcome === 'Granted') {
      this.#later(lamp, (output) => output.pulse(GRANTED_MS.lamp));
      this.#later(buzzer, (output) => output.pulse(GRANTED_MS.buzzer));
    } else this.#later(buzzer, (output) => output.pulse(DENIED_MS));
  }

  #identify(seconds: number): void {
    for (const [door, { lamp, buzzer }] of this.#signals) {
      if (this.#alarms.has(door)) continue;
      this.#later(lamp, (output) => output.pulse(seconds * 1000));
      this.#later(buzzer, (output) => output.pulse(IDENTIFY_BEEP_MS));
    }
  }

  #onDoor({ door, alarm }: DoorView): void {
    const isAlarm = alarm !== 'Normal';
    if (isAlarm === this.#alarms.has(door)) return;
    if (isAlarm) this.#alarms.add(door);
    else this.#alarms.delete(door);
    const { lamp, buzzer } = this.#signals.get(door) ?? {};
    for (const output of [lamp, buzzer]) this.#later(output, (one) => (isAlarm ? one.hold() : one.rest()));
  }

  /** An evacuation masks the alarms of the doors, which stand open. */
  #evacuate(evacuated: boolean): void {
    if (evacuated === this.#isEvacuated) return;
    this.#isEvacuated = evacuated;
    for (const { lamp } of this.#signals.values())
      this.#later(lamp, (one) => (evacuated ? one.hold() : one.rest()));
  }

  /** The door of an access point. Rows of an exit button may name the door itself. */
  #doorOf(accessPoint: string): string | undefined {
    const known = this.#state.accessPoints.values.find(({ id }) => id === accessPoint);
    return known?.door ?? (this.#signals.has(accessPoint) ? accessPoint : undefined);
  }

  /** Moves an output after the current work, because it may take some milliseconds. */
  #later(output: RelayOutput | undefined, move: (output: RelayOutput) => void): void {
    if (output === undefined) return;
    this.#clock.schedule(0, () => {
      if (this.#running) void this.#try(output, async () => move(output));
    });
  }

  async #try(output: RelayOutput, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#failed.delete(output);
    } catch (error) {
      if (!isGatepostError(error)) throw error;
      if (this.#failed.has(output)) return;
      this.#failed.add(output);
      this.#logger.warn(
        { code: error.code, driver: output.driver },
        `The ${output.name} does not work: ${error.message}`,
      );
    }
  }

  *#outputs(): Generator<RelayOutput> {
    for (const { lamp, buzzer } of this.#signals.values()) {
      if (lamp !== undefined) yield lamp;
      if (buzzer !== undefined) yield buzzer;
    }
  }
}
