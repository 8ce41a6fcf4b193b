import { toldAs } from '../../core/access/advice.ts';
import type { DoorMode, Feedback, SiteOrder } from '../../core/access/vocabulary.ts';
import type { AccessPointFacts } from '../../core/decision/decision.ts';
import type { DoorChange, HeldOpen } from '../../core/door/door-mode.ts';
import { isOpenMode, isShutMode } from '../../core/door/door-mode.ts';
import type { DeviceStatus } from '../../core/events/event.ts';
import { needsOf } from '../../core/pass/pass.ts';
import type { PassageCause, PassageShow } from '../../core/passage/passage.ts';
import type { Guidance } from '../../core/screening/guidance.ts';
import type { PassageView } from '../../ports/boards.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { GateState, ScheduleView } from '../../ports/gate-state.ts';
import type { HolderRegister } from '../../ports/holder-register.ts';
import type { PromptView, SelfServiceView } from '../../ports/resident-prompt.ts';
import type { DecisionBoard } from '../board/decision-board.ts';
import { findHolder } from '../board/holder-name.ts';
import { claimsOf, isGuest, type KnownPassage } from './passage-facts.ts';
import { SensorGuide } from './sensor-guide.ts';

interface AccessPointScreensDeps {
  readonly accessPoint: AccessPointFacts;
  readonly simulated: boolean;
  readonly recordsDegrees: boolean;
  readonly clock: Clock;
  readonly state: Pick<
    GateState,
    'passages' | 'prompts' | 'guards' | 'siteOrder' | 'identify' | 'site' | 'rules'
  >;
  readonly board: DecisionBoard;
  readonly holders: HolderRegister;
}

/** Why the screen speaks to somebody it refuses or refers. Any finer cause of that is for the guard alone. */
const TOLD_CAUSES: ReadonlySet<PassageCause> = new Set(['one_at_a_time', 'no_subject']);
const REFUSALS: ReadonlySet<Feedback> = new Set(['AccessDenied', 'RetryIdentifier', 'GuardCalled']);

/** A call, and since when (monotonic). */
type ShownCall = Omit<NonNullable<PromptView['assist']>, 'sinceSeconds'> & { readonly sinceMs: number };

/** What both screens say about one person. */
interface Shown {
  readonly view: PassageShow;
  readonly passage: KnownPassage | undefined;
  /** Monotonic ms. */
  readonly atMs: number;
}

/**
 * What the resident's and the guard's screen say about one access point: about the person who stands there, or about
 * door and scanner.
 */
export class AccessPointScreens {
  readonly #deps: AccessPointScreensDeps;
  #shown: Shown = { view: { feedback: 'Idle', reasons: [] }, passage: undefined, atMs: 0 };
  #scanner: DeviceStatus = 'connecting';
  #held: HeldOpen = 'none';
  #fire = false;
  #mode: DoorMode = 'Locked';
  #site: SiteOrder = 'none';
  #nextLevel: ScheduleView['next'];
  readonly #guide: SensorGuide;
  #enabled = true;
  #awaitsPass = false;
  /** Ends the time in which the screen says which gate it is. */
  #endIdentify: Cancel | undefined;
  #selfService: { readonly view: SelfServiceView; readonly atMs: number } | undefined;
  #onSelfServiceOver: () => void = () => undefined;
  #assist: ShownCall | undefined;

