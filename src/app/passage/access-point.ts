import type { Reason } from '../../core/access/reasons.ts';
import { isGatepostError, messageOf } from '../../core/errors.ts';
import {
  INITIAL_PASSAGE,
  type Passage,
  type PassageCommand,
  type PassageInput,
  type PassageMachine,
  type PassageRecord,
  type PassageShow,
  type TimerName,
} from '../../core/passage/passage.ts';
import { stepPassage } from '../../core/passage/step.ts';
import type { ScreeningOutcome } from '../../core/screening/screening.ts';
import { isStale, SETTLE_MS } from '../../core/time/clock-reading.ts';
import type { Cancel } from '../../ports/clock.ts';
import type { CodeReaderEvent } from '../../ports/code-reader.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import { DeviceSupervisor } from '../devices/device-supervisor.ts';
import { DroppedCodes } from '../devices/dropped-codes.ts';
import { FreshReader } from '../devices/fresh-reader.ts';
import { ScannerAdvice } from '../devices/scanner-advice.ts';
import type { AccessPointOptions } from './access-point-options.ts';
import { accessData, type PassageFacts } from './access-record.ts';
import type { ShownCode } from './evaluator.ts';
import { claimsOf, effectsOf, eventsOf } from './passage-effects.ts';
import { PersonOrders } from './person-orders.ts';
import { RecentPassages } from './recent-passages.ts';
import { ScannedCodes, type TakenCode } from './scanned-codes.ts';
import { ScannerNoise } from './scanner-noise.ts';

/** What an output can be told at once. */
const LONGEST_RELEASE_MS = 60_000;

/**
 * One access point: takes codes, readings, door movements and the guard's orders, lets the pure machine say what
 * follows, and carries it out in its order: the record is durable before the lock moves.
 */
export class AccessPoint implements Lifecycle {
  readonly #deps: AccessPointOptions;
  readonly #scanner: DeviceSupervisor;
  readonly #intake: ScannedCodes;
  readonly #dropped: DroppedCodes;
  readonly #advice: ScannerAdvice;
  readonly #noise: ScannerNoise;
  readonly #recent: RecentPassages;
  /** The guard's orders about persons here. */
  readonly orders: PersonOrders;
  readonly #timers = new Map<TimerName, Cancel>();
  #untold: (() => void)[] = [];
  #machine: PassageMachine = INITIAL_PASSAGE;
  #shown: ShownCode | undefined;
  #started = false;
  #unwatch: Cancel = () => undefined;
  #cancelForget: Cancel = () => undefined;

