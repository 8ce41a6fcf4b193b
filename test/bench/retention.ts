import { rmSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
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
import { atMost, type Line, median, ms, percentile, printTable, ratio } from './report.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** More than a year of a very busy gate. */
const FULL = { days: 400, passages: 27_000 } as const;
const MIB = 1024 * 1024;
const LARGEST_BYTES = 3_000_000_000;
const DECISIONS = 400;
/** Passages written in one transaction while the store is filled. */
const BATCH = 200;

/** How much of it: fewer days shorten the durations of the retention by the same factor. */
export interface RetentionSizes {
  readonly days: number;
  readonly passages: number;
}

/** The date is the bench's, durations are real. What is scheduled runs when the bench says so. */
class BenchClock implements Clock {
  wallMs = Date.UTC(2020, 1, 24);
  #due: { readonly delayMs: number; readonly run: () => void } | undefined;

  read(): ClockReading {
    return { wallMs: this.wallMs, monotonicMs: performance.now(), quality: 'synced' };
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

class Gate {
  readonly clock = new BenchClock();
  readonly folder = freshFolder('retention');
  readonly settings: RetentionSettings;
  readonly store: Store;
  readonly turnsMs: number[] = [];
  readonly #retention: Retention;
  #passages = 0;

  constructor(scale: number) {
    const { clock } = this;
    const logger = new SilentLogger();
    this.settings = {
      screeningMs: 3 * DAY_MS * scale,
      accessMs: 14 * DAY_MS * scale,
      reducedMs: 90 * DAY_MS * scale,
      operatorMs: 180 * DAY_MS * scale,
      visitMs: 14 * DAY_MS * scale,
      orderMs: 14 * DAY_MS * scale,
    };
    this.store = new Store({ folder: this.folder, site: SITE, gate: GATE, clock, logger });
    this.#retention = makePurge(this.store, clock, this.settings);
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
    for (let done = 0; done < passages; done += BATCH) {
      const count = Math.min(BATCH, passages - done);
      this.clock.wallMs += (HOUR_MS * count) / passages;
      const all = Array.from({ length: count }, () => this.#passage());
      this.store.log.commit({
        events: all.flatMap(({ events }) => events),
        effects: all.flatMap(({ effects }) => effects),
      });
    }
    if (passages === 0) this.clock.wallMs += HOUR_MS;
    this.store.outbox.advance(this.store.outbox.position().lastSequence);
    while (this.store.tree.grow() > 0);
    for (let first = true; this.purgeTurn(first); ) first = false;
  }

  purgeTurn(first: boolean): boolean {
    const startMs = performance.now();
    const more = this.clock.turn(first);
    if (more) this.turnsMs.push(performance.now() - startMs);
    return more;
  }

  /** Milliseconds from the question to the ledger to the decision on disk. */
  decisionMs(): number {
    const { events, effects } = this.#passage();
    const passId = this.#passId(this.#passages % 20_000);
    const startMs = performance.now();
    this.store.holderState.facts({
      passId,
      holderRef: holderRef(this.#passages % 20_000),
      direction: 'in',
      siteDay: this.#siteDay(),
      quotaDays: 2,
      usesWanted: 0,
    });
    this.store.orders.ordersFor(passId, undefined);
    this.store.log.commit({ events: events.slice(0, 1), effects });
    return performance.now() - startMs;
  }

  sizeBytes(): number {
    const { path } = this.store;
    return [path, `${path}-wal`].reduce(
      (sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
  }

  /** Without pages that are free for the rows of the next hours. */
  usedBytes(): number {
    const database = new Database(this.store.path, { readonly: true });
    try {
      const [pages, free, bytes] = ['page_count', 'freelist_count', 'page_size'].map((name) =>
        Number(database.pragma(name, { simple: true })),
      );
      return ((pages ?? 0) - (free ?? 0)) * (bytes ?? 0);
    } finally {
      database.close();
    }
  }

  /** Rows that still have something personal whose time was over more than three hours ago. */
  overdue(): number {
    const { screeningMs, accessMs, operatorMs } = this.settings;
    const kept = { screening: screeningMs, access: accessMs, operator: operatorMs };
    return (['screening', 'access', 'operator'] as const).reduce((sum, part) => {
      const through = this.store.rows.newestBefore(this.clock.wallMs - kept[part] - 3 * HOUR_MS);
      return sum + this.store.rows.survey(part, { after: 0, through }, 0).count;
    }, 0);
  }

  /** What a gate with a door contact writes of one passage: four rows, a line of the ledger, its counts. */
  #passage(): { readonly events: readonly EventDraft[]; readonly effects: readonly Effect[] } {
    const number = this.#passages++;
    const person = number % 20_000;
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
        { kind: 'recordPassage', entry },
        { kind: 'confirmPassage', passage },
        { kind: 'countDay', ...where, siteDay, counted: 'granted', of: 'resident' },
      ],
    };
  }

  #siteDay(): number {
    return Math.floor((this.clock.wallMs + 8 * HOUR_MS) / DAY_MS);
  }

  #passId(person: number): string {
    return `ca4d${person.toString(16).padStart(12, '0')}`;
  }
}

/** Days of a busy gate in a real store, with the purge of every hour. */
export async function measureRetention({ days, passages }: RetentionSizes = FULL): Promise<readonly Line[]> {
  const gate = new Gate(days / FULL.days);
  await gate.start();
  try {
    const times = (between?: () => void) =>
      Array.from({ length: DECISIONS }, () => {
        between?.();
        return gate.decisionMs();
      });
    const sizes = [gate.sizeBytes()];
    let firstDay: readonly number[] = [];
    const table = [['day', 'MiB', 'bytes a row written']];
    let rows = 0;
    for (let day = 1; day <= days; day++) {
      for (let hour = 0; hour < 24; hour++) gate.hour(Math.floor(passages / 24));
      rows = gate.store.outbox.position().lastSequence;
      sizes.push(gate.sizeBytes());
      if (day === 1) firstDay = times();
      if (day === 1 || day % Math.ceil(days / 16) === 0 || day === days) {
        const size = sizes.at(-1) ?? 0;
        table.push([String(day), (size / MIB).toFixed(0), (size / rows).toFixed(0)]);
      }
    }
    printTable(table);
    const lastDay = times();
    gate.hour(passages);
    gate.clock.wallMs += HOUR_MS;
    gate.clock.turn(true);
    const meanwhile = times(() => gate.purgeTurn(true));
    const whole = (FULL.days / days) * (FULL.passages / passages);
    const size = whole === 1 ? Math.max(...sizes) : gate.usedBytes() * whole;
    const settled = Math.max(...sizes.slice(-Math.ceil(days / 8)));
    const before = Math.max(...sizes.slice(0, -Math.ceil(days / 8)));
    const first = median(firstDay);
    return [
      atMost(
        `store after ${days} days of ${passages} passages${whole === 1 ? '' : `, times ${whole.toFixed(0)}`}`,
        size,
        LARGEST_BYTES,
        `${(size / 1e9).toFixed(2)} GB`,
        ' bytes',
      ),
      atMost('growth in the last eighth of the days', settled / before, 1.02, ratio(settled / before)),
      atMost(
        'rows with something personal three hours over its time',
        gate.overdue(),
        0,
        String(gate.overdue()),
      ),
      atMost(
        'decision on the last day against the first',
        median(lastDay) / first,
        1.2,
        `${ratio(median(lastDay) / first)} (${ms(first)})`,
      ),
      atMost(
        'the same between the turns of a purge',
        median(meanwhile) / first,
        1.2,
        ratio(median(meanwhile) / first),
      ),
      atMost(
        'a turn of a purge, 95th percentile',
        percentile(gate.turnsMs, 0.95),
        10,
        ms(percentile(gate.turnsMs, 0.95)),
        ' ms',
      ),
    ];
  } finally {
    await gate.stop();
  }
}
