import { rmSync, statSync } from 'node:fs';
import { Store } from '../../src/adapters/sqlite/store.ts';
import type { Retention, RetentionSettings } from '../../src/app/log/retention.ts';
import type { Effect } from '../../src/core/decision/effect.ts';
import type { EventDraft } from '../../src/core/events/event.ts';
import type { ClockReading } from '../../src/core/time/clock-reading.ts';
import type { Cancel, Clock } from '../../src/ports/clock.ts';
import { accessGranted, doorOpened, SAMPLE_ACCESS } from '../support/gate/event-samples.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { makePurge } from '../support/store/purge.ts';
import { freshFolder } from './filled-store.ts';
import { GATE, holderRef, SITE } from './pass-supply.ts';

const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
const STEP_MS = 15_000;
/** Passages written in one transaction while the store is filled. */
const BATCH = 1_200;
/** Each of them comes by so often in a day. */
const PASSAGES_OF_A_PERSON = 1.35;

/** How long a gate keeps what, as the contract says. */
export const KEPT: RetentionSettings = {
  screeningMs: 3 * DAY_MS,
  accessMs: 14 * DAY_MS,
  reducedMs: 90 * DAY_MS,
  operatorMs: 180 * DAY_MS,
  visitMs: 14 * DAY_MS,
  orderMs: 14 * DAY_MS,
};

/** Of this process, all its threads together. */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * The date is the bench's, durations are the processor time of this process: a turn of a purge is then as long as it is
 * where nothing else runs. What is scheduled runs when the bench says so.
 */
class BenchClock implements Clock {
  wallMs = Date.UTC(2020, 1, 24);
  #due: { readonly delayMs: number; readonly run: () => void } | undefined;

  read(): ClockReading {
    return { wallMs: this.wallMs, monotonicMs: processorMs(), quality: 'synced' };
  }

  schedule(delayMs: number, run: () => void): Cancel {
    this.#due = { delayMs, run };
    return () => {
      this.#due = undefined;
    };
  }

  /** Runs one turn; false if nothing is due within a minute. */
  turn(first: boolean): boolean {
    const due = this.#due;
    if (due === undefined || (!first && due.delayMs > 60_000)) return false;
    this.#due = undefined;
    due.run();
    return true;
  }
}

/** A store with the purge of a gate, and the passages of a day that the bench moves. */
export class RetentionGate {
  readonly clock = new BenchClock();
  readonly folder: string;
  readonly store: Store;
  readonly turnsMs: number[] = [];
  readonly #retention: Retention;
  readonly #persons: number;
  #passages = 0;

  constructor(name: string, passagesADay: number) {
    const { clock } = this;
    this.folder = freshFolder(name);
    this.#persons = Math.max(50, Math.floor(passagesADay / PASSAGES_OF_A_PERSON));
    this.store = new Store({
      folder: this.folder,
      site: SITE,
      gate: GATE,
      clock,
      logger: new SilentLogger(),
    });
    this.#retention = makePurge(this.store, clock, KEPT);
  }

  async start(): Promise<void> {
    const { signal } = new AbortController();
    await this.store.start(signal);
    await this.#retention.start(signal);
  }

