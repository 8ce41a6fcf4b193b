import type { PushPerson } from '../../core/access/vocabulary.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { DeviceView, GateState } from '../../ports/gate-state.ts';
import type { PushAnswer, PushSender } from '../../ports/push.ts';

/** Pauses before a message is tried again, in milliseconds; the last one goes on for as long as it is wanted. */
const PAUSES_MS = [2_000, 5_000, 60_000];
/** After so many tries the person counts as unreached. */
const TRIES = 3;
/** After so many, an hour, the message is given up. */
const MOST_TRIES = 62;
/** Between two messages to one person. What comes meanwhile is told with the next. */
const SHORTEST_GAP_MS = 20_000;
/** How often the notifier is looked for while nothing is sent, in milliseconds, and soon after it was not there. */
const CHECK_EVERY_MS = 300_000;
const CHECK_AGAIN_MS = 30_000;

interface PushLineDeps {
  readonly person: PushPerson;
  readonly sender: PushSender;
  readonly clock: Clock;
  readonly state: Pick<GateState, 'devices'>;
  /** What this person should be told of now. */
  readonly due: () => readonly string[];
  /** The message was taken. */
  readonly onSent: (ids: readonly string[]) => void;
  /** Called at each try from the third on, or after a refusal. `isFirst`: it could be reached until now. */
  readonly onUnreached: (ids: readonly string[], isFirst: boolean) => void;
  readonly onGivenUp: () => void;
  /** Nothing is on its way any more. */
  readonly onIdle: () => void;
}

/** The messages to one person: one at a time, tried again while somebody is still needed. */
export class PushLine {
  readonly #deps: PushLineDeps;
  #abort = new AbortController();
  #cancelPause: Cancel | undefined;
  #cancelCheck: Cancel | undefined;
  #isBusy = false;
  #nextMs = Number.NEGATIVE_INFINITY;
  #isDown = false;
  #missedChecks = 0;
  #status: DeviceView['status'] | undefined;
  #cause: string | undefined;

  constructor(deps: PushLineDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#abort = new AbortController();
    this.#show('connecting');
    void this.#check();
  }

  stop(): void {
    this.#abort.abort();
    this.#cancelPause?.();
    this.#cancelCheck?.();
    this.#isBusy = false;
  }

  /** Tells this person, or will, if anything is due. */
  look(): void {
    if (this.#isBusy || this.#deps.due().length === 0) return;
    this.#isBusy = true;
    const waitMs = Math.max(0, this.#nextMs - this.#deps.clock.read().monotonicMs);
    this.#cancelPause = this.#deps.clock.schedule(waitMs, () => void this.#try(1));
  }

  async #try(count: number): Promise<void> {
    const { sender, clock, due, onSent, onUnreached, onGivenUp } = this.#deps;
    const ids = due();
    if (ids.length === 0) return this.#idle();
    const { signal } = this.#abort;
    const answer = await sender.send(signal);
    if (signal.aborted) return;
    if (answer.status === 'sent') {
      this.#nextMs = clock.read().monotonicMs + SHORTEST_GAP_MS;
      this.#recovered();
      onSent(ids);
      return this.#idle();
    }
    if (count >= TRIES || answer.cause === 'push.refused') {
      const isFirst = !this.#isDown;
      this.#isDown = true;
      this.#show('missing', answer);
      onUnreached(ids, isFirst);
    }
    if (count >= MOST_TRIES) {
      onGivenUp();
      return this.#idle();
    }
    const pauseMs = this.#isDown ? PAUSES_MS.at(-1) : PAUSES_MS[count - 1];
    const waitMs = Math.max(pauseMs ?? CHECK_AGAIN_MS, answer.retryAfterMs ?? 0);
    this.#cancelPause = clock.schedule(waitMs, () => void this.#try(count + 1));
  }

  #recovered(): void {
    this.#isDown = false;
    this.#show('ok');
  }

  #idle(): void {
    this.#isBusy = false;
    this.#deps.onIdle();
  }

  /** A notifier that is away is told before somebody needs it. */
  async #check(): Promise<void> {
    const { sender, clock } = this.#deps;
    const { signal } = this.#abort;
    const answer = await sender.check(signal);
    if (signal.aborted) return;
    const isThere = answer.status === 'sent';
    this.#missedChecks = isThere ? 0 : this.#missedChecks + 1;
    // What a message found is not taken back by a check, which cannot know whether the next one will be taken.
    if (isThere && !this.#isBusy && this.#cause !== 'push.refused') this.#recovered();
    else if (!isThere && this.#missedChecks > 1) this.#show('missing', answer);
    const againMs = isThere ? CHECK_EVERY_MS : CHECK_AGAIN_MS;
    this.#cancelCheck = clock.schedule(againMs, () => void this.#check());
  }

  #show(status: DeviceView['status'], answer?: PushAnswer): void {
    const trouble = answer?.status === 'failed' ? answer : undefined;
    if (status === this.#status && trouble?.cause === this.#cause) return;
    this.#status = status;
    this.#cause = trouble?.cause;
    const { person, sender, clock, state } = this.#deps;
    state.devices.set({
      id: `push:${person}`,
      role: 'push',
      owner: person,
      driver: sender.place,
      simulated: false,
      status,
      ...(trouble === undefined ? {} : { cause: trouble.cause, detail: trouble.detail }),
      sinceMs: clock.read().wallMs,
    });
  }
}
