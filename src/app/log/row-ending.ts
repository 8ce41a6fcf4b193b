import { PURGE_CLASSES, type PurgeClass } from '../../core/access/vocabulary.ts';
import type { EventDataByName } from '../../core/events/event.ts';
import { vouchedMs } from '../../core/time/clock-reading.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PurgeBook } from '../../ports/retention.ts';
import type { LogStretch, RowReducer, StretchSurvey } from '../../ports/row-reducer.ts';
import type { EventWriter } from './event-writer.ts';
import type { EndingWork, RetentionSettings } from './retention.ts';

/** log.purged is written at most once in this time for each class. */
const ANNOUNCED_EVERY_MS = 60 * 60_000;
/** No further row of a turn is begun after this time; what is left of the turn is for the pages and its commit. */
const REDUCING_MS = 5;
/**
 * Ranges of rows that one log.purged names, and rows of one look, of which every second may be one more. A range has at
 * most 34 characters, and all of them together 32,000.
 */
const MOST_STAYING = 800;
const LOOKED_AT = 256;
/** To look at a row costs so much less than to take from it. */
const SEEN_FOR_ONE = 4;

type PurgedData = EventDataByName['log.purged'];

interface RowEndingDeps {
  readonly rows: RowReducer;
  readonly book: PurgeBook;
  readonly notes: EventWriter;
  readonly clock: Clock;
  readonly settings: RetentionSettings;
  /** Rows up to this one are where they have to be. */
  readonly acknowledged: () => number;
  /** Id of this kiosk, the subject of the events. */
  readonly gate: string;
}

/**
 * Ends rows of the log part by part. log.purged says first, in a transaction of its own, which part of the rows up to
 * which one goes; then it goes, oldest rows first, so those that servers have. A row that is not acknowledged goes at
 * its time all the same. After a kill in the middle the rest of what was announced goes.
 */
export class RowEnding {
  readonly #deps: RowEndingDeps;

  constructor(deps: RowEndingDeps) {
    this.#deps = deps;
  }

  readonly work: EndingWork = (nowMs, rows) => this.#work(nowMs, rows);

  /** Goes on with erasures in which somebody was killed. What they promised depends on no time. */
  readonly erasures = (rows: () => number): Generator<void, boolean, void> => this.#erasures(rows);

