import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { KEPT } from '../support/gate/retention-settings.ts';
import { freshFolder } from './filled-store.ts';
import { atMost, type Line, median, ms, percentile, ratio } from './report.ts';
import { DAY_MS, processorMs, RetentionGate } from './retention-gate.ts';
import { type RowCost, rowCosts, usedBytes } from './row-costs.ts';

const HOUR_MS = DAY_MS / 24;
/** More than a year of a very busy gate. */
const FULL = { days: 400, passages: 27_000 } as const;
const ROWS_A_PASSAGE = 4;
const MIB = 1024 * 1024;
const LARGEST_BYTES = 3_000_000_000;
/** Decisions at each store for one comparison. */
const DECISIONS = 400;
/** What is over goes at the next look, which may be an hour away, and by whole hours. */
const GRACE_MS = 3 * HOUR_MS;
/** Between two turns of a purge. */
const PURGE_PAUSE_MS = 100;
const LINES = 40;
const COMPARISONS = 20;

/** How much of it. Durations are never shortened, so fewer days show less of the steady state. */
export interface RetentionSizes {
  readonly days: number;
  readonly passages: number;
  /** An empty folder for the store and for what is known of the days so far: it stays there. */
  readonly keep?: string;
  /** Such a folder, in which an earlier run was ended or killed: goes on there. */
  readonly resume?: string;
}

/** Decision times at an aged store, at one that is a day old, and of a bare row, in turn. */
interface Compared {
  readonly aged: readonly number[];
  readonly fresh: readonly number[];
  readonly floor: readonly number[];
}

/** What a commit costs where nothing is asked and one row as long as that of a decision is written. */
class BareRows {
  readonly #database: Database.Database;
  readonly #insert: Database.Statement<[Buffer]>;
  readonly #body = Buffer.alloc(1_000, 'x');

  constructor(folder: string) {
    this.#database = new Database(join(folder, 'floor.db'));
    this.#database.pragma('journal_mode = WAL');
    this.#database.pragma('synchronous = FULL');
    this.#database.exec(
      'CREATE TABLE IF NOT EXISTS event (sequence INTEGER PRIMARY KEY, body BLOB NOT NULL)',
    );
    this.#insert = this.#database.prepare('INSERT INTO event (body) VALUES (?)');
  }

  commitMs(): number {
    const startMs = performance.now();
    this.#insert.run(this.#body);
    return performance.now() - startMs;
  }

  close(): void {
    this.#database.close();
  }
}

/** The order changes, so that none is always the first. @param before each of them; `aged` goes before that one alone */
async function compare(
  gates: { readonly aged: RetentionGate; readonly fresh: RetentionGate; readonly floor: BareRows },
  before?: { readonly aged: () => void; readonly each: () => Promise<void> },
): Promise<Compared> {
  const { aged, fresh, floor } = gates;
  const times = { aged: [] as number[], fresh: [] as number[], floor: [] as number[] };
  const run = {
    aged: () => aged.decisionMs(),
    fresh: () => fresh.decisionMs(),
    floor: () => floor.commitMs(),
  };
  const orders = [
    ['aged', 'fresh', 'floor'],
    ['fresh', 'aged', 'floor'],
  ] as const;
  for (let at = 0; at < DECISIONS; at++)
    for (const which of orders[at % 2] ?? []) {
      if (which === 'aged') before?.aged();
      await before?.each();
      times[which].push(run[which]());
    }
  return times;
}

/** Median of the aged store's decisions by that of the other one's. */
function slowdown({ aged, fresh }: Compared): number {
  return median(aged) / median(fresh);
}

function shownWith(compared: Compared): string {
  const { aged, fresh, floor } = compared;
  const times = (all: readonly number[]) => `${ms(median(all))}, p95 ${ms(percentile(all, 0.95))}`;
  return `${ratio(slowdown(compared))} (${times(aged)}; day one ${times(fresh)}; bare row ${times(floor)})`;
}

