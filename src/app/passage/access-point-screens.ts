import { attributesOf, orderReasons } from '../../core/access/reasons.ts';
import type { DoorMode, Feedback } from '../../core/access/vocabulary.ts';
import type { AccessMark, AccessPointFacts } from '../../core/decision/decision.ts';
import type { DoorChange, HeldOpen } from '../../core/door/door-mode.ts';
import type { AccessData, DeviceStatus } from '../../core/events/event.ts';
import { hasFlag } from '../../core/pass/pass.ts';
import type { PassageCause, PassageRecord, PassageShow } from '../../core/passage/passage.ts';
import type { Nearness } from '../../core/screening/nearness.ts';
import type { Clock } from '../../ports/clock.ts';
import type { GuardAttendance } from '../../ports/guard-desk.ts';
import type { GuardFeed } from '../../ports/guard-feed.ts';
import type { HolderRegister } from '../../ports/holder-register.ts';
import type { PromptView, ResidentPrompt } from '../../ports/resident-prompt.ts';
import { type Attention, passageItem } from '../board/attention.ts';
import { type DecisionBoard, decisionView } from '../board/decision-board.ts';
import { knownHolder } from '../board/holder-name.ts';
import type { PassageFacts } from './access-record.ts';
import { claimsOf } from './passage-effects.ts';

/** What the two screens say about one access point. */
export class AccessPointScreens {
  readonly #accessPoint: AccessPointFacts;
  readonly #simulated: boolean;
  readonly #clock: Clock;
  readonly #prompt: ResidentPrompt;
  readonly #feed: GuardFeed;
  readonly #board: DecisionBoard;
  readonly #attention: Attention;
  readonly #holders: HolderRegister;
  readonly #guardPresence: GuardAttendance | undefined;
  #view: PassageShow = { feedback: 'Idle', reasons: [] };
  #shownAtMs = 0;
  #facts: PassageFacts | undefined;
  #scanner: DeviceStatus = 'connecting';
  #held: HeldOpen = 'none';
  #fire = false;
  #mode: DoorMode = 'Locked';
  #nearness: Nearness = 'unknown';

