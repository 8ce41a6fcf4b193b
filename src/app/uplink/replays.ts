import type { REPLAY_FAILURES, REPLAY_REFUSALS, ReplayReport } from '../../core/contract/commands.ts';
import { isGatepostError } from '../../core/errors.ts';
import type { StoredEvent } from '../../core/events/event.ts';
import type { Clock } from '../../ports/clock.ts';
import type { RowReplay } from '../../ports/event-log.ts';
import type { LogEpoch } from '../../ports/log-tree.ts';
import type { Logger } from '../../ports/logger.ts';
import { type ReplayRange, ReplayRun } from './replay-run.ts';

/** Replays that may wait for their turn beside the one that runs. */
const MOST_WAITING = 8;
/** Largest number of replayed events in flight. */
const WINDOW = 4;
/** A broker that takes longer than this for one answer gets one event at a time. */
const SLOW_MS = 250;
/** Pause after the log could not be read, or the broker was busy. */
const PAUSE_MS = 5_000;
/** How often a replay that runs tells how far it is. */
const PROGRESS_MS = 10_000;

/** Why a replay does not begin. */
export type ReplayRefusal = (typeof REPLAY_REFUSALS)[number];

/** How a replay ended; `failed` with the reason, after what the report says. */
export type ReplayEnd =
  | ({ readonly result: 'done' } & ReplayReport)
  | ({ readonly result: 'failed'; readonly reason: (typeof REPLAY_FAILURES)[number] } & ReplayReport);

export interface ReplayOrder extends ReplayRange {
  /** Who asks: one replay at a time is his. */
  readonly requester: string;
  readonly onProgress?: (report: ReplayReport) => void;
}

interface ReplaysDeps {
  readonly source: RowReplay;
  /** Every epoch of this log, oldest first. */
  readonly epochs: () => readonly LogEpoch[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** Events in a second, at most. */
  readonly perSecond: number;
}

interface Waiting {
  readonly run: ReplayRun;
  readonly order: ReplayOrder;
  readonly resolve: (end: ReplayEnd) => void;
}

/**
 * Events that servers ask for once more, one replay after the other (config/contract/README.md#replay). They go over
 * the connection of the live feed, which comes first: a session takes one only when it has nothing else to send. They
 * live in memory: a reconnect goes on with them, a restart ends them, and the server asks again for what it lacks.
 */
export class Replays {
  readonly #deps: ReplaysDeps;
  #queue: Waiting[] = [];
  #inFlight = 0;
  #nextMs = 0;
  #isSlow = false;
  #goesBack = false;
  #toldMs = 0;
  #onWork: () => void = () => undefined;

  constructor(deps: ReplaysDeps) {
    this.#deps = deps;
  }

  /** Sets the one listener that is called when there is something to send. */
  onWork(listener: () => void): void {
    this.#onWork = listener;
  }