/** Records that are still there some hours after their time, by kind. */
function overdue({ store, clock }: RetentionGate): Readonly<Record<string, number>> {
  const nowMs = clock.wallMs - GRACE_MS;
  const parts = { screening: KEPT.screeningMs, access: KEPT.accessMs, operator: KEPT.operatorMs };
  const rows = Object.entries(parts).map(([part, keptMs]) => {
    const through = store.rows.newestBefore(nowMs - keptMs);
    return [part, store.rows.survey(part as keyof typeof parts, { after: 0, through }, 0).count] as const;
  });
  const database = new Database(store.path, { readonly: true });
  const count = (sql: string, ...values: number[]): number =>
    Number(
      database
        .prepare<number[], number>(`SELECT count(*) FROM ${sql}`)
        .pluck()
        .get(...values),
    );
  try {
    return {
      ...Object.fromEntries(rows),
      // But the beginning of the log, which verifying needs.
      reduced: count(
        `event WHERE name <> '' AND recorded_ms <= ? AND body IS NULL
          AND sequence <> (SELECT max(sequence) FROM event WHERE name = 'log.reset')`,
        nowMs - KEPT.reducedMs,
      ),
      // Days of the ledger are looked at once they are over, and every person here has come again since.
      ledger: count('passage WHERE at_ms <= ?', nowMs - KEPT.accessMs - 2 * DAY_MS),
      visitors: count('visitor WHERE until_ms <= ?', nowMs - KEPT.visitMs),
      orders: count('standing_order WHERE until_ms <= ?', nowMs - KEPT.orderMs),
      codes: count('pass_step WHERE step < ?', Math.floor((nowMs - DAY_MS) / 15_000)),
    };
  } finally {
    database.close();
  }
}

/** The steady state of the full size, by what a row costs in each form here; everything else as it is. */
function computed(costs: readonly RowCost[], used: number): number {
  const each = (form: string) => costs.find((cost) => cost.form === form)?.bytesEach ?? Number.NaN;
  const rowsADay = FULL.passages * ROWS_A_PASSAGE;
  const days = { written: KEPT.screeningMs, packed: KEPT.accessMs - KEPT.screeningMs };
  const reducedMs = KEPT.reducedMs - KEPT.accessMs;
  const scaled =
    (each('written') * rowsADay * days.written +
      each('packed') * rowsADay * days.packed +
      each('reduced') * rowsADay * reducedMs +
      each('ledger') * FULL.passages * (KEPT.accessMs + DAY_MS) +
      each('code') * FULL.passages * DAY_MS) /
    DAY_MS;
  const here = costs
    .filter(({ form }) => form !== 'hash only' && form !== 'operator')
    .reduce((sum, { rows, bytesEach }) => sum + rows * bytesEach, 0);
  return scaled + used - here;
}

/** What the days so far were, beside the store. */
interface KeptDays {
  readonly passages: number;
  /** Bytes at the end of each day. */
  readonly sizes: number[];
  /** Turns of the purge by their tenths of a millisecond. */
  readonly turns: Readonly<Record<number, number>>;
  readonly processorMs: number;
}

/** The folder of one run: a store, and the days so far. */
class RunFolder {
  readonly #path: string;
  readonly #isKept: boolean;

  constructor({ keep, resume }: RetentionSizes) {
    this.#isKept = (keep ?? resume) !== undefined;
    this.#path = keep ?? resume ?? freshFolder('retention');
    if (keep !== undefined && existsSync(this.store))
      throw new Error(`${keep} holds a run already. Go on there: --resume ${keep}`);
    if (resume !== undefined && !existsSync(this.store))
      throw new Error(`${resume} holds no run. Begin one: --keep ${resume}`);
    mkdirSync(this.store, { recursive: true, mode: 0o700 });
  }

