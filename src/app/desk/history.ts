import { GatepostError } from '../../core/errors.ts';
import { dataOf } from '../../core/events/envelope.ts';
import type { StoredEvent } from '../../core/events/event.ts';
import { isReadingErased, passageSteps } from '../../core/events/passage-steps.ts';
import { type RowQuery, viewOf } from '../../core/events/row-view.ts';
import { spanOfPeriod, type TimeSpan } from '../../core/time/site-span.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HolderRegister } from '../../ports/holder-register.ts';
import type {
  HistoryAnswer,
  HistoryBounds,
  HistoryDesk,
  HistoryLine,
  HistoryMark,
  HistoryQuestion,
  OpenedPassage,
  PassageHistory,
} from '../../ports/passage-history.ts';
import type { VisitorBook } from '../../ports/rule-store.ts';
import { decisionView } from '../board/decision-board.ts';
import { findHolder } from '../board/holder-name.ts';
import { runInTurns } from '../lists/run-in-turns.ts';
import type { LookUpRecords } from './look-up-records.ts';

/** Lines in one answer. */
const MOST_LINES = 50;
/** A search ends after this time with what it has found; whoever wants more goes on from there. */
const LONGEST_MS = 2_500;
/** Between two turns: a code that is shown meanwhile mostly finds a gate that does nothing. */
const PAUSE_MS = 6;
/** Look-ups that wait for the one before, which has all the time that the gate gives away. */
const MOST_WAITING = 4;
const HOUR_MS = 3_600_000;
const GRANTED = 'access.granted';
const DECISION_EVENTS = { Granted: [GRANTED], Denied: ['access.denied'] } as const;

interface HistoryDeps {
  readonly history: PassageHistory;
  readonly register: HolderRegister;
  readonly visitors: VisitorBook;
  readonly lookUps: LookUpRecords;
  readonly clock: Clock;
  /** IANA name. */
  readonly timeZone: string;
  readonly bounds: Omit<HistoryBounds, 'sinceMs'>;
}

