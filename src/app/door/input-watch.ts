import type { DoorPhysicalState } from '../../core/access/vocabulary.ts';
import type { InputKind } from '../../core/door/door-mode.ts';
import type { DeviceStatus } from '../../core/events/event.ts';
import type { Cancel } from '../../ports/clock.ts';
import type { DoorContact } from '../../ports/door-devices.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { DeviceSupervisor, SupervisorDeps } from '../devices/device-supervisor.ts';
import type { ContactDebounce } from './contact-debounce.ts';
import { superviseSwitch } from './supervised-switch.ts';

/**
 * How long a state must last, in milliseconds. An exit button is faster than the contact of its door (50 ms), because
 * the press must be known before the door opens.
 */
const LAST_MS: Readonly<Record<InputKind, number>> = {
  exitButton: 20,
  callButton: 50,
  tamper: 50,
  fire: 50,
};
/** A button pressed for this long is jammed or taped over, or its cable has a short circuit. */
const STUCK_MS = 60_000;

const TROUBLES = {
  contact_fault: 'The input changes too often to be believed. Check its cable.',
  stuck:
    'The exit button has been pressed for a minute. Free it, or check its cable: the lock may be without power.',
  call_stuck: 'The button that calls the guard has been pressed for a minute. Free it, or check its cable.',
} as const;
/** Switches that people press and let go. */
const STUCK: Readonly<Partial<Record<InputKind, 'stuck' | 'call_stuck'>>> = {
  exitButton: 'stuck',
  callButton: 'call_stuck',
};

interface InputWatchDeps {
  readonly door: string;
  readonly kind: InputKind;
  /** The switch; its `Open` means active. */
  readonly contact: DoorContact;
  readonly supervision: Omit<SupervisorDeps, 'random'>;
  /** Called with every debounced state; a stuck button is a Fault. Not called after stop(). */
  readonly onState: (state: DoorPhysicalState) => void;
}

/** A further wired input: debounced, and reported when it is missing, faulty or stuck. */
export class InputWatch implements Lifecycle {
  readonly #deps: InputWatchDeps;
  readonly #debounce: ContactDebounce;
  readonly #supervisor: DeviceSupervisor;
  #trouble: keyof typeof TROUBLES | undefined;
  #cancelStuck: Cancel | undefined;
  #running = false;

  constructor(deps: InputWatchDeps) {
    this.#deps = deps;
    const { door, kind, contact, supervision } = deps;
    const { debounce, supervisor } = superviseSwitch({
      role: kind,
      door,
      contact,
      lastMs: LAST_MS[kind],
      supervision,
      onState: (state) => this.#take(state),
      onStatus: (status) => this.#onStatus(status),
    });
    this.#debounce = debounce;
    this.#supervisor = supervisor;
  }

  async start(signal: AbortSignal): Promise<void> {
    this.#running = true;
    await this.#supervisor.start(signal);
  }

  async stop(): Promise<void> {
    this.#running = false;
    await this.#supervisor.stop();
    this.#debounce.take('Unknown');
  }

  #onStatus(status: DeviceStatus): void {
    if (status === 'ok') this.#report();
    if (status === 'connecting' || status === 'missing') this.#debounce.take('Unknown');
  }

  #take(state: DoorPhysicalState): void {
    const { kind, supervision } = this.#deps;
    this.#cancelStuck?.();
    const stuck = STUCK[kind];
    this.#cancelStuck =
      stuck !== undefined && state === 'Open'
        ? supervision.clock.schedule(STUCK_MS, () => this.#tell('Fault', stuck))
        : undefined;
    this.#tell(state, state === 'Fault' ? 'contact_fault' : undefined);
  }

  #tell(state: DoorPhysicalState, trouble: keyof typeof TROUBLES | undefined): void {
    this.#trouble = trouble;
    if (!this.#running) return;
    this.#deps.onState(state);
    const { status } = this.#supervisor;
    if (status === 'ok' || status === 'degraded') this.#report();
  }

  #report(): void {
    if (this.#trouble !== undefined) this.#supervisor.degrade(this.#trouble, TROUBLES[this.#trouble]);
    else if (this.#supervisor.status === 'degraded') this.#supervisor.confirm();
  }
}
