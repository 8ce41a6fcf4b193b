import { isGatepostError } from '../../core/errors.ts';
import { type DataRequest, MOST_REQUESTS, type RequestKind } from '../../core/report/data-request.ts';
import { vouchedMs } from '../../core/time/clock-reading.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { DataRequestBook, Eraser } from '../../ports/data-requests.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Attention } from '../board/attention.ts';
import { type OrderTable, overrideAt, type Planned, refused } from '../log/desk-records.ts';
import type { EventWriter } from '../log/event-writer.ts';

/** After an erasure that failed, the next try is so many milliseconds later. */
const RETRY_MS = 15 * 60_000;

interface DataRequestsDeps {
  readonly book: DataRequestBook;
  /** Without it a command has to carry out what was confirmed. */
  readonly eraser?: Eraser | undefined;
  readonly notes: EventWriter;
  readonly attention: Attention;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Id of this kiosk, the subject of what a guard answers. */
  readonly gate: string;
  /** For so long a request waits for its answer, and its answer is kept, in milliseconds. */
  readonly keptMs: number;
  /** How often it looks whether a command has answered, in milliseconds. */
  readonly everyMs: number;
}

/**
 * Requests for a copy of the data of a pass, or for their erasure, that were made at the gate: at most one open for a
 * pass. The guard's list names those that wait; a guard answers them, or a command. What was confirmed to be erased the gate
 * has erased at once; a copy is made by a command, where the office wants the file.
 */
export class DataRequests implements Lifecycle {
  readonly #deps: DataRequestsDeps;
  #cancel: Cancel | undefined;
  #erasing: { readonly done: Promise<void>; readonly abort: AbortController } | undefined;
  /** Monotonic ms before which no further erasure is begun, because one has failed. */
  #pausedUntilMs = Number.NEGATIVE_INFINITY;

  constructor(deps: DataRequestsDeps) {
    this.#deps = deps;
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#cancel === undefined) this.#look();
  }

  async stop(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#erasing?.abort.abort();
    await this.#erasing?.done;
  }

  /** The newest request about a pass. @throws GatepostError `log.unavailable` */
  newestOf(passId: string): DataRequest | undefined {
    return this.#deps.book.newestOf(passId);
  }

  /**
   * Whether somebody may ask about this pass now: none is open or about to be carried out, and there is room.
   * @throws GatepostError `log.unavailable`
   */
  mayAsk(passId: string): boolean {
    const { book } = this.#deps;
    const state = book.newestOf(passId)?.state;
    return state !== 'open' && state !== 'confirmed' && book.open().length < MOST_REQUESTS.open;
  }

  /** On record when it returns; undefined if nobody may ask. @throws GatepostError `log.unavailable` */
  ask(passId: string, kind: RequestKind, accessPoint: string): DataRequest | undefined {
    const { book, notes, clock } = this.#deps;
    if (!this.mayAsk(passId)) return undefined;
    const number = book.nextNumber();
    const asked = { number, kind, accessPoint, askedMs: clock.read().wallMs };
    const data = { request: number, kind, accessPoint };
    notes.write(
      [{ name: 'privacy.requested', subject: accessPoint, data }],
      [{ kind: 'addRequest', request: { ...asked, passId } }],
    );
    this.#show();
    return { ...asked, state: 'open' };
  }

  readonly table: OrderTable<'answer-request'> = {
    'answer-request': ({ operator, request, answer, note }): Planned => {
      const { book, gate, clock } = this.#deps;
      if (book.find(request)?.state !== 'open')
        return refused('request_over', 'There is no such request that waits for an answer.');
      const atMs = clock.read().wallMs;
      return {
        events: [overrideAt(gate, { operator, action: 'answer-request', request, answer, note })],
        effects: [{ kind: 'answerRequest', number: request, answer, by: operator, note, atMs }],
        act: () => {
          this.#show();
          this.#eraseNext();
          return undefined;
        },
      };
    },
  };

  #look(): void {
    const { clock, everyMs, logger } = this.#deps;
    this.#cancel = clock.schedule(everyMs, () => this.#look());
    try {
      this.#endOld();
      this.#show();
      this.#eraseNext();
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      logger.debug({ code: error.code }, `Requests of people wait: ${error.message}`);
    }
  }

  /** By confirmed time alone, as everything that ends by its age. */
  #endOld(): void {
    const { book, notes, clock, keptMs } = this.#deps;
    const nowMs = vouchedMs(clock.read());
    const overMs = nowMs - keptMs;
    if (book.hasEnded(overMs)) notes.write([], [{ kind: 'endRequests', overMs, nowMs }]);
  }

  #eraseNext(): void {
    const { book, eraser, clock } = this.#deps;
    if (eraser === undefined || this.#erasing !== undefined || this.#cancel === undefined) return;
    if (clock.read().monotonicMs < this.#pausedUntilMs) return;
    const next = book.hasUnfinished() ? 'unfinished' : book.toErase()[0];
    if (next === undefined) return;
    const abort = new AbortController();
    const done = this.#erase(eraser, next, abort.signal).finally(() => {
      this.#erasing = undefined;
    });
    this.#erasing = { done, abort };
  }

  async #erase(eraser: Eraser, which: number | 'unfinished', signal: AbortSignal): Promise<void> {
    const { logger, clock } = this.#deps;
    try {
      await eraser.erase(which, signal);
      logger.info({ request: which }, 'Erased, and signed that.');
    } catch (error) {
      if (!isGatepostError(error)) throw error;
      this.#pausedUntilMs = clock.read().monotonicMs + RETRY_MS;
      if (!signal.aborted) logger.error({ request: which, code: error.code }, error.message);
    }
  }

  #show(): void {
    const { book, attention } = this.#deps;
    attention.requestsAre([...book.open()].reverse());
  }
}
