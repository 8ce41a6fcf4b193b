import { type GatepostError, isGatepostError } from '../../core/errors.ts';
import type { DeviceStatus } from '../../core/events/event.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { DoorActuator } from '../../ports/door-devices.ts';
import type { GateState } from '../../ports/gate-state.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { EventWriter } from '../log/event-writer.ts';

/** How often an output that did not go to rest is checked. The driver itself keeps trying. */
const LOOK_AGAIN_MS = 1_000;

/**
 * The output of a door's lock; its state is on the guard's screen and in the log. Every move throws `gpio.failed` if
 * the output does not obey. A failure lasts until the same kind of move succeeds.
 */
export class DoorLock implements Lifecycle {
  readonly #door: string;
  readonly #actuator: DoorActuator;
  readonly #clock: Clock;
  readonly #notes: EventWriter;
  readonly #state: Pick<GateState, 'devices'>;
  readonly #onChange: () => void;
  #failing: 'release' | 'rest' | undefined;
  #cancelLook: Cancel | undefined;

  constructor(deps: {
    door: string;
    actuator: DoorActuator;
    clock: Clock;
    notes: EventWriter;
    state: Pick<GateState, 'devices'>;
    /** Called when the lock fails and when it works again. */
    onChange: () => void;
  }) {
    this.#door = deps.door;
    this.#actuator = deps.actuator;
    this.#clock = deps.clock;
    this.#notes = deps.notes;
    this.#state = deps.state;
    this.#onChange = deps.onChange;
  }

  get isReleased(): boolean {
    return this.#actuator.isReleased();
  }

  /** @throws GatepostError `gpio.unavailable`, `gpio.failed` */
  async start(signal: AbortSignal): Promise<void> {
    try {
      await this.#actuator.start(signal);
    } catch (error) {
      if (isGatepostError(error)) this.#publish('missing', error);
      throw error;
    }
    this.#publish('ok');
  }

  /** Rests the output. @throws GatepostError `gpio.failed` */
  async stop(): Promise<void> {
    this.#stopLooking();
    await this.#actuator.stop();
  }

  /** @param holdMs 1 to 60,000 */
  pulse(holdMs: number): void {
    this.#move('release', () => this.#actuator.pulse(holdMs));
  }

  hold(): void {
    this.#move('release', () => this.#actuator.hold());
  }

  rest(): void {
    this.#move('rest', () => this.#actuator.rest());
  }

  #move(kind: 'release' | 'rest', move: () => void): void {
    try {
      move();
    } catch (error) {
      if (isGatepostError(error, 'gpio.failed')) this.#fail(kind, error);
      throw error;
    }
    if (this.#failing === kind) this.#recover();
  }

  #fail(kind: 'release' | 'rest', error: GatepostError): void {
    if (this.#failing !== kind) {
      this.#failing = kind;
      this.#publish('degraded', error);
      this.#note('degraded', error);
      this.#onChange();
    }
    this.#look();
  }

  /** Looks whether a failed output has gone to rest meanwhile, because nothing reports that. */
  #look(): void {
    this.#stopLooking();
    if (this.#failing !== 'rest') return;
    if (this.isReleased) this.#cancelLook = this.#clock.schedule(LOOK_AGAIN_MS, () => this.#look());
    else this.#recover();
  }

  #recover(): void {
    this.#stopLooking();
    this.#failing = undefined;
    this.#publish('ok');
    this.#note('ok');
    this.#onChange();
  }

  #stopLooking(): void {
    this.#cancelLook?.();
    this.#cancelLook = undefined;
  }

  #publish(status: DeviceStatus, error?: GatepostError): void {
    this.#state.devices.set({
      id: `lock:${this.#door}`,
      role: 'lock',
      owner: this.#door,
      driver: this.#actuator.driver,
      simulated: this.#actuator.simulated,
      status,
      ...(this.#actuator.choice === undefined ? {} : { detail: this.#actuator.choice }),
      ...reasons(error),
      sinceMs: this.#clock.read().wallMs,
    });
  }

  #note(status: DeviceStatus, error?: GatepostError): void {
    this.#notes.tryWrite({
      name: 'door.fault',
      subject: this.#door,
      data: { device: `lock:${this.#door}`, status, ...reasons(error) },
    });
  }
}

function reasons(error: GatepostError | undefined): { cause?: string; detail?: string } {
  return error === undefined ? {} : { cause: error.code, detail: error.message };
}
