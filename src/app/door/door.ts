import type { DoorMode, DoorPhysicalState, SiteOrder } from '../../core/access/vocabulary.ts';
import { orderShuts } from '../../core/desk/order-weight.ts';
import {
  type AccessRight,
  DOOR_AT_START,
  type DoorChange,
  type DoorInput,
  type DoorState,
  type DoorStep,
  type DoorSwitch,
  isShutMode,
  modeBelow,
  modeOf,
  outputOf,
  stepDoor,
} from '../../core/door/door-mode.ts';
import { GatepostError, isGatepostError } from '../../core/errors.ts';
import type { Cancel } from '../../ports/clock.ts';
import type { DeskAnswer } from '../../ports/guard-desk.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import { type OrderPlan, overrideAt, type Planned } from '../log/desk-records.ts';
import { EventWriter } from '../log/event-writer.ts';
import { ContactWatch } from './contact-watch.ts';
import type { DoorDeps, DoorOrder } from './door-deps.ts';
import { DoorLock } from './door-lock.ts';
import { BY_CENTRE, eventsOf, modeEvent, rememberDoor } from './door-memory.ts';
import { DoorSensor } from './door-sensor.ts';

const CONTACT_DEBOUNCE_MS = 50;

/** The pre-alarm comes after this part of the time for which a door may stand open. */
const PRE_ALARM_AT = 2 / 3;

/** One door: its mode, lock, contact, alarms and their records. The rules are in core/door. */
export class Door implements Lifecycle {
  readonly id: string;
  readonly #deps: DoorDeps;
  readonly #notes: EventWriter;
  readonly #lock: DoorLock;
  readonly #sensor: DoorSensor | undefined;
  readonly #contactWatch = new ContactWatch();
  readonly #movementListeners: ((movement: 'opened' | 'closed') => void)[] = [];
  readonly #changeListeners: ((change: DoorChange) => void)[] = [];
  #state: DoorState = DOOR_AT_START;
  #started = false;
  #holdMs: number;
  /** Counts the momentary accesses. */
  #access = 0;
  /** When the last one ends, in monotonic milliseconds. */
  #accessUntilMs = 0;
  readonly #timers = new Map<'access' | 'held', Cancel>();

  constructor(deps: DoorDeps) {
    const { id, actuator, contact, clock, log, state, logger, settings } = deps;
    this.id = id;
    this.#deps = deps;
    this.#holdMs = settings.releaseMs;
    this.#notes = new EventWriter({ log, clock, logger });
    const notes = this.#notes;
    this.#lock = new DoorLock({ door: id, actuator, clock, notes, state, onChange: () => this.#publish() });
    this.#sensor =
      contact === undefined
        ? undefined
        : new DoorSensor({
            door: id,
            contact,
            debounceMs: CONTACT_DEBOUNCE_MS,
            supervision: { clock, notes, state, logger },
            isSilent: () => this.#contactWatch.isSilent,
            onState: (state) => this.#onPhysical(state),
          });
  }

  /** The mode; Unknown until the lock was put to rest, because it is not certain before that the lock can release. */
  get mode(): DoorMode {
    return this.#started ? modeOf(this.#state) : 'Unknown';
  }

  /** The mode that shows again when the site's order is over. */
  get modeBelow(): DoorMode {
    return this.#started ? modeBelow(this.#state) : 'Unknown';
  }

  /** Whether a guard may let people out although the site is in lockdown: nobody has shut this door by itself. */
  get letsOut(): boolean {
    return this.#state.site === 'lockdown' && !isShutMode(this.modeBelow);
  }

