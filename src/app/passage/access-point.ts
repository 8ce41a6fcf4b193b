import type { AccessPointFacts } from '../../core/decision/decision.ts';
import { awaitsForehead } from '../../core/passage/next-in-line.ts';
import { passageIn } from '../../core/passage/passage.ts';
import type { ContactSettings } from '../../core/screening/contact-reading.ts';
import type { ScreeningOutcome } from '../../core/screening/screening.ts';
import { isStale, SETTLE_MS } from '../../core/time/clock-reading.ts';
import type { Cancel, Clock, Standstills } from '../../ports/clock.ts';
import type { CodeReader } from '../../ports/code-reader.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { GateState } from '../../ports/gate-state.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Attention } from '../board/attention.ts';
import type { SupervisorDeps } from '../devices/device-supervisor.ts';
import { Scanner } from '../devices/scanner.ts';
import type { Door } from '../door/door.ts';
import type { EventWriter } from '../log/event-writer.ts';
import { FRESH_MS, type ScreeningStation } from '../screening/screening-station.ts';
import { AccessPointPlace } from './access-point-place.ts';
import type { AccessPointScreens } from './access-point-screens.ts';
import { CodeIntake, type Musters } from './code-intake.ts';
import { ContactReadings } from './contact-readings.ts';
import type { PassageEvaluator } from './evaluator.ts';
import { GuardCall, type GuardCallSettings } from './guard-call.ts';
import type { OpenGate } from './open-gate.ts';
import type { PassageBoard } from './passage-board.ts';
import { PassageRunner, type PassageTimes } from './passage-runner.ts';
import { PersonOrders } from './person-orders.ts';
import { RecentPassages } from './recent-passages.ts';
import type { ScanLockout } from './scan-lockout.ts';
import { ScannedCodes } from './scanned-codes.ts';
import { ScannerNoise } from './scanner-noise.ts';
import type { SelfService } from './self-service.ts';
import type { ServiceSwitch } from './service-switch.ts';

interface AccessPointDeps {
  readonly facts: AccessPointFacts;
  readonly times: PassageTimes;
  readonly recordDegrees: boolean;
  readonly contactReading: ContactSettings;
  readonly reader: CodeReader;
  readonly screening: ScreeningStation;
  readonly door: Door;
  readonly screens: AccessPointScreens;
  readonly board: PassageBoard;
  readonly evaluator: PassageEvaluator;
  readonly selfService: SelfService;
  readonly openGate: OpenGate;
  readonly lockOut: ScanLockout;
  readonly assist: GuardCallSettings;
  readonly attention: Attention;
  readonly log: EventLog;
  readonly state: Pick<GateState, 'assists' | 'talkNews'>;
  readonly service: ServiceSwitch;
  readonly musters: Musters;
  /** Called when the number of people inside may have changed. */
  readonly onCounted: (passId?: string) => void;
  readonly notes: EventWriter;
  readonly supervision: SupervisorDeps;
  readonly clock: Clock;
  readonly standstills: Standstills;
  readonly logger: Logger;
  /** A new passage id. */
  readonly newId: () => string;
}

/** One access point: joins scanner, thermometer, door, screens and the guard's orders to the passage they are about. */
export class AccessPoint implements Lifecycle {
  readonly #deps: AccessPointDeps;
  readonly #scanner: Scanner;
  readonly #noise: ScannerNoise;
  readonly #intake: CodeIntake;
  /** Calls of the guard here. */
  readonly guardCall: GuardCall;
  readonly #runner: PassageRunner;
  /** The guard's orders about persons here. */
  readonly orders: PersonOrders;
  #started = false;
  #unwatch: Cancel = () => undefined;
  #cancelForget: Cancel = () => undefined;
  #cancelAwaiting: Cancel = () => undefined;