/** Who came by, from what the log still knows: read in short turns, one look-up at a time, each on record before it is answered. */
export class History implements HistoryDesk {
  readonly #deps: HistoryDeps;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(deps: HistoryDeps) {
    this.#deps = deps;
  }

  search(question: HistoryQuestion, operator: string): Promise<HistoryAnswer | 'busy'> {
    return this.#oneAtATime(async () => {
      const { history, bounds } = this.#deps;
      const span = this.#spanOf(question);
      const found = await this.#find(question, span);
      this.#deps.lookUps.searched(question, span, found.lines, operator);
      const sinceMs = history.sinceMs();
      const { accessMs, screeningMs, reducedMs } = bounds;
      return {
        ...span,
        ...found,
        bounds: { accessMs, screeningMs, reducedMs, ...(sinceMs === undefined ? {} : { sinceMs }) },
      };
    });
  }

  open(sequence: number, operator: string): Promise<OpenedPassage | undefined | 'busy'> {
    return this.#oneAtATime(async () => {
      const { history, clock } = this.#deps;
      const row = history.row(sequence);
      const line = row && isDecision(row) ? this.#lineOf(row) : undefined;
      if (row === undefined || line?.form !== 'full') return undefined;
      const rows: StoredEvent[] = [];
      function* steps(found: StoredEvent): Generator<void, void> {
        for (const some of history.passage(found, passageOf(found))) {
          rows.push(...some);
          yield;
        }
      }
      await runInTurns(steps(row), clock, PAUSE_MS);
      this.#deps.lookUps.opened(line, operator);
      return { line, steps: passageSteps(rows) };
    });
  }

  /** @throws GatepostError `usage` */
  #spanOf({ period }: HistoryQuestion): TimeSpan {
    const { clock, timeZone } = this.#deps;
    try {
      return spanOfPeriod(period, clock.read().wallMs, timeZone);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new GatepostError('usage', 'There is no such day or time. Check it and search again.');
    }
  }

  #find(question: HistoryQuestion, span: TimeSpan): Promise<Pick<HistoryAnswer, 'lines' | 'next'>> {
    const { history, clock } = this.#deps;
    const untilMs = clock.read().monotonicMs + LONGEST_MS;
    const lineOf = (row: StoredEvent) => this.#lineOf(row);
    function* steps(): Generator<void, Pick<HistoryAnswer, 'lines' | 'next'>> {
      const lines = new Lines();
      let next: HistoryMark | undefined = question.from ?? { toMs: span.toMs };
      const whole = { ...span, fromMs: Math.floor(span.fromMs / HOUR_MS) * HOUR_MS };
      for (const { row, mark } of history.rows({ ...queryOf(question), ...whole }, next)) {
        if (row !== undefined) {
          const line = lineOf(row);
          // What is left of erased rows is known by the hour alone.
          if (line.form === 'reduced' || row.timeMs >= span.fromMs) lines.add(line);
        }
        next = mark;
        if (lines.count === MOST_LINES || clock.read().monotonicMs >= untilMs)
          return { lines: lines.all(), next };
        yield;
      }
      return { lines: lines.all() };
    }
    return runInTurns(steps(), clock, PAUSE_MS);
  }

  #lineOf(row: StoredEvent): HistoryLine {
    const { sequence, timeMs, body } = row;
    const view = viewOf(body);
    if (view === undefined) return { form: 'altered', sequence, timeMs };
    const decision = row.name === GRANTED ? 'Granted' : 'Denied';
    if (view.form === 'reduced') {
      const { reason } = view.data;
      return {
        ...{ form: 'reduced', timeMs, decision, count: 1 },
        ...(typeof reason === 'string' ? { reason } : {}),
      };
    }
    const { register, visitors } = this.#deps;
    const data = dataOf(row, GRANTED);
    const visitor = data.passId === undefined ? undefined : visitors.find(data.passId)?.label;
    return {
      ...{ form: 'full', sequence },
      view: decisionView(data, timeMs, 'unknown', { holder: findHolder(register, data.holderRef) }),
      ...(visitor === undefined ? {} : { visitor }),
      ...(view.envelope.timequality === 'unsynced' ? { isUnsynced: true } : {}),
      ...(isReadingErased(view) ? { isReadingErased: true } : {}),
      ...(data.counted === undefined ? {} : { counted: data.counted }),
    };
  }

  async #oneAtATime<T>(work: () => Promise<T>): Promise<T | 'busy'> {
    if (this.#waiting >= MOST_WAITING) return 'busy';
    this.#waiting += 1;
    const turn = this.#last.then(work).finally(() => {
      this.#waiting -= 1;
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

/** Lines of an answer; of what is left of erased rows one for each hour, outcome and reason. */
class Lines {
  readonly #lines: HistoryLine[] = [];
  readonly #erased = new Map<string, number>();

  /** How many are rows that can be told apart. */
  get count(): number {
    return this.#lines.length - this.#erased.size;
  }

  add(line: HistoryLine): void {
    if (line.form === 'reduced') {
      const key = `${line.timeMs} ${line.decision} ${line.reason}`;
      const at = this.#erased.get(key);
      const before = at === undefined ? undefined : this.#lines[at];
      if (at !== undefined && before?.form === 'reduced') {
        this.#lines[at] = { ...before, count: before.count + 1 };
        return;
      }
      this.#erased.set(key, this.#lines.length);
    }
    this.#lines.push(line);
  }

  all(): readonly HistoryLine[] {
    return this.#lines;
  }
}

function isDecision({ name }: StoredEvent): boolean {
  return Object.values(DECISION_EVENTS).some(([known]) => known === name);
}

function queryOf({ accessPoint, decision, reason, kind, passId, holderRef }: HistoryQuestion): RowQuery {
  const types = decision === undefined ? Object.values(DECISION_EVENTS).flat() : DECISION_EVENTS[decision];
  return {
    types,
    ...(accessPoint && { accessPoint }),
    ...(reason && { reason }),
    ...(kind && { kind }),
    ...(passId && { passId }),
    ...(holderRef && { holderRef }),
  };
}

function passageOf(row: StoredEvent): string {
  return dataOf(row, GRANTED).passage;
}