  /** Whether the output is as the mode says. A momentary access ends by itself. */
  get isObeyed(): boolean {
    if (!this.#started) return false;
    return this.#state.accessed || this.#lock.isReleased === (outputOf(this.#state) === 'released');
  }

  get physical(): DoorPhysicalState {
    return this.#state.physical;
  }

  /** Whether the fire alarm has cut the power of the lock. */
  get isFire(): boolean {
    return this.#state.fire;
  }

  /** Whether there is a contact that reports reliably whether the door is open. */
  get hasContact(): boolean {
    return this.#sensor?.isConnected === true && (this.physical === 'Open' || this.physical === 'Closed');
  }

  /** The contact has not moved for several passages, so a movement that it does not report proves nothing. */
  get isContactSilent(): boolean {
    return this.#contactWatch.isSilent;
  }

  /** To be called when a passage has ended and the door has not moved. */
  unmoved(): void {
    if (this.hasContact && this.#contactWatch.unmoved()) this.#sensor?.tellSilence();
  }

  /** For the watchdog: false while the output stays released although it should rest. */
  isWell(): boolean {
    return !this.#started || outputOf(this.#state) === 'released' || !this.#lock.isReleased;
  }

  /**
   * The listener is called when the door opens or closes, but not for the state that is found when the contact
   * connects.
   */
  onMovement(listener: (movement: 'opened' | 'closed') => void): void {
    this.#movementListeners.push(listener);
  }

  /** The listener is called with each change. */
  onChange(listener: (change: DoorChange) => void): void {
    this.#changeListeners.push(listener);
  }

  /**
   * Puts the output to rest, then restores the mode from before the restart. @throws GatepostError `gpio.*` of the lock
   */
  async start(signal: AbortSignal): Promise<void> {
    if (this.#started) return;
    await this.#lock.start(signal);
    const { state, told } = rememberDoor(this.#deps.log, this.id);
    if (this.#sensor !== undefined) this.#contactWatch.restore(this.#deps.log, this.id);
    const { tamper, fire, site } = this.#state;
    this.#state = { ...state, tamper, fire, site };
    this.#started = true;
    const by = site === 'none' ? 'restart' : BY_CENTRE;
    if (told !== this.mode) this.#notes.tryWrite(modeEvent(this.id, this.mode, told, by));
    this.obey();
    this.#publish();
    await this.#sensor?.start(signal);
  }

  /** @throws GatepostError `gpio.failed` when the output does not go to rest */
  async stop(): Promise<void> {
    if (!this.#started) return;
    this.#started = false;
    this.#setTimer('access', undefined);
    this.#setTimer('held', undefined);
    try {
      await this.#sensor?.stop();
    } finally {
      await this.#lock.stop();
    }
  }

  /**
   * Momentary access. Call it only after the decision is in the log. One that is under way is cut short by no other.
   * @param holdMs how long the lock is released, 1 to 60,000; the door's own time when left out
   * @param right what the access goes over
   * @returns its number for endAccess(); undefined where the door is open anyway
   * @throws GatepostError `gpio.failed` when the output does not obey or the door's mode lets nobody through
   */
  release(holdMs: number = this.#deps.settings.releaseMs, right: AccessRight = {}): number | undefined {
    const step = stepDoor(this.#state, { kind: 'access', ...right });
    if (step.refused !== undefined) throw new GatepostError('gpio.failed', step.refused.detail);
    // Unlocked and LockedOpen doors are open anyway.
    if (step.accessTimer !== 'start') return undefined;
    const { monotonicMs } = this.#deps.clock.read();
    const leftMs = this.#state.accessed ? Math.ceil(this.#accessUntilMs - monotonicMs) : 0;
    const longMs = Math.max(holdMs, leftMs);
    try {
      this.#lock.pulse(longMs);
    } catch (error) {
      this.#apply(stepDoor(this.#state, { kind: 'accessEnd' }));
      throw error;
    }
    this.#holdMs = longMs;
    this.#accessUntilMs = monotonicMs + longMs;
    this.#access += 1;
    this.#apply(step);
    // The access itself is already recorded with the decision.
    this.#record(step.changes.filter(({ kind }) => kind !== 'mode'));
    return this.#access;
  }

  /** Whoever was let through has passed: ends that access before its time, unless another one has come after it. */
  endAccess(access: number): void {
    if (this.#started && this.#state.accessed && access === this.#access) this.#onAccessEnd();
  }

  /** A person leaves by an exit button in the wire of the lock (true), or has left (false). The output is not moved. */
  leaveByWire(leaving: boolean): void {
    if (!this.#started) return;
    // A door opened at the last moment was opened legitimately.
    if (!leaving) this.#sensor?.flush();
    const step = stepDoor(this.#state, { kind: 'exit', leaving });
    this.#apply(step);
    // The press itself is already recorded.
    this.#record(step.changes.filter(({ kind }) => kind !== 'mode'));
  }

  /** Takes the debounced state of a further switch. It moves no output and counts also while the lock is missing. */
  switchIs(name: DoorSwitch, state: DoorPhysicalState): void {
    this.#step({ kind: 'switch', name, state });
  }

  /** Plans what the centre orders of the site. Before start() nothing moves: the mode is then taken from the start on. */
  planSite(order: SiteOrder): Pick<OrderPlan, 'events'> & { readonly act: () => void } {
    const step = stepDoor(this.#state, { kind: 'site', order });
    return {
      events: this.#started ? eventsOf(this.id, step.changes, BY_CENTRE) : [],
      act: () => {
        this.#apply(step);
        if (this.#started && step.changes.some(({ kind }) => kind === 'mode')) this.obey();
      },
    };
  }

  /** Moves the output to where the mode wants it. A lock that does not obey is reported, and tried again by its owner. */
  obey(): void {
    if (!this.#started || this.isObeyed) return;
    try {
      if (outputOf(this.#state) === 'released') this.#lock.hold();
      else this.#lock.rest();
    } catch (error) {
      if (!isGatepostError(error, 'gpio.failed')) throw error;
    }
    this.#publish();
  }

  /** Plans an order, by the present mode of the door. */
  plan({ verb, operator, note, byLevel = false }: DoorOrder): Planned {
    const step = stepDoor(this.#state, { kind: 'order', verb, byLevel });
    if (step.refused !== undefined) return { status: 'refused', ...step.refused };
    return {
      events: [
        overrideAt(this.id, { operator, action: verb, door: this.id, note }),
        ...eventsOf(this.id, step.changes, operator),
      ],
      shuts: orderShuts({ type: 'door', verb }),
      act: () => this.#carryOut(step),
    };
  }

  #carryOut(step: DoorStep): DeskAnswer {
    try {
      if (step.output === 'released') this.#lock.hold();
      else this.#lock.rest();
    } catch (error) {
      if (!isGatepostError(error, 'gpio.failed')) throw error;
      if (step.output === 'rest') {
        this.#apply(step);
        return {
          status: 'refused',
          cause: 'lock_disobeys',
          detail: `The door is ${this.mode}, but its lock does not obey. ${error.message}`,
        };
      }
      this.#apply(stepDoor(this.#state, { kind: 'accessEnd' }));
      this.#notes.tryWrite(modeEvent(this.id, this.mode, modeOf(step.state), 'lock'));
      return { status: 'refused', cause: 'lock_disobeys', detail: error.message };
    }
    this.#apply(step);
    return { status: 'done' };
  }

  #onPhysical(state: DoorPhysicalState): void {
    if (!this.#started) return;
    const before = this.physical;
    this.#step({ kind: 'contact', state });
    if (before === 'Closed' && state === 'Open') this.#tellMovement('opened');
    if (before === 'Open' && state === 'Closed') this.#tellMovement('closed');
  }

  #tellMovement(movement: 'opened' | 'closed'): void {
    if (this.#contactWatch.moved()) this.#sensor?.endSilence();
    for (const listener of this.#movementListeners) listener(movement);
  }

  #onAccessEnd(): void {
    // A door opened at the last moment was opened legitimately.
    this.#sensor?.flush();
    try {
      this.#lock.rest();
    } catch (error) {
      // DoorLock has already reported this failure, and the driver keeps trying.
      if (!isGatepostError(error, 'gpio.failed')) throw error;
    }
    this.#apply(stepDoor(this.#state, { kind: 'accessEnd' }));
  }

  /** Takes an input about something that has already happened; its changes are recorded afterwards. */
  #step(input: Extract<DoorInput, { kind: 'heldTimer' | 'contact' | 'switch' }>): void {
    const step = stepDoor(this.#state, input);
    this.#apply(step);
    this.#record(step.changes);
  }

  #record(changes: readonly DoorChange[]): void {
    for (const event of eventsOf(this.id, changes, 'auto')) this.#notes.tryWrite(event);
  }

  #apply(step: DoorStep): void {
    this.#state = step.state;
    if (step.accessTimer !== 'keep')
      this.#setTimer('access', step.accessTimer === 'start' ? this.#holdMs : undefined);
    if (step.heldTimer !== 'keep') this.#setTimer('held', this.#heldMs(step.heldTimer));
    // While the site is locked down, letting somebody out changes no mode.
    if (step.changes.length === 0 && step.accessTimer === 'keep') return;
    this.#publish();
    for (const change of step.changes) {
      for (const listener of this.#changeListeners) listener(change);
    }
  }

  #heldMs(stage: 'stop' | 'counting' | 'preAlarm'): number | undefined {
    const { heldOpenMs } = this.#deps.settings;
    if (stage === 'stop') return undefined;
    return stage === 'counting' ? heldOpenMs * PRE_ALARM_AT : heldOpenMs * (1 - PRE_ALARM_AT);
  }

  #setTimer(name: 'access' | 'held', delayMs: number | undefined): void {
    this.#timers.get(name)?.();
    this.#timers.delete(name);
    if (delayMs === undefined) return;
    const onEnd = () => (name === 'access' ? this.#onAccessEnd() : this.#step({ kind: 'heldTimer' }));
    this.#timers.set(name, this.#deps.clock.schedule(delayMs, onEnd));
  }

  #publish(): void {
    const { id, name, state, switches = [] } = this.#deps;
    const { alarm, tamper, fire } = this.#state;
    state.doors.set({
      door: id,
      name,
      mode: this.mode,
      physical: this.physical,
      alarm,
      released: this.#lock.isReleased,
      ...(switches.includes('tamper') ? { tamper } : {}),
      ...(switches.includes('fire') ? { fire } : {}),
    });
  }
}