  *#erasures(rows: () => number): Generator<void, boolean, void> {
    let ended = false;
    while (this.#deps.rows.finishErasures({ rows: rows(), ms: REDUCING_MS })) {
      ended = true;
      yield;
    }
    return ended;
  }

  *#work(nowMs: number, rows: () => number): Generator<void, boolean, void> {
    let ended = false;
    for (const part of PURGE_CLASSES) {
      if (yield* this.#takeAnnounced(part, rows)) ended = true;
      if ((yield* this.#announce(part, nowMs, rows)) && (yield* this.#takeAnnounced(part, rows)))
        ended = true;
      if (part === 'screening') yield* this.#pack(rows);
    }
    return ended;
  }

  /** Whole rows wait for the end of their class in half of the room, once their screening is gone. */
  *#pack(rows: () => number): Generator<void, void, void> {
    const { rows: log, book } = this.#deps;
    const through = book.progress('screening').reached;
    for (let after = book.packedThrough(); after < through; ) {
      after = log.pack({ after, through }, { rows: rows(), ms: REDUCING_MS }).through;
      book.packed(after);
      yield;
    }
  }

  /** Returns whether there is something to take. */
  *#announce(part: PurgeClass, nowMs: number, rows: () => number): Generator<void, boolean, void> {
    const { rows: log, book, notes, clock, gate } = this.#deps;
    const { announced, announcedMs } = book.progress(part);
    const sinceMs = nowMs - announcedMs;
    if (sinceMs >= 0 && sinceMs < ANNOUNCED_EVERY_MS) return false;
    const over = log.newestBefore(nowMs - this.#keptMs(part));
    // What ends has lost what it says of persons before.
    const through = part === 'ended' ? Math.min(over, book.progress('access').reached) : over;
    if (through <= announced) return false;
    const stretch = { after: announced, through };
    const data =
      part === 'ended' ? yield* this.#ending(stretch, rows) : yield* this.#going(part, stretch, rows);
    if (data === undefined) return false;
    notes.write(
      [{ name: 'log.purged', subject: gate, data }],
      [{ kind: 'announcePurge', part, through: data.through, atMs: vouchedMs(clock.read()) }],
    );
    yield;
    return true;
  }

  /** What log.purged says of a part; undefined if no row has it. */
  *#going(
    part: PurgeClass,
    stretch: LogStretch,
    rows: () => number,
  ): Generator<void, PurgedData | undefined, void> {
    const survey = yield* this.#survey(part, stretch, rows);
    if (survey.count > 0) return { class: part, through: stretch.through, ...survey };
    this.#deps.book.reached(part, stretch.through);
    return undefined;
  }

  /** The same of rows that end, with those that stay; of as many rows as one event can name. */
  *#ending(
    { after, through }: LogStretch,
    rows: () => number,
  ): Generator<void, PurgedData | undefined, void> {
    const acknowledged = this.#deps.acknowledged();
    let done = after;
    let count = 0;
    let unacknowledged: StretchSurvey['unacknowledged'];
    const staying: { readonly first: number; last: number }[] = [];
    while (done < through && staying.length < MOST_STAYING) {
      const seen = this.#deps.rows.surveyEnding({ after: done, through }, acknowledged, {
        rows: Math.min(rows(), LOOKED_AT),
        ms: REDUCING_MS,
      });
      done = seen.through;
      count += seen.count;
      if (seen.unacknowledged !== undefined) {
        const { first, last } = seen.unacknowledged;
        unacknowledged = { first: unacknowledged?.first ?? first, last };
      }
      for (const { first, last } of seen.staying) {
        const before = staying.at(-1);
        if (before?.last === first - 1) before.last = last;
        else staying.push({ first, last });
      }
      yield;
    }
    if (count === 0 && done === through) return undefined;
    return {
      class: 'ended',
      through: done,
      count,
      ...(unacknowledged && { unacknowledged }),
      ...(staying.length > 0 && {
        staying: staying
          .map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`))
          .join(','),
      }),
    };
  }

  *#survey(
    part: PurgeClass,
    { after, through }: LogStretch,
    rows: () => number,
  ): Generator<void, StretchSurvey, void> {
    const acknowledged = this.#deps.acknowledged();
    let count = 0;
    let unacknowledged: StretchSurvey['unacknowledged'];
    for (let done = after; done < through; ) {
      const next = Math.min(through, done + rows() * SEEN_FOR_ONE);
      const seen = this.#deps.rows.survey(part, { after: done, through: next }, acknowledged);
      count += seen.count;
      if (seen.unacknowledged !== undefined) {
        const { first, last } = seen.unacknowledged;
        unacknowledged = { first: unacknowledged?.first ?? first, last };
      }
      done = next;
      yield;
    }
    return { count, ...(unacknowledged === undefined ? {} : { unacknowledged }) };
  }

  *#takeAnnounced(part: PurgeClass, rows: () => number): Generator<void, boolean, void> {
    const { rows: log, book } = this.#deps;
    const { announced, reached } = book.progress(part);
    let ended = false;
    for (let after = reached; after < announced; ) {
      const done = log.reduce(part, { after, through: announced }, { rows: rows(), ms: REDUCING_MS });
      after = done.through;
      ended ||= done.count > 0;
      book.reached(part, after);
      yield;
    }
    return ended;
  }

  #keptMs(part: PurgeClass): number {
    const { screeningMs, accessMs, operatorMs, reducedMs } = this.#deps.settings;
    const kept = { screening: screeningMs, access: accessMs, operator: operatorMs, ended: reducedMs };
    return kept[part];
  }
}