  constructor(options: AccessPointOptions) {
    this.#deps = options;
    const { facts, clock, notes, logger, standstills } = options;
    const reader = new FreshReader({
      reader: options.reader,
      clock,
      standstills,
      onDropped: () => this.#dropped.add(),
    });
    this.#intake = new ScannedCodes({ accessPoint: facts.id, clock, standstills, logger });
    this.#scanner = new DeviceSupervisor({
      device: {
        role: 'scanner',
        owner: facts.id,
        driver: reader.driver,
        simulated: reader.simulated,
        confirmedBy: 'link',
        eventName: 'device.scanner',
      },
      parts: options.supervision,
      open: (signal) => reader.open((event) => this.#onReader(event), signal),
      onChange: (status) => options.screens.scannerIs(status),
    });
    this.#dropped = new DroppedCodes({ clock, logger, scanner: this.#scanner });
    this.#advice = new ScannerAdvice({ driver: reader.driver, scanner: this.#scanner });
    this.#noise = new ScannerNoise({ clock, notes, accessPoint: facts.id, scanner: this.#scanner });
    options.lockOut.onOver(() => this.#noise.tell());
    this.#recent = new RecentPassages(clock);
    this.orders = new PersonOrders({
      ...options,
      accessPoint: facts.id,
      recent: this.#recent,
      state: () => this.#machine.state,
      take: (input) => this.#take(input),
    });
    options.screening.onOutcome((outcome) => this.#onScreening(outcome));
    options.door.onChange((change) => options.screens.doorChanged(change));
    options.door.onMovement((movement) => this.#take({ type: 'door', movement }));
  }

  get id(): string {
    return this.#deps.facts.id;
  }

  get doorId(): string {
    return this.#deps.facts.door;
  }

  async start(signal: AbortSignal): Promise<void> {
    if (this.#started) return;
    this.#started = true;
    this.#deps.screens.doorModeIs(this.#deps.door.mode);
    this.#deps.screens.show({ feedback: 'Idle', reasons: [] }, undefined);
    this.#unwatch = this.#deps.standstills.onEnd(() => this.#onStandstill());
    await this.#deps.screening.start(signal);
    await this.#scanner.start(signal);
  }

  async stop(): Promise<void> {
    this.#started = false;
    this.#unwatch();
    this.#cancelForget();
    this.#stopTimers();
    if (this.#deps.lockOut.dropLate()) this.#noise.unanswered();
    this.#noise.stop();
    this.#dropped.tell();
    this.#deps.lockOut.end();
    this.#deps.openGate.stop();
    await this.#scanner.stop();
    await this.#deps.screening.stop();
  }

  /** Returns false where there is no lock-out. The order is on record already. */
  endLockOut(): boolean {
    return this.#deps.lockOut.end();
  }

  #onReader(event: CodeReaderEvent): void {
    const taken = this.#intake.take(event);
    if (this.#noise.takes(taken.code.text)) return;
    this.#onCode(taken);
    // It keeps nobody waiting.
    this.#advice.look(event);
  }

  #onCode(taken: TakenCode): void {
    const { code } = taken;
    const passedBy = this.#machine.state.phase === 'idle' ? this.#deps.openGate.takes(taken) : undefined;
    if (passedBy !== undefined) {
      this.#noise.answered(passedBy);
      return;
    }
    const { lockOut, cases } = this.#deps;
    if (lockOut.isLocked && lockOut.isTry(code.text) && !cases.isGenuine(code)) {
      if (!lockOut.answerLate(() => this.#begin(taken))) this.#noise.unanswered();
      return;
    }
    if (lockOut.dropLate()) this.#noise.unanswered();
    this.#begin(taken);
  }

  #begin({ code, codeKey }: TakenCode): void {
    const id = this.#deps.newId();
    this.#shown = { id, ...code };
    const { phase } = this.#machine.state;
    const urgent = phase !== 'idle' && phase !== 'refused' && this.#deps.cases.isUrgent(this.#shown);
    this.#take({ type: 'code', id, codeKey, atMs: code.clock.monotonicMs, urgent });
    this.#shown = undefined;
  }

  /** Whoever stood before the thermometer then may be gone: only readings of now count. */
  #onStandstill(): void {
    const { clock, screening } = this.#deps;
    this.#cancelForget();
    this.#cancelForget = clock.schedule(SETTLE_MS, () => screening.forget());
  }

  #onScreening(outcome: ScreeningOutcome): void {
    const { clock, screening, standstills } = this.#deps;
    // Sensors may still send what they measured while the program stood still.
    if (isStale(clock.read().monotonicMs, standstills.lastEndMs())) {
      screening.forget();
      return;
    }
    if (this.#machine.state.phase !== 'measuring') return;
    // A reading that is handed over is used up.
    this.#deps.screening.take();
    this.#take({ type: 'screened', outcome });
  }

  #take(input: PassageInput): void {
    const { door, times } = this.#deps;
    const { pace } = this.#deps.cases;
    const step = stepPassage(this.#machine, input, {
      ...times,
      passageMs: times.passageMs * pace,
      releaseMs: this.#releaseMs,
      doorWatched: door.hasContact,
      doorOpen: door.physical === 'Open',
      contactSilent: door.isContactSilent,
    });
    this.#machine = step.machine;
    let next: PassageInput | undefined;
    for (const command of step.commands) {
      next = this.#carryOut(command);
      if (next !== undefined) break;
    }
    if (next !== undefined) this.#take(next);
    this.#tellOthers();
  }

  /** The guard's list and the counts come after the lock: they keep nobody waiting. */
  #tellOthers(): void {
    const pending = this.#untold;
    this.#untold = [];
    for (const tell of pending) tell();
  }