  constructor(deps: AccessPointScreensDeps) {
    this.#deps = deps;
    this.#guide = new SensorGuide(deps.clock, () => {
      if (this.#feedbackOfPerson === 'Measure') this.#render();
    });
    deps.state.guards.follow(() => {
      if (this.#feedbackOfPerson === 'GuardCalled' || this.#assist !== undefined) this.#render();
    });
    deps.state.rules.follow(({ schedule }) => this.#scheduleIs(schedule));
    deps.state.siteOrder.follow(({ holds }) => this.#siteIs(holds));
    deps.state.identify.hear(({ seconds }) => this.#identify(seconds));
  }

  /** @param passage the passage of the person shown; undefined: nobody */
  show(view: PassageShow, passage: KnownPassage | undefined): void {
    const { clock, board, accessPoint } = this.#deps;
    this.#shown = { view, passage, atMs: clock.read().monotonicMs };
    this.#awaitsPass = false;
    this.#guide.endAside();
    board.attends(accessPoint.id, view.feedback === 'Idle' ? undefined : passage?.id);
    this.#render();
  }

  /** Tells a second person to wait; the screen then goes on with the first. */
  showOneAtATime(): void {
    this.#guide.beginAside();
    this.#render('one_at_a_time');
  }

  /** Takes how the measurement goes: during one the screen leads to the sensor and shows how far it is. */
  guides(guidance: Guidance): void {
    this.#guide.take(guidance);
  }

  /** Asks a person who was measured first to show the pass, as long as the reading is fresh. */
  awaitsPass(awaits: boolean): void {
    if (this.#awaitsPass === awaits) return;
    this.#awaitsPass = awaits;
    if (this.#feedbackOfPerson === 'Idle') this.#render();
  }

  /** Takes the state of the scanner: the screen asks for a pass only while it works. */
  scannerIs(status: DeviceStatus): void {
    this.#scanner = status;
    if (this.#feedbackOfPerson === 'Idle') this.#render();
  }

  /**
   * An open door: the screen asks to close it, unless a passage is under way. A fire alarm replaces every other message
   * on the resident's screen until it ends; the guard's screen goes on showing persons.
   */
  doorChanged(change: DoorChange): void {
    if (change.kind === 'held') {
      this.#held = change.held;
      if (this.#feedbackOfPerson === 'Idle') this.#render();
    }
    if (change.kind === 'fire') {
      this.#fire = change.fire;
      this.#render();
    }
    if (change.kind === 'mode') this.doorModeIs(change.mode);
  }

  /** The screen asks for no code while the door is open for everybody or opens for nobody. */
  doorModeIs(mode: DoorMode): void {
    this.#mode = mode;
    if (this.#feedbackOfPerson === 'Idle') this.#render();
  }

  /** What comes within the hour is told while nobody is served. */
  #scheduleIs(schedule: ScheduleView | undefined): void {
    const next = schedule?.state === 'follows' && schedule.soon === true ? schedule.next : undefined;
    if (next?.atMs === this.#nextLevel?.atMs && next?.level === this.#nextLevel?.level) return;
    this.#nextLevel = next;
    if (this.#feedbackOfPerson === 'Idle') this.#render();
  }

  /** An evacuation, like a fire alarm, replaces every other message. A lockdown is told while nobody is served. */
  #siteIs(order: SiteOrder): void {
    if (order === this.#site) return;
    this.#site = order;
    this.#render();
  }

  /** Out of service: the screen sends people to another way, also while the door stands open. */
  serviceIs(enabled: boolean): void {
    this.#enabled = enabled;
    if (this.#feedbackOfPerson === 'Idle') this.#render();
  }

  /** Whether it asks whoever comes for a code, and for nothing else. */
  get isIdle(): boolean {
    return this.#feedback() === 'Idle' && this.#message() === undefined;
  }

  /** Shows the self service in place of the question for a code; undefined ends it. */
  selfServiceIs(view: SelfServiceView | undefined): void {
    this.#selfService = view && { view, atMs: this.#deps.clock.read().monotonicMs };
    this.#render();
  }

  /** The listener is called when the screen has something else to say while it shows the self service. */
  onSelfServiceOver(listener: () => void): void {
    this.#onSelfServiceOver = listener;
  }

  /** Somebody calls the guard here since `sinceMs` (monotonic); undefined: not any more. */
  assistIs(assist: ShownCall | undefined): void {
    if (JSON.stringify(assist) === JSON.stringify(this.#assist)) return;
    this.#assist = assist;
    this.#render();
  }

  /** The screen says which gate it is, for so many seconds, while nobody is at it. */
  #identify(seconds: number): void {
    this.#endIdentify?.();
    this.#endIdentify = this.#deps.clock.schedule(seconds * 1000, () => {
      this.#endIdentify = undefined;
      this.#render();
    });
    this.#render();
  }

  get #feedbackOfPerson(): PassageShow['feedback'] {
    return this.#shown.view.feedback;
  }

  #render(passageCause: PassageCause | undefined = this.#shown.view.cause): void {
    const { accessPoint, state, simulated, recordsDegrees } = this.#deps;
    const { id, direction } = accessPoint;
    const { reasons, waitMs } = this.#shown.view;
    const feedback = this.#feedback();
    const { hint, progress } = this.#guide.about(this.#shown.view);
    const cause = hint ?? passageCause;
    const [reason] = reasons;
    const wait = waitMs === undefined ? {} : { waitSeconds: this.#secondsLeft(waitMs) };
    const isTold = cause !== undefined && (!REFUSALS.has(feedback) || TOLD_CAUSES.has(cause));
    if (this.#selfService !== undefined && !this.isIdle) {
      this.#selfService = undefined;
      this.#onSelfServiceOver();
    }
    const told = this.#message() ?? {
      feedback,
      ...(reason === undefined ? {} : { reason: toldAs(reason) }),
      ...(isTold ? { cause } : {}),
      ...wait,
      ...(hint === 'steady' ? { progress } : {}),
      ...this.#guardAway(feedback),
      ...this.#needs(),
      ...(feedback === 'Idle' && this.#nextLevel !== undefined ? { nextLevel: this.#nextLevel } : {}),
    };
    const own = this.#selfServiceNow();
    state.prompts.set({
      accessPoint: id,
      direction,
      ...(own === undefined
        ? told
        : ({ feedback: 'TextMessage', message: 'SelfService', selfService: own } as const)),
      ...this.#assistNow(),
      simulated,
      ...(recordsDegrees ? { recordsDegrees } : {}),
    });
    this.#publish({ feedback, reasons, ...(cause === undefined ? {} : { cause }), ...wait });
  }

  /** Shows the guard the person who stands here. */
  #publish(told: Pick<PassageView, 'feedback' | 'reasons' | 'cause' | 'waitSeconds'>): void {
    const { accessPoint, state, holders } = this.#deps;
    const { passage } = this.#shown;
    const claims = claimsOf(passage?.facts);
    const holder = findHolder(holders, claims?.holderRef);
    state.passages.set({
      accessPoint: accessPoint.id,
      ...(passage === undefined ? {} : { passage: passage.id }),
      ...(claims === undefined ? {} : { kind: claims.kind, passId: claims.passId }),
      ...(isGuest(passage?.facts) ? { guest: true as const } : {}),
      ...(claims?.label === undefined ? {} : { label: claims.label }),
      ...(claims?.holderRef === undefined ? {} : { holderRef: claims.holderRef }),
      ...(holder === undefined ? {} : { holder }),
      ...told,
    });
  }

  get #isOpen(): boolean {
    return isOpenMode(this.#mode);
  }

  /** The message to everybody at the door. It goes before messages to one person. */
  #message(): Pick<PromptView, 'feedback' | 'message' | 'gate'> | undefined {
    if (this.#fire) return { feedback: 'TextMessage', message: 'FireAlarm' };
    if (this.#site === 'evacuate') return { feedback: 'TextMessage', message: 'Evacuation' };
    const isIdle = this.#feedbackOfPerson === 'Idle' && this.#held === 'none';
    if (this.#site === 'lockdown' && isIdle) return { feedback: 'TextMessage', message: 'SiteLockdown' };
    const [site] = this.#deps.state.site.values;
    if (this.#endIdentify !== undefined && isIdle && site !== undefined)
      return { feedback: 'TextMessage', message: 'Identify', gate: site.name };
    return this.#isOpen && this.#enabled && isIdle
      ? { feedback: 'TextMessage', message: 'HeldOpen' }
      : undefined;
  }

  /** The mark for a message that asks to wait for a guard while no guard is there. */
  #guardAway(feedback: Feedback): { guardAway?: true } {
    return feedback === 'GuardCalled' && this.#deps.state.guards.values[0]?.isThere === false
      ? { guardAway: true }
      : {};
  }

  /** What the pass of the person shown says of how to be spoken to; nothing once nobody is shown any more. */
  #needs(): Pick<PromptView, 'needs'> {
    const { view, passage } = this.#shown;
    const claims = view.feedback === 'Idle' ? undefined : claimsOf(passage?.facts);
    const needs = claims && needsOf(claims);
    return needs === undefined ? {} : { needs };
  }

  /** The rest of a waiting time, in seconds, so that showing the screen again does not restart it. */
  #secondsLeft(waitMs: number, sinceMs = this.#shown.atMs): number {
    const passedMs = this.#deps.clock.read().monotonicMs - sinceMs;
    return Math.ceil(Math.max(0, waitMs - passedMs) / 1000);
  }

  #selfServiceNow(): SelfServiceView | undefined {
    if (this.#selfService === undefined) return undefined;
    const { view, atMs } = this.#selfService;
    return { ...view, seconds: this.#secondsLeft(view.seconds * 1000, atMs) };
  }

  #assistNow(): Pick<PromptView, 'assist' | 'guardAway'> {
    if (this.#assist === undefined) return {};
    const { sinceMs, ...told } = this.#assist;
    const { status } = told;
    const sinceSeconds = Math.floor(Math.max(0, this.#deps.clock.read().monotonicMs - sinceMs) / 1000);
    const isAway = status === 'ringing' && this.#deps.state.guards.values[0]?.isThere === false;
    return { assist: { ...told, sinceSeconds }, ...(isAway ? { guardAway: true } : {}) };
  }

  #feedback(): Feedback {
    const { feedback } = this.#shown.view;
    if (feedback !== 'Idle') return feedback;
    if (this.#held === 'tooLong') return 'DoorOpenTooLong';
    if (this.#held === 'preAlarm') return 'DoorPreAlarmWarning';
    if (!this.#enabled || isShutMode(this.#mode)) return 'Disabled';
    if (this.#scanner !== 'ok' && this.#scanner !== 'connecting') return 'Fault';
    return this.#awaitsPass && !this.#isOpen ? 'RequireIdentifier' : 'Idle';
  }
}
