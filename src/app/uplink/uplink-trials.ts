import type { Clock } from '../../ports/clock.ts';

/** Pause after a refusal. Long, because only a person can mend the cause. */
export const REFUSED_PAUSE_MS = 5 * 60_000;
/**
 * Number of times a connection must end after the same message before that message is blamed; once or twice can be
 * chance.
 */
const HANG_UPS = 3;
/** After this many answers in a row, with all states sent, the full window is used again. */
const CALM_ANSWERS = 20;

/** A message without an answer when the connection ended. */
export interface Unanswered {
  readonly topic: string;
  /** Sequence of an event; absent for a state. */
  readonly sequence?: number;
  /** An event that is sent again for a server. */
  readonly isReplay?: boolean;
}

/**
 * What one connection learns for the next. Some brokers end the connection after a message that they do not want,
 * without a reason; sending the same message first again would block all others. So after such an end the next
 * connection sends one message at a time, events and states in turn, and the unanswered state comes last. A message
 * after which the connection ends repeatedly is reported and not sent for a while.
 */
export class UplinkTrials {
  readonly #clock: Clock;
  /** State topics that the broker refuses, with the reason and the remedy, and until when they are not offered. */
  readonly #refused = new Map<string, { readonly detail: string; readonly untilMs: number }>();
  #careful = false;
  #answers = 0;
  #eventsTurn = false;
  #suspect: (Unanswered & { readonly times: number }) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether one message at a time is sent, events and states in turn. */
  get isCareful(): boolean {
    return this.#careful;
  }

  /** The topic that may have caused the end of the last connection. */
  get suspect(): string | undefined {
    return this.#suspect?.topic;
  }

  /** What to send next while `isCareful`; each call is one turn. */
  takeTurn(): 'event' | 'state' {
    this.#eventsTurn = !this.#eventsTurn;
    return this.#eventsTurn ? 'event' : 'state';
  }

  /** @param statesLeft whether states wait to be sent */
  answered({ topic, isReplay }: Unanswered, statesLeft: boolean): void {
    if (this.#suspect?.topic === topic && this.#suspect.isReplay === isReplay) this.#suspect = undefined;
    this.#answers += 1;
    if (this.#answers >= CALM_ANSWERS && !statesLeft) this.#careful = false;
  }

  /**
   * The broker ended the connection. Returns the message that causes it, once that is certain.
   * @param unanswered the messages without an answer, in order
   */
  ended(unanswered: readonly Unanswered[]): Unanswered | undefined {
    this.#answers = 0;
    const [first, ...more] = unanswered;
    if (first === undefined) return undefined;
    this.#careful = true;
    const { topic, sequence, isReplay } = first;
    const again =
      this.#suspect?.topic === topic &&
      this.#suspect.sequence === sequence &&
      this.#suspect.isReplay === isReplay;
    // With several unanswered messages the cause is not known: the first is sent alone next time.
    const times = more.length > 0 ? 0 : (again ? (this.#suspect?.times ?? 0) : 0) + 1;
    this.#suspect = { ...first, times };
    return times >= HANG_UPS ? first : undefined;
  }

  /**
   * The broker refuses this state: it is not offered for a while, also over later connections.
   * @param detail the reason and the remedy
   */
  refuse(topic: string, detail: string): void {
    this.#refused.set(topic, { detail, untilMs: this.#nowMs() + REFUSED_PAUSE_MS });
  }

  /** The broker has taken this state. Returns whether it was refused before. */
  accept(topic: string): boolean {
    return this.#refused.delete(topic);
  }

  isSetAside(topic: string): boolean {
    return (this.#refused.get(topic)?.untilMs ?? 0) > this.#nowMs();
  }

  /** Milliseconds until the next refused state may be offered again; undefined if there is none. */
  nextOfferMs(): number | undefined {
    const waits = [...this.#refused.values()].map(({ untilMs }) => untilMs - this.#nowMs());
    const due = waits.filter((waitMs) => waitMs > 0);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  /** What the broker refuses, in words; undefined if it takes everything. */
  get complaint(): string | undefined {
    if (this.#refused.size === 0) return undefined;
    const [{ detail } = { detail: '' }] = this.#refused.values();
    return `The broker refuses ${[...this.#refused.keys()].join(', ')}: ${detail}`;
  }

  #nowMs(): number {
    return this.#clock.read().monotonicMs;
  }
}