  async stop(): Promise<void> {
    await this.#retention.stop();
    await this.store.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** An hour with so many passages, and the turns of the purge after it. */
  hour(passages: number): void {
    this.write(passages);
    for (let first = true; this.purgeTurn(first); ) first = false;
  }

  /** An hour with so many passages. */
  write(passages: number): void {
    const startMs = this.clock.wallMs;
    for (let done = 0; done < passages; done += BATCH) {
      const count = Math.min(BATCH, passages - done);
      const all = Array.from({ length: count }, (_, at) => {
        this.clock.wallMs = startMs + Math.floor((HOUR_MS * (done + at)) / passages);
        return this.#passage();
      });
      this.store.log.commit({
        events: all.flatMap(({ events }) => events),
        effects: all.flatMap(({ effects }) => effects),
      });
    }
    this.clock.wallMs = startMs + HOUR_MS;
    this.#book();
    this.store.outbox.advance(this.store.outbox.position().lastSequence);
    while (this.store.tree.grow() > 0);
  }

  /** @param first whatever is due next, however late */
  purgeTurn(first: boolean): boolean {
    const startMs = processorMs();
    const more = this.clock.turn(first);
    if (more) this.turnsMs.push(processorMs() - startMs);
    return more;
  }

  /** Milliseconds from the question to the ledger to the decision on disk. */
  decisionMs(): number {
    this.clock.wallMs += 1;
    const { events, effects } = this.#passage();
    const passId = this.#passId(this.#passages % this.#persons);
    const startMs = performance.now();
    this.store.passMemory.stepSeen(passId, Math.floor(this.clock.wallMs / STEP_MS));
    this.store.holderState.facts({
      passId,
      holderRef: holderRef(this.#passages % this.#persons),
      direction: 'in',
      siteDay: this.#siteDay(),
      quotaDays: 2,
      usesWanted: 0,
    });
    this.store.orders.ordersFor(passId, undefined);
    this.store.log.commit({ events: events.slice(0, 1), effects });
    return performance.now() - startMs;
  }

  /** Of the database and its write-ahead file. */
  sizeBytes(): number {
    const { path } = this.store;
    return [path, `${path}-wal`].reduce(
      (sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
  }

  get rows(): number {
    return this.store.outbox.position().lastSequence;
  }

  /** What a gate with a door contact writes of one passage: four rows, a line of the ledger, a used code, counts. */
  #passage(): { readonly events: readonly EventDraft[]; readonly effects: readonly Effect[] } {
    const number = this.#passages++;
    const person = number % this.#persons;
    const timeMs = this.clock.wallMs;
    const who = { passId: this.#passId(person), holderRef: holderRef(person) };
    const passage = `01707490-9b98-7000-8000-${number.toString(16).padStart(12, '0')}`;
    const where = { direction: 'in', accessPoint: 'main-in' } as const;
    const siteDay = this.#siteDay();
    const entry = {
      passage,
      ...who,
      ...where,
      kind: 'resident',
      siteDay,
      passUntilMs: timeMs + 90 * DAY_MS,
    } as const;
    const { decision, latencyMs, ...taken } = { ...SAMPLE_ACCESS, ...who, passage };
    return {
      events: [
        accessGranted({ ...who, passage }, timeMs),
        doorOpened(timeMs),
        { ...accessGranted({}, timeMs), name: 'access.taken', data: taken },
        doorOpened(timeMs),
      ],
      effects: [
        { kind: 'rememberStep', passId: who.passId, step: Math.floor(timeMs / STEP_MS) },
        { kind: 'recordPassage', entry },
        { kind: 'confirmPassage', passage },
        { kind: 'countDay', ...where, siteDay, counted: 'granted', of: 'resident' },
      ],
    };
  }

  /** What a guard writes in an hour: a visitor, and an order that ends the next day. */
  #book(): void {
    const { wallMs } = this.clock;
    const id = `ca4e${(wallMs / HOUR_MS).toString(16).padStart(12, '0')}`;
    const untilMs = wallMs + DAY_MS;
    const visitor = { passId: id, label: 'Plumber', fromMs: wallMs, untilMs, registeredBy: 'chen' };
    const order = {
      id,
      kind: 'quarantine',
      subject: { passId: id },
      fromMs: wallMs,
      untilMs,
      source: 'guard',
      by: 'chen',
      note: 'Observation',
    } as const;
    this.store.log.commit({
      events: [],
      effects: [
        { kind: 'registerVisitor', visitor },
        { kind: 'addOrder', order },
      ],
    });
  }

  #siteDay(): number {
    return Math.floor((this.clock.wallMs + 8 * HOUR_MS) / DAY_MS);
  }

  #passId(person: number): string {
    return `ca4d${person.toString(16).padStart(12, '0')}`;
  }
}
