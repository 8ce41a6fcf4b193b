import type { DoorPhysicalState } from '../../core/access/vocabulary.ts';
import type { DeviceStatus } from '../../core/events/event.ts';
import type { DoorContact } from '../../ports/door-devices.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { DeviceSupervisor, SupervisorDeps } from '../devices/device-supervisor.ts';
import type { ContactDebounce } from './contact-debounce.ts';
import { CONTACT_SILENT } from './contact-watch.ts';
import { superviseSwitch } from './supervised-switch.ts';

const FAULT = 'contact_fault';

/** The contact of a door: keeps it open, debounces it, and reports when it is missing or faulty. */
export class DoorSensor implements Lifecycle {
  readonly #debounce: ContactDebounce;
  readonly #supervisor: DeviceSupervisor;
  readonly #onState: (state: DoorPhysicalState) => void;
  readonly #isSilent: () => boolean;
  #state: DoorPhysicalState = 'Unknown';

  /** @param deps.debounceMs how long a state must last */
  constructor(deps: {
    door: string;
    contact: DoorContact;
    debounceMs: number;
    supervision: Omit<SupervisorDeps, 'random'>;
    /** Whether the contact does not move although people are let through. */
    isSilent: () => boolean;
    onState: (state: DoorPhysicalState) => void;
  }) {
    const { door, contact, debounceMs, supervision, isSilent, onState } = deps;
    this.#onState = onState;
    this.#isSilent = isSilent;
    const { debounce, supervisor } = superviseSwitch({
      role: 'contact',
      door,
      contact,
      lastMs: debounceMs,
      supervision,
      onState: (state) => this.#take(state),
      onStatus: (status, cause) => this.#onStatus(status, cause),
    });
    this.#debounce = debounce;
    this.#supervisor = supervisor;
  }

  /** Whether the contact is open and its state is plausible. True also for a silent contact. */
  get isConnected(): boolean {
    const { status, cause } = this.#supervisor;
    return status === 'ok' || (status === 'degraded' && cause === CONTACT_SILENT.cause);
  }

  /** Returns at once: a missing contact does not stop the start of a door. */
  async start(signal: AbortSignal): Promise<void> {
    await this.#supervisor.start(signal);
  }

  async stop(): Promise<void> {
    await this.#supervisor.stop();
    this.#debounce.take('Unknown');
  }

  /** Accepts a change now that is still being debounced. */
  flush(): void {
    this.#debounce.flush();
  }

  /** Reports in the log and on the guard's screen that the contact is silent. */
  tellSilence(): void {
    if (this.isConnected) this.#supervisor.degrade(CONTACT_SILENT.cause, CONTACT_SILENT.detail);
  }

  /** The contact has moved again. */
  endSilence(): void {
    if (this.#supervisor.cause === CONTACT_SILENT.cause) this.#supervisor.confirm();
  }

  #onStatus(status: DeviceStatus, cause: string | undefined): void {
    // The driver reports its first state before the link counts as open.
    if (status === 'ok' && this.#state === 'Fault') this.#degrade();
    // Neither pulling the cable nor a restart ends the silence.
    else if (status === 'ok' && this.#isSilent()) this.tellSilence();
    if (status === 'connecting') this.#debounce.take('Unknown');
    if (status === 'missing') this.#debounce.take(cause?.endsWith('.failed') ? 'Fault' : 'Unknown');
  }

  #take(state: DoorPhysicalState): void {
    this.#state = state;
    if (state === 'Fault' && this.isConnected) this.#degrade();
    if (state !== 'Fault' && this.#supervisor.cause === FAULT) this.#supervisor.confirm();
    this.#onState(state);
  }

  #degrade(): void {
    this.#supervisor.degrade(
      FAULT,
      'The door contact changes too often or says nonsense. Check its cable and its magnet.',
    );
  }
}