  constructor(options: {
    accessPoint: AccessPointFacts;
    simulated: boolean;
    clock: Clock;
    prompt: ResidentPrompt;
    feed: GuardFeed;
    board: DecisionBoard;
    holders: HolderRegister;
    attention: Attention;
    /** Without it somebody is taken to be there. */
    guardPresence?: GuardAttendance;
  }) {
    this.#accessPoint = options.accessPoint;
    this.#simulated = options.simulated;
    this.#clock = options.clock;
    this.#prompt = options.prompt;
    this.#feed = options.feed;
    this.#board = options.board;
    this.#attention = options.attention;
    this.#holders = options.holders;
    this.#guardPresence = options.guardPresence;
    options.guardPresence?.onChange(() => {
      if (this.#view.feedback === 'GuardCalled') this.#render(this.#view.cause);
    });
  }

  show(view: PassageShow, facts: PassageFacts | undefined): void {
    this.#view = view;
    this.#shownAtMs = this.#clock.read().monotonicMs;
    this.#facts = facts;
    this.#board.attends(this.#accessPoint.id, view.feedback === 'Idle' ? undefined : facts?.passage);
    this.#render(view.cause);
  }

  /** The second person is told; the screen goes on with the first. */
  oneAtATime(): void {
    this.#render('one_at_a_time');
  }

  /** While somebody is to be measured, the screen says closer or further. */
  standsAt(nearness: Nearness): void {
    this.#nearness = nearness;
    if (this.#view.feedback === 'Measure') this.#render(this.#view.cause);
  }

  /** Without a scanner there is no use in asking for a pass. */
  scannerIs(status: DeviceStatus): void {
    this.#scanner = status;
    if (this.#view.feedback === 'Idle') this.#render(undefined);
  }

  /**
   * Whoever passes by an open door is asked to close it, unless somebody is being attended to. A fire alarm goes
   * before whatever the resident is told, until it ends; the guard is told of people as ever.
   */
  doorChanged(change: DoorChange): void {
    if (change.kind === 'held') {
      this.#held = change.held;
      if (this.#view.feedback === 'Idle') this.#render(undefined);
    }
    if (change.kind === 'fire') {
      this.#fire = change.fire;
      this.#render(this.#view.cause);
    }
    if (change.kind === 'mode') this.doorModeIs(change.mode);
  }

  /** Nobody is asked for a code where the door stands open for everybody, or opens for nobody. */
  doorModeIs(mode: DoorMode): void {
    this.#mode = mode;
    if (this.#view.feedback === 'Idle') this.#render(undefined);
  }

  /** A row that is in the log appears in the guard's list, with the reason of the guard who decided it. */
  list(
    record: PassageRecord,
    data: AccessData,
    facts: PassageFacts,
    { watched, note }: { readonly watched: boolean; readonly note?: string | undefined },
  ): void {
    switch (record.name) {
      case 'access.granted':
        this.#add(data, facts, watched ? 'pending' : 'unknown', note);
        this.#callAttention(facts, facts.marks);
        return;
      case 'access.denied':
        this.#add(data, facts, 'none', note);
        this.#callAttention(
          facts,
          facts.marks.filter((mark) => mark === 'emergency'),
        );
        if (data.decidedBy === 'auto') this.#tellUndecided(data);
        return;
      case 'access.taken':
        this.#board.settle(facts.passage, 'taken');
        return;
      case 'access.nottaken':
        this.#board.settle(facts.passage, 'nottaken');
        return;
      case 'access.requested':
        return;
    }
  }

  /** The log could not take the row: the guard sees the person, and why nothing opened. */
  listUnrecorded(data: AccessData, facts: PassageFacts): void {
    const reasons = orderReasons([...data.reasons, 'gp:LogUnavailable']);
    const [reason = 'gp:LogUnavailable'] = reasons;
    this.#add({ ...data, decision: 'Denied', reason, reasons }, facts, 'none');
  }

  #add(
    data: AccessData,
    facts: PassageFacts,
    passageState: 'pending' | 'unknown' | 'none',
    note?: string,
  ): void {
    const { screening } = facts;
    const measurement =
      screening === undefined || screening.class === 'skipped' ? undefined : screening.measurement;
    this.#board.add(
      decisionView(data, this.#clock.read().wallMs, passageState, {
        label: claimsOf(facts)?.label,
        temperatureC: measurement?.objectC,
        holder: knownHolder(this.#holders, data.holderRef),
        note,
      }),
      data.screening?.object !== undefined,
    );
  }

  #callAttention(facts: PassageFacts, marks: readonly AccessMark[]): void {
    const claims = claimsOf(facts);
    const duress = claims !== undefined && hasFlag(claims, 'duress');
    for (const kind of [...marks, ...(duress ? (['duress'] as const) : [])]) {
      const about = { accessPoint: this.#accessPoint.id, passage: facts.passage };
      this.#attention.raise(passageItem(kind, about, this.#clock.read().wallMs));
    }
  }

  /** Whoever is told to go to the guard, or waited for the guard, is told to the guard too. */
  #tellUndecided(data: AccessData): void {
    const kind = data.reasons.map((reason) => attributesOf(reason).attention).find((told) => told !== '-');
    if (kind !== undefined) this.#attention.raise(passageItem(kind, data, this.#clock.read().wallMs));
  }

  #render(passageCause: PassageCause | undefined): void {
    const { id, direction } = this.#accessPoint;
    const { reasons, waitMs } = this.#view;
    const feedback = this.#feedback();
    const cause = this.#distanceHint() ?? passageCause;
    const [reason] = reasons;
    const finer = {
      ...(cause === undefined ? {} : { cause }),
      ...(waitMs === undefined ? {} : { waitSeconds: this.#secondsLeft(waitMs) }),
    };
    const told = this.#message() ?? {
      feedback,
      ...(reason === undefined ? {} : { reason }),
      ...finer,
      ...this.#guardAway(feedback),
    };
    this.#prompt.show({ accessPoint: id, direction, ...told, simulated: this.#simulated });
    const claims = claimsOf(this.#facts);
    const holder = knownHolder(this.#holders, claims?.holderRef);
    this.#feed.publish(`passage/${id}`, {
      accessPoint: id,
      feedback,
      ...(this.#facts === undefined ? {} : { passage: this.#facts.passage }),
      ...(claims === undefined ? {} : { kind: claims.kind, passId: claims.passId }),
      ...(claims?.label === undefined ? {} : { label: claims.label }),
      ...(claims?.holderRef === undefined ? {} : { holderRef: claims.holderRef }),
      ...(holder === undefined ? {} : { holder }),
      reasons,
      ...finer,
    });
  }

  /** What is said to everybody at the door, before anything about one person. */
  #message(): Pick<PromptView, 'feedback' | 'message'> | undefined {
    if (this.#fire) return { feedback: 'TextMessage', message: 'FireAlarm' };
    const open = this.#mode === 'LockedOpen' || this.#mode === 'Unlocked';
    return open && this.#view.feedback === 'Idle' && this.#held === 'none'
      ? { feedback: 'TextMessage', message: 'HeldOpen' }
      : undefined;
  }

  /** Nobody is told to wait for a guard who is not there. */
  #guardAway(feedback: Feedback): { guardAway?: true } {
    return feedback === 'GuardCalled' && this.#guardPresence?.isThere() === false ? { guardAway: true } : {};
  }

  /** A screen that comes back to somebody who waits does not begin the waiting anew. */
  #secondsLeft(waitMs: number): number {
    const passedMs = this.#clock.read().monotonicMs - this.#shownAtMs;
    return Math.ceil(Math.max(0, waitMs - passedMs) / 1000);
  }

  /** The pause before a second measurement is no time to come closer. */
  #distanceHint(): 'too_far' | 'too_close' | undefined {
    const { feedback, waitMs } = this.#view;
    if (feedback !== 'Measure' || waitMs !== undefined) return undefined;
    return this.#nearness === 'too_far' || this.#nearness === 'too_close' ? this.#nearness : undefined;
  }

  #feedback(): Feedback {
    const { feedback } = this.#view;
    if (feedback !== 'Idle') return feedback;
    if (this.#held === 'tooLong') return 'DoorOpenTooLong';
    if (this.#held === 'preAlarm') return 'DoorPreAlarmWarning';
    if (this.#mode === 'Blocked' || this.#mode === 'LockedDown') return 'Disabled';
    return this.#scanner === 'ok' || this.#scanner === 'connecting' ? 'Idle' : 'Fault';
  }
}
