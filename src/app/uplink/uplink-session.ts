import type { GatepostError } from '../../core/errors.ts';
import type { StoredEvent } from '../../core/events/event.ts';
import type { BrokerConnection, OutgoingMessage, PublishAnswer } from '../../ports/broker.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { EventOutbox } from '../../ports/event-log.ts';
import { type RetrySchedule, retryDelayMs } from '../devices/reconnector.ts';
import { OutboxCursor } from './outbox-cursor.ts';
import { PublishWindow } from './publish-window.ts';
import type { Replays } from './replays.ts';
import type { RetainedStates } from './retained-states.ts';
import { eventRefused, eventsBusy, logFailed, stateRefusal, type UplinkProblem } from './uplink-problem.ts';
import { REFUSED_PAUSE_MS, type Unanswered, type UplinkTrials } from './uplink-trials.ts';

/**
 * Largest number of events that the cursor may have passed without being saved. Saving is an fsync; one for each window
 * of a backlog would take longer than the sending. After a power cut at most this many events are sent twice; receivers
 * recognise them by their id.
 */
const MOST_UNSAVED = 500;
const SAVE_EVERY_MS = 50;
/** Pause after the log could not be read or written. */
const LOG_PAUSE_MS = 5000;
/** Pause before a state is offered again to a busy broker. */
const STATE_PAUSE_MS = 10_000;
const BUSY: RetrySchedule = { initialMs: 1000, factor: 2, maximumMs: 60_000, jitter: 0.5, healthyAfterMs: 0 };
/** Messages that are sent once and wait for their turn; more are left out. */
const MOST_SAID = 32;
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
  /** Called when the durable cursor has moved. */
  readonly onProgress: () => void;
}

/**
 * Publishes over one connection: states first, then events in order, then what is sent again, never more at once than
 * the window. After a connection that the broker ended, states and events in turn: see UplinkTrials.
 */
export class UplinkSession {
  readonly #deps: UplinkSessionDeps;
  readonly #walk: OutboxCursor;
  readonly #window: PublishWindow;
  readonly #timers = new Map<TimerName, Cancel>();
  readonly #busyStates = new Set<string>();
  /** Messages that are neither events nor states. */
  readonly #toSay: OutgoingMessage[] = [];
  /** Number of them without an answer. */
  #saying = 0;
  #saidLast = false;
  #nextSaveMs = 0;
  #held: 'no' | 'pausing' | 'due' = 'no';
  #busyAnswers = 0;
  #problem: UplinkProblem | undefined;
  #farewell: { message: OutgoingMessage | undefined; readonly resolve: () => void } | undefined;
  #ended = false;

  constructor(deps: UplinkSessionDeps) {
    this.#deps = deps;
    this.#walk = new OutboxCursor(deps.outbox, deps.from);
    this.#window = new PublishWindow(deps);
    this.#problem = deps.problem;
  }

  get problem(): UplinkProblem | undefined {
    return this.#problem;
  }

  /** The events and states without an answer, in order; none where something else may be what the broker minds. */
  get unanswered(): readonly Unanswered[] {
    return this.#saying > 0 ? [] : this.#window.unanswered;
  }

