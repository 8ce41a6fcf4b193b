import { existsSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { databasePath } from '../../src/adapters/sqlite/database.ts';
import { Store } from '../../src/adapters/sqlite/store.ts';
import type { Retention } from '../../src/app/log/retention.ts';
import type { Effect } from '../../src/core/decision/effect.ts';
import type { EventDraft } from '../../src/core/events/event.ts';
import type { ClockReading } from '../../src/core/time/clock-reading.ts';
import type { Cancel, Clock } from '../../src/ports/clock.ts';
import { accessGranted, doorOpened, SAMPLE_ACCESS } from '../support/gate/event-samples.ts';
import { KEPT } from '../support/gate/retention-settings.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { makePurge } from '../support/store/purge.ts';
import { GATE, holderRef, SITE } from './pass-supply.ts';

const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
const STEP_MS = 15_000;
const ASKED_EVERY_MS = 0.5;
/** The bench's first day. */
const BEGIN_MS = Date.UTC(2020, 1, 24);
/** Passages written in one transaction while the store is filled. */
const BATCH = 1_200;
/** Each of them comes by so often in a day. */
const PASSAGES_OF_A_PERSON = 1.35;

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
  wallMs = BEGIN_MS;
  #spent = { atMs: Number.NEGATIVE_INFINITY, processorMs: 0 };
  #due: { readonly delayMs: number; readonly run: () => void } | undefined;

  read(): ClockReading {
    // Asking costs as much as some of what is measured, and a purge asks before each row.
    const atMs = performance.now();
    if (atMs - this.#spent.atMs > ASKED_EVERY_MS) this.#spent = { atMs, processorMs: processorMs() };
    return { wallMs: this.wallMs, monotonicMs: this.#spent.processorMs, quality: 'synced' };
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

/** How long things took, counted by tenths of a millisecond, so that millions need no room. */
class Durations {
  /** By tenths of a millisecond. */
  readonly counts: Record<number, number> = {};

  add(ms: number): void {
    const at = Math.ceil(ms * 10);
    this.counts[at] = (this.counts[at] ?? 0) + 1;
  }

  addAll(counts: Readonly<Record<number, number>>): void {
    for (const [at, count] of Object.entries(counts))
      this.counts[Number(at)] = (this.counts[Number(at)] ?? 0) + count;
  }

  /** Milliseconds below which `part` (0 to 1) of all lie. */
  percentile(part: number): number {
    const all = Object.entries(this.counts).map(([at, count]) => [Number(at), count] as const);
    all.sort(([a], [b]) => a - b);
    let left = part * all.reduce((sum, [, count]) => sum + count, 0);
    for (const [at, count] of all) {
      left -= count;
      if (left <= 0) return at / 10;
    }
    return Number.NaN;
  }
}

/** A store with the purge of a gate, and the passages of a day that the bench moves. */
export class RetentionGate {
  readonly clock = new BenchClock();
  readonly folder: string;
  readonly store: Store;
  readonly turns = new Durations();
  readonly #retention: Retention;
  readonly #persons: number;
  #passages = 0;

  /** @param folder empty, or what an earlier run has left in whatever moment, which is gone on with */
  constructor(folder: string, passagesADay: number) {
    const { clock } = this;
    this.folder = folder;
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
    const hasBegun = existsSync(databasePath(this.folder));
    if (hasBegun) this.#goOn();
    await this.store.start(signal);
    await this.#retention.start(signal);
    if (hasBegun) this.#finishHour();
  }

  async stop(): Promise<void> {
    await this.#retention.stop();
    await this.store.stop();
  }

  /** Hours that are over, however many of them an earlier run has played. */
  get hours(): number {
    return Math.floor((this.clock.wallMs - BEGIN_MS) / HOUR_MS);
  }

  /** An hour with so many passages, and the turns of the purge after it. */
  hour(passages: number): void {
    this.write(passages);
    this.#purge();
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
    this.#acknowledge();
  }

  /** @param first whatever is due next, however late */
  purgeTurn(first: boolean): boolean {
    const startMs = processorMs();
    const more = this.clock.turn(first);
    if (more) this.turns.add(processorMs() - startMs);
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

  /** The end of the hour of the newest row is the present, and its number of passages what was counted so far. */
  #goOn(): void {
    const database = new Database(databasePath(this.folder), { readonly: true });
    const newest = (sql: string) => database.prepare(sql).pluck().get();
    try {
      const atMs = newest(
        'SELECT recorded_ms FROM event WHERE recorded_ms IS NOT NULL ORDER BY sequence DESC LIMIT 1',
      );
      const passage = newest('SELECT passage FROM passage ORDER BY id DESC LIMIT 1');
      this.clock.wallMs = BEGIN_MS + Math.ceil((Number(atMs) - BEGIN_MS) / HOUR_MS) * HOUR_MS;
      this.#passages = Number.parseInt(String(passage).slice(-12), 16) + 1;
    } finally {
      database.close();
    }
  }

  /** What came behind the rows of an hour, in which the run before may have ended. */
  #finishHour(): void {
    this.#acknowledge();
    this.#purge();
  }

  #acknowledge(): void {
    this.store.outbox.advance(this.store.outbox.position().lastSequence);
    while (this.store.tree.grow() > 0);
  }

  #purge(): void {
    for (let first = true; this.purgeTurn(first); ) first = false;
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