  get store(): string {
    return join(this.#path, 'store');
  }

  /** An empty folder beside it, for the store that it is compared with: both lie on one disk. */
  dayOne(): string {
    const path = join(this.#path, 'day-one');
    rmSync(path, { recursive: true, force: true });
    mkdirSync(path, { mode: 0o700 });
    return path;
  }

  load(passages: number): KeptDays {
    if (!existsSync(this.#days)) return { passages, sizes: [], turns: {}, processorMs: 0 };
    const kept: KeptDays = JSON.parse(readFileSync(this.#days, 'utf8'));
    if (kept.passages !== passages)
      throw new Error(
        `The run in ${this.#path} has ${kept.passages} passages a day: --passages ${kept.passages}`,
      );
    return kept;
  }

  save(days: KeptDays): void {
    if (!this.#isKept) return;
    writeFileSync(`${this.#days}.new`, JSON.stringify(days));
    renameSync(`${this.#days}.new`, this.#days);
  }

  end(): void {
    if (!this.#isKept) rmSync(this.#path, { recursive: true, force: true });
  }

  get #days(): string {
    return join(this.#path, 'days.json');
  }
}

function progress(day: number | string, aged: RetentionGate, spentMs: number, compared?: Compared): void {
  const bytes = aged.sizeBytes();
  const cells = [
    String(day).padStart(5),
    (bytes / MIB).toFixed(0).padStart(7),
    String(aged.rows).padStart(10),
    ((spentMs * 1000) / aged.rows).toFixed(0).padStart(7),
    compared === undefined ? '' : ratio(slowdown(compared)).padStart(8),
  ];
  console.log(`  ${cells.join('  ')}`);
}

/** Days of a busy gate in a real store, with the purge of every hour. */
export async function measureRetention(wanted: RetentionSizes = FULL): Promise<readonly Line[]> {
  const { days, passages } = wanted;
  const folder = new RunFolder(wanted);
  const before = folder.load(passages);
  const freshPath = folder.dayOne();
  const aged = new RetentionGate(folder.store, passages);
  const fresh = new RetentionGate(freshPath, passages);
  const floor = new BareRows(freshPath);
  const gates = { aged, fresh, floor };
  await Promise.all([aged.start(), fresh.start()]);
  const perHour = Math.floor(passages / 24);
  try {
    for (let hour = 0; hour < 24; hour++) fresh.hour(perHour);
    console.log('    day      MiB        rows  us a row  decision against day one');
    const sizes = [...before.sizes];
    aged.turns.addAll(before.turns);
    let spentMs = before.processorMs;
    for (let day = sizes.length + 1; day <= days; day++) {
      const startMs = processorMs();
      while (aged.hours < day * 24) aged.hour(perHour);
      spentMs += processorMs() - startMs;
      sizes.push(aged.sizeBytes());
      folder.save({ passages, sizes, turns: aged.turns.counts, processorMs: spentMs });
      const isCompared = day % Math.ceil(days / COMPARISONS) === 0 && day < days;
      if (isCompared || day % Math.ceil(days / LINES) === 0)
        progress(day, aged, spentMs, isCompared ? await compare(gates) : undefined);
    }
    const last = await compare(gates);
    progress('end', aged, spentMs, last);
    const left = overdue(aged);
    const costs = rowCosts(aged.store.path);
    const used = usedBytes(aged.store.path);
    for (const { form, rows, bytesEach } of costs)
      console.log(`  ${form.padEnd(10)} ${String(rows).padStart(9)} rows of ${bytesEach.toFixed(0)} bytes`);
    const turnMs = aged.turns.percentile(0.95);
    // A purge that has a day's rows to do, and decisions between its turns. Somebody comes at any moment of the pause
    // that it makes; a processor that has rested is slower, so the others are asked after the same rest.
    for (let hour = 0; hour < 24; hour++) aged.write(perHour);
    const between = await compare(gates, {
      aged: () => aged.purgeTurn(true),
      each: () => delay(Math.random() * PURGE_PAUSE_MS),
    });
    const isFull = days >= FULL.days && passages >= FULL.passages;
    const size = isFull ? Math.max(...sizes) : computed(costs, used);
    const settled = Math.max(...sizes.slice(-Math.ceil(days / 8)));
    const earlier = Math.max(...sizes.slice(0, -Math.ceil(days / 8)));
    const over = Object.values(left).reduce((sum, count) => sum + count, 0);
    return [
      atMost(
        isFull
          ? `largest size of the store in ${days} days of ${passages} passages`
          : `store of ${FULL.days} days of ${FULL.passages} passages, computed from the bytes of a row`,
        size,
        LARGEST_BYTES,
        `${(size / 1e9).toFixed(2)} GB`,
        ' bytes',
      ),
      atMost('growth in the last eighth of the days', settled / earlier, 1.02, ratio(settled / earlier)),
      atMost(
        'records over their time by three hours',
        over,
        0,
        over === 0 ? `0 of ${Object.keys(left).length} kinds` : JSON.stringify(left),
      ),
      atMost(
        'decision on the last day against a store of one day, in turn',
        slowdown(last),
        1.2,
        shownWith(last),
      ),
      atMost('the same in the pauses of a purge', slowdown(between), 1.2, shownWith(between)),
      atMost('a turn of a purge, 95th percentile, processor time', turnMs, 10, ms(turnMs), ' ms'),
    ];
  } finally {
    floor.close();
    await Promise.all([aged.stop(), fresh.stop()]);
    rmSync(freshPath, { recursive: true, force: true });
    folder.end();
  }
}
