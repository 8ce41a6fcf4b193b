import { PUSH_PERSONS, type PushPerson } from '../../core/access/vocabulary.ts';
import { needsOf } from '../../core/desk/needs.ts';
import {
  dueFor,
  nextDueMs,
  type PushPlan,
  type PushTimes,
  withNeeds,
  withTold,
  withUnreached,
} from '../../core/desk/push-plan.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { GateState } from '../../ports/gate-state.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { PushSender } from '../../ports/push.ts';
import type { EventWriter } from '../log/event-writer.ts';
import { PushLine } from './push-line.ts';

/** What waits because the notifier itself does not work cannot be told through it. */
const OWN_TROUBLE = 'device-push:';

/** Whom the notifier of the site tells; the second only where the site names one. */
export type PushSenders = Readonly<{ first: PushSender } & Partial<Record<PushPerson, PushSender>>>;

interface PushWatchDeps {
  readonly senders: PushSenders;
  readonly times: PushTimes;
  readonly notes: EventWriter;
  readonly clock: Clock;
  readonly state: Pick<GateState, 'attention' | 'doors' | 'passages' | 'devices'>;
  /** Id of this kiosk, the subject of the events. */
  readonly gate: string;
}

/**
 * Tells the guard's phone that somebody is needed, and a second one where nobody answers. It only looks at what the
 * screens show too: nothing waits for it, and a message says neither who nor why.
 */
export class PushWatch implements Lifecycle {
  readonly #deps: PushWatchDeps;
  readonly #lines: ReadonlyMap<PushPerson, PushLine>;
  #plan: PushPlan = new Map();
  #follows: readonly Cancel[] | undefined;
  #cancelNext: Cancel | undefined;
  #cancelSoon: Cancel | undefined;

  constructor(deps: PushWatchDeps) {
    this.#deps = deps;
    this.#lines = new Map(
      PUSH_PERSONS.flatMap((person) => {
        const sender = deps.senders[person];
        return sender === undefined ? [] : [[person, this.#makeLine(person, sender)]];
      }),
    );
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#follows !== undefined) return;
    const { attention, doors, passages } = this.#deps.state;
    for (const line of this.#lines.values()) line.start();
    this.#follows = [attention, doors, passages].map((one) => one.follow(() => this.#lookSoon()));
  }

  async stop(): Promise<void> {
    for (const end of this.#follows ?? []) end();
    this.#follows = undefined;
    this.#cancelNext?.();
    this.#cancelSoon?.();
    this.#cancelSoon = undefined;
    this.#plan = new Map();
    for (const line of this.#lines.values()) line.stop();
  }

  #makeLine(person: PushPerson, sender: PushSender): PushLine {
    const { clock, state } = this.#deps;
    return new PushLine({
      ...{ person, sender, clock, state },
      due: () => dueFor(person, this.#plan, this.#nowMs(), this.#deps.times),
      onSent: (ids) => {
        this.#plan = withTold(this.#plan, person, ids);
        this.#note(person, 'sent', ids.length);
      },
      onGivenUp: () => {
        this.#plan = withTold(this.#plan, person, [...this.#plan.keys()]);
      },
      onUnreached: (ids, isFirst) => {
        if (isFirst) this.#note(person, 'failed', ids.length);
        if (person !== 'first') return;
        this.#plan = withUnreached(this.#plan, ids);
        this.#lines.get('second')?.look();
      },
      onIdle: () => this.#look(),
    });
  }

  /** After whatever changes now is done: a person who gives up waiting becomes an item of the list, in two steps. */
  #lookSoon(): void {
    this.#cancelSoon ??= this.#deps.clock.schedule(0, () => this.#look());
  }

  #look(): void {
    this.#cancelSoon?.();
    this.#cancelSoon = undefined;
    const { clock, state, times } = this.#deps;
    const attention = state.attention.values.flat();
    const needs = needsOf({ attention, doors: state.doors.values, passages: state.passages.values });
    // Whoever has given up waiting is still to be looked for, until a guard has seen it.
    const given = attention.filter(({ id, kind }) => kind === 'unanswered' && this.#plan.has(id));
    const all = new Set([...needs, ...given].map(({ id }) => id));
    const ids = [...all].filter((id) => !id.startsWith(OWN_TROUBLE));
    const nowMs = this.#nowMs();
    this.#plan = withNeeds(this.#plan, ids, nowMs);
    for (const line of this.#lines.values()) line.look();
    this.#cancelNext?.();
    const nextMs = nextDueMs(this.#plan, nowMs, times, [...this.#lines.keys()]);
    this.#cancelNext = nextMs === undefined ? undefined : clock.schedule(nextMs - nowMs, () => this.#look());
  }

  #note(to: PushPerson, outcome: 'sent' | 'failed', needs: number): void {
    const { notes, gate } = this.#deps;
    notes.tryWrite({ name: 'attention.notified', subject: gate, data: { to, outcome, needs } });
  }

  #nowMs(): number {
    return this.#deps.clock.read().monotonicMs;
  }
}