  constructor(deps: AccessPointDeps) {
    this.#deps = deps;
    const { facts, clock, notes, logger, standstills, screens, screening, door } = deps;
    const { id: accessPoint, direction } = facts;
    this.#scanner = new Scanner({
      ...deps,
      accessPoint,
      onEvent: (event) => this.#intake.take(event),
      onChange: (status) => screens.scannerIs(status),
    });
    const recent = new RecentPassages(clock);
    this.#noise = new ScannerNoise({ clock, notes, accessPoint, scanner: this.#scanner.supervisor });
    this.guardCall = new GuardCall({
      ...deps,
      accessPoint: facts,
      settings: deps.assist,
      passage: () => passageIn(this.#runner.state)?.id,
    });
    this.#runner = new PassageRunner({
      ...deps,
      accessPoint: facts,
      place: new AccessPointPlace({
        ...deps,
        direction,
        recent,
        noise: this.#noise,
        guardCall: this.guardCall,
      }),
    });
    this.#intake = new CodeIntake({
      ...deps,
      accessPoint,
      codes: new ScannedCodes({ accessPoint, clock, standstills, logger }),
      noise: this.#noise,
      runner: this.#runner,
    });
    const contactReadings = new ContactReadings({
      ...deps,
      settings: deps.contactReading,
      accessPoint: facts,
      recent,
    });
    this.orders = new PersonOrders({
      ...deps,
      accessPoint,
      direction,
      recent,
      contactReadings,
      runner: this.#runner,
    });
    screening.onOutcome((outcome) => this.#onScreening(outcome));
    screening.onLeft(() => {
      this.#cancelAwaiting();
      screens.awaitsPass(false);
    });
    door.onChange((change) => screens.doorChanged(change));
    deps.service.onChange(() => screens.serviceIs(deps.service.isEnabled));
    door.onMovement((movement) => this.#runner.take({ type: 'door', movement }));
  }

  get id(): string {
    return this.#deps.facts.id;
  }

  /** Id of its door. */
  get door(): string {
    return this.#deps.facts.door;
  }

  async start(signal: AbortSignal): Promise<void> {
    if (this.#started) return;
    this.#started = true;
    const { screens, door, standstills, screening } = this.#deps;
    screens.doorModeIs(door.mode);
    screens.show({ feedback: 'Idle', reasons: [] }, undefined);
    this.guardCall.start();
    this.#unwatch = standstills.onEnd(() => this.#onStandstill());
    await screening.start(signal);
    await this.#scanner.start(signal);
  }

  async stop(): Promise<void> {
    this.#started = false;
    this.#unwatch();
    this.#cancelForget();
    this.#cancelAwaiting();
    this.#runner.stop();
    this.#intake.stop();
    this.#noise.stop();
    this.guardCall.stop();
    this.#deps.lockOut.end();
    this.#deps.openGate.stop();
    this.#deps.selfService.end();
    await this.#scanner.stop();
    await this.#deps.screening.stop();
  }

  /** What people can ask here about their data. */
  get selfService(): SelfService {
    return this.#deps.selfService;
  }

  /** Takes it out of service and puts it back. */
  get service(): ServiceSwitch {
    return this.#deps.service;
  }

  /** Whether somebody is on the way through, or waits for an answer. */
  get isBusy(): boolean {
    return this.#runner.state.phase !== 'idle';
  }

  /** Whether too many unreadable codes in a row were shown here. */
  get isLockedOut(): boolean {
    return this.#deps.lockOut.isLocked;
  }

  /** Ends the lock-out. The order is already recorded. */
  endLockOut(): void {
    this.#deps.lockOut.end();
  }

  /** Drops what is from before the standstill, because whoever stood here may have left meanwhile. */
  #onStandstill(): void {
    const { clock, screening, selfService } = this.#deps;
    selfService.end();
    this.#cancelForget();
    this.#cancelForget = clock.schedule(SETTLE_MS, () => screening.forget());
  }

  #onScreening(outcome: ScreeningOutcome): void {
    const { clock, screening, standstills } = this.#deps;
    // Sensors may still deliver measurements from the time of the standstill.
    if (isStale(clock.read().monotonicMs, standstills.lastEndMs())) {
      screening.forget();
      return;
    }
    const { state } = this.#runner;
    if (state.phase === 'idle') this.#measuredFirst(outcome);
    const isNext = awaitsForehead(state) && (outcome.class === 'normal' || outcome.class === 'elevated');
    if (state.phase !== 'measuring' && !isNext) return;
    // The reading is used, so it must not count for another person.
    screening.take();
    this.#runner.take({ type: 'screened', outcome });
  }

  /**
   * A forehead was measured before a pass was shown: the reading counts for the pass that is shown while it is fresh and
   * the forehead stays.
   */
  #measuredFirst(outcome: ScreeningOutcome): void {
    if (outcome.class !== 'normal' && outcome.class !== 'elevated') return;
    const { clock, screens, screening } = this.#deps;
    if (!screening.isSomebodyThere) return;
    this.#cancelAwaiting();
    screens.awaitsPass(true);
    this.#cancelAwaiting = clock.schedule(FRESH_MS, () => screens.awaitsPass(false));
  }
}
