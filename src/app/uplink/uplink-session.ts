import type { GatepostError } from '../../core/errors.ts';
import type { StoredEvent } from '../../core/events/event.ts';
import type { BrokerConnection, OutgoingMessage, PublishAnswer } from '../../ports/broker.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventOutbox } from '../../ports/event-log.ts';
import { EventFeed } from './event-feed.ts';
import { NamedTimers } from './named-timers.ts';
import { PublishWindow } from './publish-window.ts';
import type { Replays } from './replays.ts';
import type { RetainedStates } from './retained-states.ts';
import { StateFeed } from './state-feed.ts';
import type { UplinkProblem } from './uplink-problem.ts';
import type { Unanswered, UplinkTrials } from './uplink-trials.ts';

/** Messages sent in one go: who comes to the gate while a backlog is sent waits for the rest of one at most. */
const MOST_IN_A_TURN = 2;
/** Messages that are sent once and wait for their turn; more are left out. */
const MOST_SAID = 32;
/** An event that is sent sooner than this after it happened is sent before anything else is made ready. */
const LIVE_MS = 1_000;
/** An event that is sent later than this after it happened is marked as historical. */
const HISTORICAL_MS = 60_000;

type TimerName = 'fill' | 'save' | 'resume' | 'states' | 'aside' | 'replay' | 'farewell';

interface UplinkSessionDeps {
  readonly connection: BrokerConnection;
  readonly outbox: EventOutbox;
  /** The broker has stored everything up to here. */
  readonly from: number;
  /**
   * The problem of the connection before. With it, the pause also applies to a broker that disconnects after each
   * refusal.
   */
  readonly problem: UplinkProblem | undefined;
  readonly states: RetainedStates;
  /** What is sent again when there is nothing else to send. */
  readonly replays: Replays | undefined;
  /** What was learnt from earlier connections. */
  readonly trials: UplinkTrials;
  /** `gates/v1/<site>/<gate>/` */
  readonly root: string;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Why no events are sent although the broker is connected; undefined when it is solved. */
  readonly onProblem: (problem: GatepostError | undefined) => void;
  /** Called when the set of states that the broker refuses has changed: see `trials.complaint`. */
  readonly onComplaint: () => void;
  /** Called when the broker does not answer any more. */
  readonly onSilent: (cause: GatepostError) => void;
  /** Called when the broker has stored an event. */
  readonly onProgress: () => void;
}

/**
 * Publishes over one connection: all states first, then events in order, each followed by a state that has changed, then
 * what is sent again, never more at once than the window. After a connection that the broker ended, states and events in turn: see UplinkTrials.
 */
export class UplinkSession {
  readonly #deps: UplinkSessionDeps;
  readonly #window: PublishWindow;
  readonly #timers: NamedTimers<TimerName>;
  readonly #events: EventFeed;
  readonly #states: StateFeed;
  /** Messages that are neither events nor states. */
  readonly #toSay: OutgoingMessage[] = [];
  /** Number of them without an answer. */
  #saying = 0;
  #saidLast = false;
  /** Whether all states were told once. */
  #statesTold = false;
  /** What was sent last, but for what is said once or again. */
  #last: 'state' | 'event' | 'live event' = 'state';
  #farewell: { message: OutgoingMessage | undefined; readonly resolve: () => void } | undefined;
  #ended = false;

  constructor(deps: UplinkSessionDeps) {
    this.#deps = deps;
    const window = new PublishWindow(deps);
    const timers = new NamedTimers<TimerName>(deps.clock);
    const fill = () => this.#fill();
    this.#window = window;
    this.#timers = timers;
    this.#events = new EventFeed({ ...deps, window, timers, onResumed: fill });
    this.#states = new StateFeed({ ...deps, timers, onOffer: fill });
  }

  get problem(): UplinkProblem | undefined {
    return this.#events.problem;
  }

  /** The events and states without an answer, in order; none where something else may be what the broker minds. */
  get unanswered(): readonly Unanswered[] {
    return this.#saying > 0 ? [] : this.#window.unanswered;
  }

  /** Begins to send. */
  start(): void {
    this.#events.start();
    this.wake();
  }

  /** To be called when there may be something new. Returns at once; the sending happens later. */
  wake(): void {
    this.#timers.set('fill', 0, () => this.#fill());
  }

  /** Sends a message once, in turn with events and states. @param first before others that wait */
  say(message: OutgoingMessage, first: boolean): void {
    if (first) this.#toSay.unshift(message);
    else this.#toSay.push(message);
    this.#toSay.length = Math.min(this.#toSay.length, MOST_SAID);
    this.wake();
  }