  /** Begins to send. */
  start(): void {
    if (this.#problem !== undefined && this.#problem.untilMs > this.#nowMs())
      this.#pause(this.#problem.untilMs);
    this.wake();
  }

  /** To be called when there may be something new. Returns at once; the sending happens later. */
  wake(): void {
    this.#schedule('fill', 0, () => this.#fill());
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
    this.#fill();
    return new Promise((resolve) => {
      this.#farewell = { message, resolve };
      this.#schedule('farewell', limitMs, resolve);
      this.#sayFarewell();
    });
  }

  /** The connection is over: cancels everything and saves the cursor. */
  end(): void {
    if (this.#ended) return;
    this.#save();
    this.#ended = true;
    this.#window.end();
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#farewell?.resolve();
  }

  #fill(): void {
    if (this.#ended || this.#farewell !== undefined) return;
    while (!this.#window.isFull) {
      if (!this.#sendNext()) break;
    }
    this.#solve();
  }

  #sendNext(): boolean {
    if (!this.#saidLast && this.#sayNext()) return true;
    if (!this.#sendEventOrState()) return this.#sayNext();
    this.#saidLast = false;
    return true;
  }

  #sendEventOrState(): boolean {
    const { trials } = this.#deps;
    const isSent =
      trials.isCareful && trials.takeTurn() === 'event'
        ? this.#sendEvent() || this.#sendState()
        : this.#sendState() || this.#sendEvent();
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
    const { states, trials } = this.#deps;
    const message = states.take((topic) => trials.isSetAside(topic));
    const offerMs = trials.nextOfferMs();
    if (offerMs !== undefined) this.#schedule('aside', offerMs, () => this.#fill());
    if (message === undefined) return false;
    this.#publish(message, {}, (answer) => this.#stateAnswered(message.topic, answer));
    return true;
  }

  #stateAnswered(topic: string, answer: PublishAnswer): void {
    const { states, trials, onComplaint } = this.#deps;
    if (answer.status === 'busy') {
      this.#offerAgain(topic);
      return;
    }
    if (answer.status === 'stored') {
      states.stored(topic);
      if (trials.accept(topic)) onComplaint();
      return;
    }
    states.putBack(topic);
    trials.refuse(topic, stateRefusal(answer));
    onComplaint();
  }

  #sendEvent(): boolean {
    // Open events count, not only those in flight, so that a lost answer stops the walk until the silence is noticed.
    if (this.#held !== 'no' || this.#walk.open >= this.#window.size) return false;
    let event: StoredEvent | undefined;
    try {
      event = this.#walk.next();
    } catch (thrown) {
      this.#hold(logFailed(thrown), 0, LOG_PAUSE_MS);
      return false;
    }
    if (event === undefined) return false;
    const { sequence, timeMs } = event;
    const message = this.#messageOf(event, this.#deps.clock.read().wallMs - timeMs > HISTORICAL_MS);
    this.#publish(message, { sequence }, (answer) => this.#eventAnswered(sequence, message.topic, answer));
    return true;
  }

  /** Only while no live event waits, for its turn or for an answer. */
  #sendReplay(): boolean {
    const { replays } = this.#deps;
    if (replays === undefined || this.#held !== 'no' || this.#walk.open > 0) return false;
    const taken = replays.take(this.#window.size);
    if (taken === undefined) {
      const waitMs = replays.waitMs(this.#window.size);
      if (waitMs !== undefined) this.#schedule('replay', waitMs, () => this.#fill());
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
    const { states, trials } = this.#deps;
    this.#window.publish(message, about, (answer) => {
      onAnswer(answer);
      trials.answered(
        { topic: message.topic, ...about },
        states.hasUnsent((topic) => trials.isSetAside(topic)),
      );
      this.#afterAnswer();
    });
  }

  #eventAnswered(sequence: number, topic: string, answer: PublishAnswer): void {
    if (answer.status === 'stored') {
      this.#walk.stored(sequence);
      if (this.#held === 'no') this.#busyAnswers = 0;
      if (this.#window.isEmpty || this.#walk.unsaved >= MOST_UNSAVED) this.#save();
      else this.#schedule('save', Math.max(0, this.#nextSaveMs - this.#nowMs()), () => this.#save());
    } else if (answer.status === 'refused') {
      this.#hold(eventRefused(topic, sequence, answer), sequence, REFUSED_PAUSE_MS);
    } else if (this.#held === 'no') {
      this.#busyAnswers += 1;
      this.#hold(eventsBusy(answer), sequence, retryDelayMs(BUSY, this.#busyAnswers, this.#deps.random));
    }
  }

  #afterAnswer(): void {
    if (this.#farewell !== undefined) this.#sayFarewell();
    else if (this.#held === 'due') this.#resume();
    else this.#fill();
  }

  /** Pauses the sending of events. The first cause of a pause is the one that is shown. */
  #hold(error: GatepostError, sequence: number, pauseMs: number): void {
    if (this.#ended || this.#held !== 'no') return;
    this.#problem = { error, sequence, untilMs: this.#nowMs() + pauseMs };
    this.#pause(this.#problem.untilMs);
    this.#deps.onProblem(error);
  }

  #pause(untilMs: number): void {
    this.#held = 'pausing';
    this.#schedule('resume', untilMs - this.#nowMs(), () => {
      this.#held = 'due';
      this.#resume();
    });
  }

  /** Continues at the cursor when everything sent before has its answer. */
  #resume(): void {
    if (!this.#window.isEmpty) return;
    this.#held = 'no';
    this.#walk.rewind();
    this.#save();
    this.#fill();
  }

  #save(): void {
    this.#nextSaveMs = this.#nowMs() + SAVE_EVERY_MS;
    try {
      this.#walk.save();
    } catch (thrown) {
      this.#hold(logFailed(thrown), 0, LOG_PAUSE_MS);
      return;
    }
    this.#deps.onProgress();
  }

  #solve(): void {
    if (this.#problem === undefined || this.#held !== 'no') return;
    if (this.#walk.storedUpTo < this.#problem.sequence) return;
    this.#problem = undefined;
    this.#deps.onProblem(undefined);
  }

  #offerAgain(topic: string): void {
    this.#busyStates.add(topic);
    this.#schedule('states', STATE_PAUSE_MS, () => {
      for (const busy of this.#busyStates) this.#deps.states.putBack(busy);
      this.#busyStates.clear();
      this.#fill();
    });
  }

  #sayFarewell(): void {
    if (this.#farewell === undefined || !this.#window.isEmpty) return;
    const { message, resolve } = this.#farewell;
    this.#farewell.message = undefined;
    if (message === undefined) resolve();
    else this.#publish(message, {}, () => undefined);
  }

  /** Sets one of the timers unless it is set already. */
  #schedule(name: TimerName, delayMs: number, run: () => void): void {
    if (this.#ended || this.#timers.has(name)) return;
    const cancel = this.#deps.clock.schedule(delayMs, () => {
      this.#timers.delete(name);
      run();
    });
    this.#timers.set(name, cancel);
  }

  #nowMs(): number {
    return this.#deps.clock.read().monotonicMs;
  }
}
