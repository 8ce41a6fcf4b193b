import type { DoorPhysicalState } from '../core/access/vocabulary.ts';
import type { DeviceStatus } from '../core/events/event.ts';
import type { DoorContact } from '../ports/door-contact.ts';
import type { Lifecycle } from '../ports/lifecycle.ts';
import { ContactDebounce } from './contact-debounce.ts';
import { DeviceSupervisor, type SupervisorParts } from './device-supervisor.ts';

/** What is read beside the door's own contact. None of it moves anything: escape is wired. */
export type InputKind = 'exitButton' | 'tamper' | 'fire';

const LAST_MS = 50;

/** What an active input is called, and what the guard reads; the exit button is no trouble. */
const TROUBLES = {
  tamper: {
    cause: 'tamper',
    detail: 'The lid of the kiosk or of a device at this door is open. Go and look.',
  },
  fire: {
    cause: 'fire_alarm',
    detail: 'The fire alarm has opened this door. It stays open until the alarm ends.',
  },
} as const;

/** A second pole of something wired: steadied, shown to the guard and written down, never acted on. */
export class DoorInput implements Lifecycle {
  readonly #door: string;
  readonly #kind: InputKind;
  readonly #parts: Omit<SupervisorParts, 'random'>;
  readonly #debounce: ContactDebounce;
  readonly #supervisor: DeviceSupervisor;
  #state: DoorPhysicalState = 'Unknown';

  /** @param options.contact its `Open` means active */
  constructor(options: {
    door: string;
    kind: InputKind;
    contact: DoorContact;
    parts: Omit<SupervisorParts, 'random'>;
  }) {
    const { door, kind, contact, parts } = options;
    this.#door = door;
    this.#kind = kind;
    this.#parts = parts;
    this.#debounce = new ContactDebounce({
      clock: parts.clock,
      lastMs: LAST_MS,
      onState: (state) => this.#take(state),
    });
    this.#supervisor = new DeviceSupervisor({
      device: {
        role: 'contact',
        owner: `${door}.${kind}`,
        driver: contact.driver,
        simulated: contact.simulated,
        confirmedBy: 'link',
        eventName: 'door.fault',
      },
      // A switch on this very board: no crowd comes back with it, so nothing is left to chance.
      parts: { ...parts, random: () => 0 },
      open: (signal) => contact.open((state) => this.#debounce.take(state), signal),
      onChange: (status) => this.#onStatus(status),
    });
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.#supervisor.start(signal);
  }

  async stop(): Promise<void> {
    await this.#supervisor.stop();
    this.#debounce.take('Unknown');
  }

  /** The driver tells its first state before the link counts as open. */
  #onStatus(status: DeviceStatus): void {
    if (status === 'ok') this.#report();
    if (status === 'connecting' || status === 'missing') this.#debounce.take('Unknown');
  }

  #take(state: DoorPhysicalState): void {
    const before = this.#state;
    this.#state = state;
    if (this.#kind === 'exitButton' && before === 'Closed' && state === 'Open')
      this.#parts.logger.info({ door: this.#door }, 'The exit button was pressed.');
    if (this.#supervisor.status === 'ok' || this.#supervisor.status === 'degraded') this.#report();
  }

  #report(): void {
    if (this.#state === 'Fault') {
      const detail = 'The input changes too often to be believed. Check its cable.';
      this.#supervisor.degrade('contact_fault', detail);
    } else if (this.#state === 'Open' && this.#kind !== 'exitButton') {
      const { cause, detail } = TROUBLES[this.#kind];
      this.#supervisor.degrade(cause, detail);
    } else if (this.#supervisor.status === 'degraded') this.#supervisor.confirm();
  }
}
