import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { atMost, type Line, median, ms, percentile, ratio } from './report.ts';
import { DAY_MS, KEPT, RetentionGate } from './retention-gate.ts';
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
}

/** Decisions at an aged store and at one that is a day old, in turn. */
interface Compared {
  readonly aged: number;
  readonly fresh: number;
}

async function compare(
  aged: RetentionGate,
  fresh: RetentionGate,
  before?: () => Promise<void>,
): Promise<Compared> {
  const times = { aged: [] as number[], fresh: [] as number[] };
  for (let at = 0; at < DECISIONS; at++) {
    // Neither is always the first.
    for (const which of at % 2 === 0 ? (['aged', 'fresh'] as const) : (['fresh', 'aged'] as const)) {
      if (which === 'aged') await before?.();
      times[which].push((which === 'aged' ? aged : fresh).decisionMs());
    }
  }
  return { aged: median(times.aged), fresh: median(times.fresh) };
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
      reduced: count("event WHERE name <> '' AND recorded_ms <= ? AND body IS NULL", nowMs - KEPT.reducedMs),
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

function progress(day: number | string, aged: RetentionGate, compared: Compared | undefined): void {
  const bytes = aged.sizeBytes();
  const cells = [
    String(day).padStart(5),
    (bytes / MIB).toFixed(0).padStart(7),
    String(aged.rows).padStart(10),
    compared === undefined ? '' : ratio(compared.aged / compared.fresh).padStart(8),
  ];
  console.log(`  ${cells.join('  ')}`);
}

/** Days of a busy gate in a real store, with the purge of every hour. */
export async function measureRetention({ days, passages }: RetentionSizes = FULL): Promise<readonly Line[]> {
  const aged = new RetentionGate('retention', passages);
  const fresh = new RetentionGate('retention-day-one', passages);
  await Promise.all([aged.start(), fresh.start()]);
  const perHour = Math.floor(passages / 24);
  try {
    for (let hour = 0; hour < 24; hour++) fresh.hour(perHour);
    console.log('    day      MiB        rows  decision against day one');
    const sizes: number[] = [];
    for (let day = 1; day <= days; day++) {
      for (let hour = 0; hour < 24; hour++) aged.hour(perHour);
      sizes.push(aged.sizeBytes());
      const isCompared = day % Math.ceil(days / COMPARISONS) === 0 && day < days;
      if (isCompared || day % Math.ceil(days / LINES) === 0)
        progress(day, aged, isCompared ? await compare(aged, fresh) : undefined);
    }
    const last = await compare(aged, fresh);
    progress('end', aged, last);
    const left = overdue(aged);
    const costs = rowCosts(aged.store.path);
    const used = usedBytes(aged.store.path);
    for (const { form, rows, bytesEach } of costs)
      console.log(`  ${form.padEnd(10)} ${String(rows).padStart(9)} rows of ${bytesEach.toFixed(0)} bytes`);
    const turnsMs = [...aged.turnsMs];
    // A purge that has a day's rows to do, and decisions between its turns.
    for (let hour = 0; hour < 24; hour++) aged.write(perHour);
    const between = await compare(aged, fresh, async () => {
      aged.purgeTurn(true);
      // Somebody comes at any moment of the pause that the purge makes.
      await delay(Math.random() * PURGE_PAUSE_MS);
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
        last.aged / last.fresh,
        1.2,
        `${ratio(last.aged / last.fresh)} (${ms(last.fresh)})`,
      ),
      atMost(
        'the same in the pauses of a purge',
        between.aged / between.fresh,
        1.2,
        `${ratio(between.aged / between.fresh)} (${ms(between.fresh)})`,
      ),
      atMost(
        'a turn of a purge, 95th percentile',
        percentile(turnsMs, 0.95),
        10,
        ms(percentile(turnsMs, 0.95)),
        ' ms',
      ),
    ];
  } finally {
    await Promise.all([aged.stop(), fresh.stop()]);
  }
}
