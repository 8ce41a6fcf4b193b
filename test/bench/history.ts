import { rmSync } from 'node:fs';
import { SystemClock } from '../../src/adapters/clock/system-clock.ts';
import { Store } from '../../src/adapters/sqlite/store.ts';
import { History } from '../../src/app/desk/history.ts';
import { LookUpRecords } from '../../src/app/desk/look-up-records.ts';
import { EventWriter } from '../../src/app/log/event-writer.ts';
import type { EventDraft } from '../../src/core/events/event.ts';
import type { ClockReading } from '../../src/core/time/clock-reading.ts';
import type { Cancel, Clock } from '../../src/ports/clock.ts';
import type { HistoryMark, HistoryQuestion } from '../../src/ports/passage-history.ts';
import { accessGranted, doorOpened } from '../support/gate/event-samples.ts';
import { KEPT } from '../support/gate/retention-settings.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { freshFolder } from './filled-store.ts';
import { GATE, holderRef, SITE } from './pass-supply.ts';
import { atMost, type Line, median, ms, percentile, printTable } from './report.ts';
import { processorMs } from './retention-gate.ts';

const EVENTS = Number(process.env.BENCH_EVENTS ?? 1_000_000);
const BATCH = 5_000;
/** Rows of two weeks, so that each hour of the log has some 3,000. */
const DAYS = 14;
const DAY_MS = 86_400_000;
const HOLDERS = 2_700;
/** A decision each so many milliseconds, by a timer as a scanner's bytes come. */
const EVERY_MS = 25;
const DECISIONS = 60;
const NOBODY = 'ffffffffffffffff';

const QUESTIONS: readonly (readonly [name: string, question: HistoryQuestion])[] = [
  ['a pass that came 370 times', { period: { of: 'kept' }, holderRef: holderRef(7) }],
  ['a pass that never came', { period: { of: 'kept' }, passId: NOBODY }],
  ['a kind that never came', { period: { of: 'kept' }, kind: 'emergency' }],
  ['refusals, of which there is none', { period: { of: 'kept' }, decision: 'Denied' }],
  ['a place that is none', { period: { of: 'kept' }, accessPoint: 'side' }],
];

/** The clock of the gate, which measures the turns between what it schedules, in processor time. */
class TurnClock implements Clock {
  readonly turns: number[] = [];
  readonly #clock = new SystemClock();
  #beganMs: number | undefined;

  read(): ClockReading {
    return this.#clock.read();
  }

  schedule(delayMs: number, run: () => void): Cancel {
    if (this.#beganMs !== undefined) this.turns.push(processorMs() - this.#beganMs);
    this.#beganMs = undefined;
    return this.#clock.schedule(delayMs, () => {
      this.#beganMs = processorMs();
      run();
    });
  }
}

/** A log of a million rows: how long look-ups take, and what a decision waits and costs meanwhile. */
export async function measureHistory(): Promise<readonly Line[]> {
  const folder = freshFolder('history');
  const clock = new TurnClock();
  const logger = new SilentLogger();
  const store = new Store({ folder, site: SITE, gate: GATE, clock, logger });
  await store.start(new AbortController().signal);
  try {
    fill(store, clock.read().wallMs);
    const history = new History({
      ...{ history: store.passages, register: store.holders, visitors: store.visitors, clock },
      lookUps: new LookUpRecords({
        notes: new EventWriter({ log: store.log, clock, logger }),
        ...{ clock, gate: GATE },
      }),
      ...{ timeZone: 'Asia/Shanghai', bounds: KEPT },
    });
    return await measureIn(store, history, clock.turns);
  } finally {
    await store.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureIn(store: Store, history: History, turns: readonly number[]): Promise<readonly Line[]> {
  const alone = await decisions(store);
  const table = [['look-up of everything kept', 'lines', 'answers', 'in all']];
  const during: number[] = [];
  for (const [name, question] of QUESTIONS) {
    let isOver = false;
    const meanwhile = decisions(store, () => isOver);
    const startMs = performance.now();
    const { lines, answers } = await wholeAnswer(history, question);
    const tookMs = performance.now() - startMs;
    isOver = true;
    during.push(...(await meanwhile));
    table.push([name, String(lines), String(answers), ms(tookMs)]);
  }
  printTable(table);
  printTable([
    ['from the timer to the record on disk', 'median', 'p95', 'longest'],
    ...(
      [
        ['nobody looks anything up', alone],
        ['somebody does', during],
      ] as const
    ).map(([name, all]) => [name, ms(median(all)), ms(percentile(all, 0.95)), ms(Math.max(...all))]),
  ]);
  const cost = median(during) - median(alone);
  return [
    atMost('what a decision waits longer during a look-up, median', cost, 5, ms(Math.max(0, cost)), ' ms'),
    atMost(
      'a turn of a look-up, processor time, 99 in 100',
      percentile(turns, 0.99),
      10,
      `${ms(percentile(turns, 0.99))} (longest ${ms(Math.max(...turns))})`,
      ' ms',
    ),
  ];
}

/** Leafs through all of it. */
async function wholeAnswer(history: History, question: HistoryQuestion) {
  let lines = 0;
  let answers = 0;
  for (let from: HistoryMark | undefined, isFirst = true; isFirst || from !== undefined; isFirst = false) {
    const found = await history.search({ ...question, ...(from && { from }) }, 'chen');
    if (found === 'busy') throw new Error('The bench asks one thing at a time.');
    lines += found.lines.length;
    answers += 1;
    from = found.next;
  }
  return { lines, answers };
}

/** How long after its timer each decision was on disk, in milliseconds. */
async function decisions(store: Store, isOver?: () => boolean): Promise<number[]> {
  const took: number[] = [];
  for (let made = 0; isOver === undefined ? made < DECISIONS : !isOver(); made += 1) {
    const dueMs = performance.now() + EVERY_MS;
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    store.log.commit({ events: [accessGranted({ passage: `bench-${made}` }, Date.now())] });
    took.push(performance.now() - dueMs);
  }
  return took;
}

function fill(store: Store, nowMs: number): void {
  const startMs = performance.now();
  const everyMs = (DAYS * DAY_MS) / EVENTS;
  for (let done = 0; done < EVENTS; done += BATCH)
    store.log.commit({
      events: Array.from({ length: BATCH }, (_, at) =>
        sample(done + at, Math.floor(nowMs - (EVENTS - done - at) * everyMs)),
      ),
    });
  console.log(`  filled a log with ${EVENTS} rows in ${((performance.now() - startMs) / 1000).toFixed(0)} s`);
}

/** Four rows a passage: let through, the door, gone through, the door. */
function sample(index: number, timeMs: number): EventDraft {
  if (index % 2 === 1) return doorOpened(timeMs);
  const number = Math.floor(index / 4);
  const person = number % HOLDERS;
  const passId = person.toString(16).padStart(16, '0');
  const granted = accessGranted(
    { passId, holderRef: holderRef(person), passage: `passage-${number}` },
    timeMs,
  );
  return index % 4 === 0 ? granted : ({ ...granted, name: 'access.taken' } as EventDraft);
}
