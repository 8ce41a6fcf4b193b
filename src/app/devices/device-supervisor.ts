import { GatepostError } from '../../core/errors.ts';
import type { DeviceData, DeviceStatus, EventDraft } from '../../core/events/event.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DeviceLink } from '../../ports/device-link.ts';
import type { DeviceView, GateState } from '../../ports/gate-state.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import type { EventWriter } from '../log/event-writer.ts';
import { type ConnectionState, Reconnector, type RetrySchedule } from './reconnector.ts';

/**
 * A device that is plugged in again works within two seconds: one until the next attempt, one to open it and get the
 * first data. An attempt at a missing device costs almost nothing. Watching the folder would not be better: udev
 * removes /dev/serial/by-id together with its last link, and a watch on /dev wakes at every write to any device.
 */
export const DEVICE_SCHEDULE: RetrySchedule = {
  initialMs: 250,
  factor: 2,
  maximumMs: 1_000,
  jitter: 0.2,
  healthyAfterMs: 5_000,
};

export interface SupervisedDevice {
  readonly role: DeviceView['role'];
  /** Access point or door the device belongs to, if it belongs to one. */
  readonly owner?: string;
  readonly driver: string;
  readonly simulated: boolean;
  /** `link`: the device counts as working when it is open; `data`: when it has sent valid data. */
  readonly confirmedBy: 'link' | 'data';
  /** Absent for a device that has no part in a passage: its state is shown, and not written down. */
  readonly eventName?: 'screening.sensor' | 'device.scanner' | 'door.fault';
}

export interface SupervisorDeps {
  readonly clock: Clock;
  readonly random: () => number;
  readonly notes: EventWriter;
  readonly state: Pick<GateState, 'devices'>;
  readonly logger: Logger;
}

/**
 * Keeps one device open and reports its state: on the guard's screen at once, in the log when it changes. A missing or
 * faulty device is a named state and never ends the program.
 */
export class DeviceSupervisor implements Lifecycle {
  readonly #device: SupervisedDevice;
  readonly #deps: SupervisorDeps;
  readonly #reconnector: Reconnector<DeviceLink>;
  readonly #onChange: ((status: DeviceStatus, cause: string | undefined) => void) | undefined;
  #status: DeviceStatus = 'connecting';
  #cause: string | undefined;
  #detail: string | undefined;
  #sinceMs = 0;
  /** Whether the device itself has reported a fault since it was opened, without valid data after it. */
  #shown = false;
  #logged = '';
  /** Codes of a scanner dropped since the start because they may have been old. */
  #dropped = 0;

  constructor(deps: {
    device: SupervisedDevice;
    supervision: SupervisorDeps;
    open: (signal: AbortSignal) => Promise<DeviceLink>;
    onChange?: (status: DeviceStatus, cause: string | undefined) => void;
  }) {
    this.#device = deps.device;
    this.#deps = deps.supervision;
    this.#onChange = deps.onChange;
    this.#reconnector = new Reconnector({
      name: this.id,
      open: (signal) => {
        this.#shown = false;
        return deps.open(signal);
      },
      schedule: DEVICE_SCHEDULE,
      clock: deps.supervision.clock,
      random: deps.supervision.random,
      logger: deps.supervision.logger,
      onState: (state) => this.#onConnection(state),
    });
  }

  get id(): string {
    const { role, owner } = this.#device;
    return owner === undefined ? role : `${role}:${owner}`;
  }

  get status(): DeviceStatus {
    return this.#status;
  }

  /** Stable name of what is wrong; undefined while nothing is. */
  get cause(): string | undefined {
    return this.#cause;
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.#reconnector.start(signal);
  }

  async stop(): Promise<void> {
    await this.#reconnector.stop();
  }

  /** The device sent valid data. */
  confirm(): void {
    this.#shown = false;
    if (this.#status !== 'ok') this.#become('ok', undefined, undefined);
  }

  /** The device sends wrong data. */
  degrade(cause: string, detail: string): void {
    this.#shown = true;
    this.#blame('degraded', cause, detail);
  }

  /** Records that `dropped` codes of the device were dropped. This changes no state; it has a row and a count. */
  noteDropped(cause: string, detail: string, dropped: number): void {
    this.#dropped += dropped;
    this.#publish();
    this.#write({ device: this.id, status: this.#status, cause, detail, dropped });
  }

  /**
   * Closes an open device that sends nothing, and opens it again. A fault that the device itself has reported stays the
   * cause, because then it was not silent.
   */
  reopen(cause: string, error: GatepostError): void {
    if (!this.#shown) this.#blame('degraded', cause, error.message);
    const known = new GatepostError('device.lost', `${this.id} sends nothing of use (${this.#cause}).`);
    this.#reconnector.reopen(this.#shown ? known : error);
  }

  /** Sets status and cause. The same values again, e.g. after a further attempt, change nothing. */
  #blame(status: 'missing' | 'degraded', cause: string | undefined, detail: string | undefined): void {
    if (this.#status !== status || this.#cause !== cause) this.#become(status, cause, detail);
  }

  #onConnection(state: ConnectionState): void {
    switch (state.status) {
      case 'connecting':
        this.#become('connecting', undefined, undefined);
        return;
      case 'ok':
        if (this.#device.confirmedBy === 'link') this.confirm();
        return;
      case 'missing':
        this.#blame('missing', state.error?.code, state.error?.message);
        return;
      case 'degraded':
        // reopen() has already given a more precise reason than the error.
        return;
    }
  }

  #become(status: DeviceStatus, cause: string | undefined, detail: string | undefined): void {
    if (status !== this.#status || this.#sinceMs === 0) this.#sinceMs = this.#deps.clock.read().wallMs;
    this.#status = status;
    this.#cause = cause;
    this.#detail = detail;
    this.#publish();
    this.#note({ device: this.id, status, ...this.#reasons });
    this.#onChange?.(status, cause);
  }

  get #reasons(): { readonly cause?: string; readonly detail?: string } {
    return {
      ...(this.#cause === undefined ? {} : { cause: this.#cause }),
      ...(this.#detail === undefined ? {} : { detail: this.#detail }),
    };
  }

  #publish(): void {
    this.#deps.state.devices.set({
      id: this.id,
      role: this.#device.role,
      ...(this.#device.owner === undefined ? {} : { owner: this.#device.owner }),
      driver: this.#device.driver,
      simulated: this.#device.simulated,
      status: this.#status,
      ...this.#reasons,
      ...(this.#dropped === 0 ? {} : { dropped: this.#dropped }),
      sinceMs: this.#sinceMs,
    });
  }

  /** Writes a row, but only if the named state has changed: a further attempt is not logged. */
  #note(data: DeviceData): void {
    const key = `${data.status} ${data.cause ?? ''}`;
    if (data.status === 'connecting' || key === this.#logged) return;
    const firstAndFine = this.#logged === '' && data.status === 'ok';
    this.#logged = key;
    if (!firstAndFine) this.#write(data);
  }

  #write(data: DeviceData): void {
    const { eventName: name, owner: subject } = this.#device;
    if (name === undefined || subject === undefined) return;
    const draft = { name, subject, data };
    this.#deps.notes.tryWrite(draft satisfies Omit<EventDraft, 'timeMs' | 'timeQuality'>);
  }
}