  /** Does one command. What it returns replaces the rest of the commands. */
  #carryOut(command: PassageCommand): PassageInput | undefined {
    switch (command.type) {
      case 'evaluate':
        return this.#deps.cases.evaluate(command.passage, this.#shown, command.screening);
      case 'record':
        return this.#record(command.passage, command.record);
      case 'turnAway':
        return this.#turnAway(command.id);
      case 'release':
        return this.#release(command.passage);
      case 'tellUnmoved':
        this.#deps.door.unmoved();
        return undefined;
      case 'forgetReadings':
        this.#deps.screening.forget();
        return undefined;
      case 'show':
        this.#show(command.view);
        return undefined;
      case 'startTimer':
        this.#timers.get(command.name)?.();
        this.#timers.set(
          command.name,
          this.#deps.clock.schedule(command.ms, () => this.#take({ type: 'timer', name: command.name })),
        );
        return undefined;
      case 'stopTimers':
        this.#stopTimers();
        return undefined;
    }
  }

  #record(passage: Passage, record: PassageRecord): PassageInput | undefined {
    const facts = this.#deps.cases.factsOf(passage.id, this.#shown);
    const data = accessData(this.#deps.facts, facts, record, {
      recordDegrees: this.#deps.recordDegrees,
      clock: this.#deps.clock,
    });
    try {
      this.#deps.notes.commit(eventsOf(facts, record, data), effectsOf(facts, record, this.#deps.facts));
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      this.#deps.logger.error({ code: error.code, err: error }, `Nothing is opened: ${messageOf(error)}`);
      this.#deps.screens.listUnrecorded(data, facts);
      this.#recent.decided(passage, facts, { outcome: 'denied', decidedBy: 'auto' });
      return { type: 'failed', reason: 'gp:LogUnavailable' };
    }
    this.#deps.cases.recorded();
    this.#remember(passage, facts, record);
    this.#noise.answered(facts.pass);
    const note = data.decidedBy === 'auto' ? undefined : this.#recent.actOn(passage.id)?.note;
    this.#untold.push(() => {
      this.#deps.screens.list(record, data, facts, { watched: this.#deps.door.hasContact, note });
      if (record.name === 'access.granted' || record.name === 'access.nottaken') this.#deps.onCounted();
    });
    return undefined;
  }

  /** Whom the next orders may name. What is on record now is found there from now on. */
  #remember(passage: Passage, facts: PassageFacts, record: PassageRecord): void {
    const recorded = { ...facts, stepRecorded: true };
    if (record.name === 'access.granted') {
      this.#recent.decided(passage, recorded, { ...record, outcome: 'granted' });
    } else if (record.name === 'access.denied') {
      this.#recent.decided(passage, recorded, { ...record, outcome: 'denied' });
    } else if (record.name !== 'access.requested') {
      this.#recent.ended(passage.id, record.name === 'access.taken' ? 'taken' : 'nottaken');
    }
  }

  #turnAway(id: string): undefined {
    if (this.#shown === undefined) return undefined;
    const { facts, reasons } = this.#deps.cases.turnedAway(id, this.#shown);
    const record = { name: 'access.denied', decidedBy: 'auto', reasons } as const;
    const data = accessData(this.#deps.facts, facts, record, {
      recordDegrees: false,
      clock: this.#deps.clock,
    });
    this.#deps.notes.note(
      { name: record.name, subject: this.id, data },
      // Whoever came too early may show the same code in a moment.
      effectsOf({ ...facts, effects: [] }, record, this.#deps.facts),
    );
    const passage = { id, codeKey: undefined, attempts: 0, elevated: false };
    this.#recent.decided(passage, facts, { outcome: 'denied', decidedBy: 'auto' });
    this.#noise.answered(facts.pass);
    this.#deps.screens.list(record, data, facts, { watched: false });
    this.#deps.screens.oneAtATime();
    return undefined;
  }

  #release(passage: Passage): PassageInput | undefined {
    try {
      const overBlock = claimsOf(this.#deps.cases.current)?.kind === 'emergency';
      this.#deps.door.release(this.#releaseMs, { overBlock });
      return undefined;
    } catch (error) {
      if (!isGatepostError(error, 'gpio.failed')) throw error;
      this.#deps.logger.error({ code: error.code, err: error }, error.message);
      this.#record(passage, { name: 'access.nottaken' });
      return { type: 'failed', reason: 'Other' satisfies Reason };
    }
  }

  get #releaseMs(): number {
    return Math.min(LONGEST_RELEASE_MS, this.#deps.times.releaseMs * this.#deps.cases.pace);
  }

  #show(view: PassageShow): void {
    const { cases, screens } = this.#deps;
    if (view.feedback === 'Idle') cases.close();
    screens.show(view, cases.current);
  }

  #stopTimers(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }
}
