import type { DoorPhysicalState } from '../core/access/vocabulary.ts';
import type { DeviceStatus } from '../core/events/event.ts';
import type { DoorContact } from '../ports/door-contact.ts';
import type { Lifecycle } from '../ports/lifecycle.ts';
import type { ContactDebounce } from './contact-debounce.ts';
import type { DeviceSupervisor, SupervisorParts } from './device-supervisor.ts';
import { superviseSwitch } from './supervised-switch.ts';

/** A door's contact: kept open, steadied, and named when it is missing or talks nonsense. */
export class DoorSensor implements Lifecycle {
  readonly #debounce: ContactDebounce;
  readonly #supervisor: DeviceSupervisor;
  readonly #onState: (state: DoorPhysicalState) => void;
  #state: DoorPhysicalState = 'Unknown';

  /** @param options.debounceMs how long a state must last */
  constructor(options: {
    door: string;
    contact: DoorContact;
    debounceMs: number;
    parts: Omit<SupervisorParts, 'random'>;
    onState: (state: DoorPhysicalState) => void;
  }) {
    const { door, contact, debounceMs, parts, onState } = options;
    this.#onState = onState;
    const { debounce, supervisor } = superviseSwitch({
      role: 'contact',
      door,
      contact,
      lastMs: debounceMs,
      parts,
      onState: (state) => this.#take(state),
      onStatus: (status, cause) => this.#onStatus(status, cause),
    });
    this.#debounce = debounce;
    this.#supervisor = supervisor;
  }

  get isConnected(): boolean {
    return this.#supervisor.status === 'ok';
  }

  /** Returns at once: a missing contact is no reason for a door not to start. */
  async start(signal: AbortSignal): Promise<void> {
    await this.#supervisor.start(signal);
  }

  async stop(): Promise<void> {
    await this.#supervisor.stop();
    this.#debounce.take('Unknown');
  }

  /** Lets a change that is still being steadied count now. */
  flush(): void {
    this.#debounce.flush();
  }

  #onStatus(status: DeviceStatus, cause: string | undefined): void {
    // The driver tells its first state before the link counts as open.
    if (status === 'ok' && this.#state === 'Fault') this.#degrade();
    if (status === 'connecting') this.#debounce.take('Unknown');
    if (status === 'missing') this.#debounce.take(cause?.endsWith('.failed') ? 'Fault' : 'Unknown');
  }

  #take(state: DoorPhysicalState): void {
    this.#state = state;
    if (state === 'Fault' && this.isConnected) this.#degrade();
    if (state !== 'Fault' && this.#supervisor.status === 'degraded') this.#supervisor.confirm();
    this.#onState(state);
  }

  #degrade(): void {
    this.#supervisor.degrade(
      'contact_fault',
      'The door contact changes too often or says nonsense. Check its cable and its magnet.',
    );
  }
}
