import { GatepostError } from '../../core/errors.ts';
import type { DeviceStatus } from '../../core/events/event.ts';
import type { Cancel } from '../../ports/clock.ts';
import type { DeviceLink } from '../../ports/device-link.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import { DeviceSupervisor, type SupervisorDeps } from './device-supervisor.ts';

const CHECK_MS = 500;
const WORDS = { thermometer: 'thermometer', distance: 'distance sensor' } as const;

/** A device that sends continuously while it works. */
interface TalkingSensor<Event> {
  readonly driver: string;
  readonly simulated: boolean;
  /** Longest pause between two frames of a healthy device, in milliseconds. */
  readonly silenceMs: number;
  /** Setting of its line, e.g. `9600 baud, 8N1`. */
  readonly lineSetting: string;
  open(onEvent: (event: Event) => void, signal: AbortSignal): Promise<DeviceLink>;
}

/**
 * Keeps a sensor open. A sensor that is silent has stopped working and is opened again; there is no other sign of it.
 */
export class SensorWatch<Event> implements Lifecycle {
  readonly #role: keyof typeof WORDS;
  readonly #sensor: TalkingSensor<Event>;
  readonly #deps: SupervisorDeps;
  readonly #supervisor: DeviceSupervisor;
  #lastHeardMs = 0;
  #open = false;
  #cancelCheck: Cancel | undefined;

  constructor(deps: {
    role: keyof typeof WORDS;
    accessPoint: string;
    sensor: TalkingSensor<Event>;
    supervision: SupervisorDeps;
    onEvent: (event: Event) => void;
    /** Called on every change of status or cause. */
    onChange: () => void;
  }) {
    const { role, accessPoint, sensor, supervision, onEvent } = deps;
    this.#role = role;
    this.#sensor = sensor;
    this.#deps = supervision;
    this.#supervisor = new DeviceSupervisor({
      device: {
        role,
        owner: accessPoint,
        driver: sensor.driver,
        simulated: sensor.simulated,
        confirmedBy: 'data',
        eventName: 'screening.sensor',
      },
      supervision,
      open: async (signal) => {
        const link = await sensor.open((event) => {
          this.#heard();
          onEvent(event);
        }, signal);
        this.#heard();
        this.#open = true;
        void link.closed.then(() => {
          this.#open = false;
        });
        return link;
      },
      onChange: deps.onChange,
    });
  }

  get status(): DeviceStatus {
    return this.#supervisor.status;
  }

  /** Stable name of what is wrong; undefined while nothing is. */
  get cause(): string | undefined {
    return this.#supervisor.cause;
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

  /** The sensor sent valid data. */
  confirm(): void {
    this.#supervisor.confirm();
  }

  /** The sensor sends wrong data. */
  degrade(cause: string, detail: string): void {
    // At a wrong speed all bytes are broken, so the message names the setting.
    const setting = cause === 'sensor_framing' ? ` It is read at ${this.#sensor.lineSetting}.` : '';
    this.#supervisor.degrade(cause, detail + setting);
  }

  #heard(): void {
    this.#lastHeardMs = this.#nowMs();
  }

  /** Keeps one timer for all frames. */
  #scheduleCheck(): void {
    const dueMs = this.#nowMs() + CHECK_MS;
    this.#cancelCheck = this.#deps.clock.schedule(CHECK_MS, () => {
      // The time in which the program itself was blocked is not silence: Node runs late timers before it reads.
      this.#lastHeardMs += Math.max(0, this.#nowMs() - dueMs);
      this.#scheduleCheck();
      this.#checkSilence();
    });
  }

  #checkSilence(): void {
    const { silenceMs } = this.#sensor;
    const silentMs = this.#nowMs() - this.#lastHeardMs;
    if (!this.#open || silentMs <= silenceMs) return;
    this.#open = false;
    const seconds = Math.round(silenceMs / 1000);
    this.#supervisor.reopen(
      'sensor_silent',
      new GatepostError(
        'device.lost',
        `The ${WORDS[this.#role]} is connected but has sent nothing for ${seconds} s. Check its power and data wires, and whether it speaks ${this.#sensor.lineSetting}.`,
      ),
    );
  }

  #nowMs(): number {
    return this.#deps.clock.read().monotonicMs;
  }
}