  /** Why this order would not be taken now; undefined if it would. @throws GatepostError `log.unavailable` */
  refusalOf(order: ReplayOrder): ReplayRefusal | undefined {
    const range = this.#rangeOf(order);
    if (typeof range === 'string') return range;
    if (this.#queue.some(({ order: { requester } }) => requester === order.requester))
      return 'already_running';
    return this.#queue.length > MOST_WAITING ? 'too_many' : undefined;
  }

  /**
   * Takes an order, with its range cut to what the epoch has had so far.
   * @throws GatepostError `log.unavailable`
   */
  request(order: ReplayOrder): { readonly refused: ReplayRefusal } | { readonly ended: Promise<ReplayEnd> } {
    const range = this.#rangeOf(order);
    const refused = this.refusalOf(order);
    if (typeof range === 'string' || refused !== undefined) return { refused: refused ?? 'nothing_there' };
    const { from, to } = range;
    const run = new ReplayRun(range, this.#deps.source);
    const ended = new Promise<ReplayEnd>((resolve) => this.#queue.push({ run, order, resolve }));
    this.#toldMs = this.#nowMs();
    this.#deps.logger.info(
      { part: 'replay', requester: order.requester, epoch: order.epoch, from, to },
      `Events ${from} to ${to} are sent again for ${order.requester}.`,
    );
    this.#onWork();
    return { ended };
  }

  /** Ends them all, because the gate stops. */
  stop(): void {
    for (const { run, resolve } of this.#queue)
      resolve({ result: 'failed', reason: 'stopping', ...run.report });
    this.#queue = [];
  }

  /**
   * The next event to send again, with the run it belongs to; undefined if there is none now.
   * @param window the largest number of messages in flight at present
   */
  take(window: number): { readonly event: StoredEvent; readonly run: ReplayRun } | undefined {
    const [first] = this.#queue;
    if (first === undefined || this.#inFlight >= this.#limit(window) || this.#nowMs() < this.#nextMs)
      return undefined;
    const { run } = first;
    if (this.#goesBack) {
      if (this.#inFlight > 0) return undefined;
      run.rewind();
      this.#goesBack = false;
    }
    const event = this.#next(run);
    if (event === undefined) {
      this.#endDone();
      return undefined;
    }
    this.#inFlight += 1;
    return { event, run };
  }

  /** Milliseconds until take() may have something; undefined if that depends on an answer, or there is nothing to do. */
  waitMs(window: number): number | undefined {
    const waitsForAnswer = this.#inFlight >= this.#limit(window) || (this.#goesBack && this.#inFlight > 0);
    if (this.#queue.length === 0 || waitsForAnswer) return undefined;
    return Math.max(0, this.#nextMs - this.#nowMs());
  }

  /** The broker stored an event. @param tookMs how long the answer took */
  stored(run: ReplayRun, sequence: number, tookMs: number): void {
    this.#inFlight -= 1;
    this.#isSlow = tookMs > SLOW_MS;
    // On a slow line half of the time is left to others.
    if (this.#isSlow) this.#pause(tookMs);
    run.stored(sequence);
    this.#tell();
    this.#endDone();
  }

  /** The broker did not take an event just now. */
  busy(run: ReplayRun): void {
    this.#inFlight -= 1;
    if (this.#queue[0]?.run !== run) return;
    this.#goesBack = true;
    this.#pause(PAUSE_MS);
  }

  /** The broker refuses an event, and would again. */
  refused(run: ReplayRun, detail: string): void {
    this.#inFlight -= 1;
    this.#fail(run, detail);
  }

  /** The connection ended: what had no answer is sent again. @param unwanted why, if each end followed a replayed event */
  connectionEnded(unwanted: string | undefined): void {
    this.#inFlight = 0;
    this.#goesBack = true;
    this.#isSlow = false;
    const [first] = this.#queue;
    if (unwanted !== undefined && first !== undefined) this.#fail(first.run, unwanted);
  }

  #fail(run: ReplayRun, detail: string): void {
    const [first] = this.#queue;
    if (first?.run !== run) return;
    this.#deps.logger.warn({ part: 'replay' }, `The broker refuses an event that is sent again: ${detail}.`);
    this.#end({ result: 'failed', reason: 'broker_refused', ...run.report });
  }

  #rangeOf({ epoch, from, to }: ReplayOrder): ReplayRange | ReplayRefusal {
    const known = this.#deps.epochs().find((one) => one.epoch === epoch);
    if (known === undefined) return 'unknown_epoch';
    const range = { epoch, from: Math.max(from, known.firstSequence), to: Math.min(to, known.lastSequence) };
    return range.from > range.to ? 'nothing_there' : range;
  }

  /** One may always be in flight; beyond that a place is left for the live feed. */
  #limit(window: number): number {
    return this.#isSlow ? 1 : Math.max(1, Math.min(WINDOW, window - 1));
  }

  #next(run: ReplayRun): StoredEvent | undefined {
    this.#pause(1000 / this.#deps.perSecond);
    try {
      return run.next();
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      this.#pause(PAUSE_MS);
      return undefined;
    }
  }

  #pause(ms: number): void {
    this.#nextMs = Math.max(this.#nextMs, this.#nowMs() + ms);
  }

  #tell(): void {
    const [first] = this.#queue;
    if (first === undefined || this.#nowMs() - this.#toldMs < PROGRESS_MS || first.run.isDone) return;
    this.#toldMs = this.#nowMs();
    first.order.onProgress?.(first.run.report);
  }

  #endDone(): void {
    const [first] = this.#queue;
    if (first?.run.isDone) this.#end({ result: 'done', ...first.run.report });
  }

  #end(end: ReplayEnd): void {
    const [first, ...others] = this.#queue;
    this.#queue = others;
    this.#goesBack = false;
    this.#toldMs = this.#nowMs();
    this.#deps.logger.info(
      { part: 'replay', sent: end.sent, upTo: end.upTo },
      `A replay is over: ${end.result}.`,
    );
    first?.resolve(end);
  }

  #nowMs(): number {
    return this.#deps.clock.read().monotonicMs;
  }
}