  /** Sends what fits in the window, waits for the answers, then sends `message` and waits for its answer. */
  finish(message: OutgoingMessage, limitMs: number): Promise<void> {
    if (this.#ended) return Promise.resolve();
    // Includes the last event, which says that the gate stops on purpose.
    this.#fill(Number.POSITIVE_INFINITY);
    return new Promise((resolve) => {
      this.#farewell = { message, resolve };
      this.#timers.set('farewell', limitMs, resolve);
      this.#sayFarewell();
    });
  }

  /** The connection is over: cancels everything and saves the cursor. */
  end(): void {
    if (this.#ended) return;
    this.#events.save();
    this.#ended = true;
    this.#window.end();
    this.#timers.end();
    this.#farewell?.resolve();
  }

  /** @param most messages; what is left is sent in the next turns */
  #fill(most = MOST_IN_A_TURN): void {
    if (this.#ended || this.#farewell !== undefined) return;
    for (let sent = 0; !this.#window.isFull; sent++) {
      if (sent >= most) {
        this.wake();
        break;
      }
      if (!this.#sendNext()) break;
      if (this.#last === 'live event' && most === MOST_IN_A_TURN) {
        // It leaves with the end of this turn, and does not wait for what comes behind it.
        this.wake();
        break;
      }
    }
    this.#events.solve();
  }

  #sendNext(): boolean {
    if (!this.#saidLast && this.#sayNext()) return true;
    if (!this.#sendEventOrState()) return this.#sayNext();
    this.#saidLast = false;
    return true;
  }

  #sendEventOrState(): boolean {
    const { trials } = this.#deps;
    const isTurnOfEvent = trials.isCareful
      ? trials.takeTurn() === 'event'
      : this.#statesTold && this.#last === 'state';
    const isSent = isTurnOfEvent
      ? this.#sendEvent() || this.#sendState()
      : this.#sendState() || this.#sendEvent();
    // Nothing waits: the next event is nobody's second.
    if (!isSent) this.#last = 'state';
    return isSent || this.#sendReplay();
  }

  #sayNext(): boolean {
    const message = this.#toSay.shift();
    if (message === undefined) return false;
    this.#saidLast = true;
    this.#saying += 1;
    // Who asked learns from the event too, so a broker that does not take it is not asked again.
    this.#window.publish(message, {}, () => {
      this.#saying -= 1;
      this.#afterAnswer();
    });
    return true;
  }

  #sendState(): boolean {
    const message = this.#states.next();
    if (message === undefined) {
      this.#statesTold = true;
      return false;
    }
    this.#last = 'state';
    this.#publish(message, {}, (answer) => this.#states.answered(message.topic, answer));
    return true;
  }

  #sendEvent(): boolean {
    const event = this.#events.next();
    if (event === undefined) return false;
    const { sequence, timeMs } = event;
    const ageMs = this.#deps.clock.read().wallMs - timeMs;
    const message = this.#messageOf(event, ageMs > HISTORICAL_MS);
    this.#last = ageMs < LIVE_MS ? 'live event' : 'event';
    const { topic } = message;
    this.#publish(message, { sequence }, (answer) => this.#events.answered(sequence, topic, answer));
    return true;
  }

  /** Only while no live event waits, for its turn or for an answer. */
  #sendReplay(): boolean {
    const { replays } = this.#deps;
    if (replays === undefined || !this.#events.isIdle) return false;
    const taken = replays.take(this.#window.size);
    if (taken === undefined) {
      const waitMs = replays.waitMs(this.#window.size);
      if (waitMs !== undefined) this.#timers.set('replay', waitMs, () => this.#fill());
      return false;
    }
    const { event, run } = taken;
    const sentMs = this.#nowMs();
    this.#publish(this.#messageOf(event, true), { sequence: event.sequence, isReplay: true }, (answer) => {
      if (answer.status === 'stored') replays.stored(run, event.sequence, this.#nowMs() - sentMs);
      else if (answer.status === 'refused') replays.refused(run, answer.detail);
      else replays.busy(run);
    });
    return true;
  }

  #messageOf({ group, body }: StoredEvent, historical: boolean): OutgoingMessage {
    return {
      topic: `${this.#deps.root}evt/${group}`,
      payload: body,
      retain: false,
      contentType: 'application/cloudevents+json',
      historical,
    };
  }

  #publish(
    message: OutgoingMessage,
    about: Omit<Unanswered, 'topic'>,
    onAnswer: (answer: PublishAnswer) => void,
  ): void {
    this.#window.publish(message, about, (answer) => {
      onAnswer(answer);
      this.#deps.trials.answered({ topic: message.topic, ...about }, this.#states.hasMore);
      this.#afterAnswer();
    });
  }

  #afterAnswer(): void {
    if (this.#farewell !== undefined) this.#sayFarewell();
    else if (this.#events.isDue) this.#events.resume();
    else if (this.#window.isEmpty) this.#fill();
    // More answers may have come with this one.
    else this.wake();
  }

  #sayFarewell(): void {
    if (this.#farewell === undefined || !this.#window.isEmpty) return;
    const { message, resolve } = this.#farewell;
    this.#farewell.message = undefined;
    if (message === undefined) resolve();
    else this.#publish(message, {}, () => undefined);
  }

  #nowMs(): number {
    return this.#deps.clock.read().monotonicMs;
  }
}
