import type { Clock } from '../../ports/clock.ts';

/** Pause after a refusal: only a person can mend it, so asking often is of no use. */
export const REFUSED_PAUSE_MS = 5 * 60_000;
/** A network may break off once or twice behind the same message by chance. */
const HANG_UPS = 3;
/** So many answers in a row, with all states sent, and the broker is trusted with a full window again. */
const CALM_ANSWERS = 20;

/** A message that was on its way when the connection ended. */
export interface Unanswered {
  readonly topic: string;
  /** Of an event; a state has none. */
  readonly sequence?: number;
}

/**
 * What is learnt over one connection for the next. Some brokers end the connection behind a message that they do not
 * want, and say nothing: whoever sent the same again first would never come to anything else. So after such an end the
 * next connection sends one message at a time, events and states in turn, and what was not answered comes last among
 * the states; what the connection ends behind again and again is named and set aside for a while.
 */
export class UplinkTrials {
  readonly #clock: Clock;
  /** State topics that the broker does not want, with why and what to do, and until when they are not offered. */
  readonly #refused = new Map<string, { readonly detail: string; readonly untilMs: number }>();
  #careful = false;
  #answers = 0;
  #eventsTurn = false;
  #suspect: (Unanswered & { readonly times: number }) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** One message at a time, events and states in turn. */
  get isCareful(): boolean {
    return this.#careful;
  }

  /** The topic that the last connection may have ended for. */
  get suspect(): string | undefined {
    return this.#suspect?.topic;
  }

  /** Whose turn it is while careful; each call is one turn. */
  takeTurn(): 'event' | 'state' {
    this.#eventsTurn = !this.#eventsTurn;
    return this.#eventsTurn ? 'event' : 'state';
  }

  /** @param statesLeft whether states wait to be sent */
  answered({ topic }: Unanswered, statesLeft: boolean): void {
    if (this.#suspect?.topic === topic) this.#suspect = undefined;
    this.#answers += 1;
    if (this.#answers >= CALM_ANSWERS && !statesLeft) this.#careful = false;
  }

  /**
   * The broker ended the connection by itself. Returns the message it does that behind every time, once that is sure.
   * @param unanswered what was on its way, in order
   */
  ended(unanswered: readonly Unanswered[]): Unanswered | undefined {
    this.#answers = 0;
    const [first, ...more] = unanswered;
    if (first === undefined) return undefined;
    this.#careful = true;
    const { topic, sequence } = first;
    const again = this.#suspect?.topic === topic && this.#suspect.sequence === sequence;
    // Behind several messages at once nobody knows which it was: the first is asked about alone next time.
    const times = more.length > 0 ? 0 : (again ? (this.#suspect?.times ?? 0) : 0) + 1;
    this.#suspect = { ...first, times };
    return times >= HANG_UPS ? first : undefined;
  }

  /**
   * The broker does not want this state: it is not offered for a while, over connections too.
   * @param detail why, and what to do
   */
  refuse(topic: string, detail: string): void {
    this.#refused.set(topic, { detail, untilMs: this.#nowMs() + REFUSED_PAUSE_MS });
  }

  /** The broker has taken this state. Returns whether it had refused it before. */
  accept(topic: string): boolean {
    return this.#refused.delete(topic);
  }

  isSetAside(topic: string): boolean {
    return (this.#refused.get(topic)?.untilMs ?? 0) > this.#nowMs();
  }

  /** Milliseconds until the first state that was set aside may be offered again; undefined where there is none. */
  nextOfferMs(): number | undefined {
    const waits = [...this.#refused.values()].map(({ untilMs }) => untilMs - this.#nowMs());
    const due = waits.filter((waitMs) => waitMs > 0);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  /** What the broker refuses, for people; undefined where it takes everything. */
  get complaint(): string | undefined {
    if (this.#refused.size === 0) return undefined;
    const [{ detail } = { detail: '' }] = this.#refused.values();
    return `The broker refuses ${[...this.#refused.keys()].join(', ')}: ${detail}`;
  }

  #nowMs(): number {
    return this.#clock.read().monotonicMs;
  }
}
