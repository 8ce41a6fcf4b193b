import type { Decision, PassKind } from '../core/access/vocabulary.ts';
import type { StoredEvent } from '../core/events/event.ts';
import type { PassageStep, StepForm } from '../core/events/passage-steps.ts';
import type { RowQuery } from '../core/events/row-view.ts';
import type { SitePeriod, TimeSpan } from '../core/time/site-span.ts';
import type { DecisionView } from './boards.ts';

/** Where a search goes on: with what is older than a moment, and of the stretch below it only rows below a number. */
export interface HistoryMark {
  /** Unix milliseconds. */
  readonly toMs: number;
  readonly before?: number;
}

/**
 * The log of passages, read in steps of a few milliseconds while the gate goes on. The body of a row that is not as it was written
 * is empty.
 */
export interface PassageHistory {
  /**
   * Rows that fit, the newest first: by stretches of an hour at most, and by their numbers within one, whatever the clock did. Each
   * step says where a further search goes on behind it; many find nothing.
   * @throws GatepostError `log.unavailable`
   */
  rows(
    query: RowQuery & TimeSpan,
    from: HistoryMark,
  ): Generator<{ readonly row?: StoredEvent; readonly mark: HistoryMark }, void>;
  /** A row, unless there is nothing left of it to read. @throws GatepostError `log.unavailable` */
  row(sequence: number): StoredEvent | undefined;
  /**
   * All rows of the passage of a row, from some time before it until a day after it; each step has some of them.
   * @throws GatepostError `log.unavailable`
   */
  passage(row: StoredEvent, passage: string): Generator<readonly StoredEvent[], void>;
  /** When the oldest row was written, in Unix milliseconds; undefined: there is none. @throws GatepostError `log.unavailable` */
  sinceMs(): number | undefined;
}

/** What somebody at the desk looks for; every member that is there has to fit. */
export interface HistoryQuestion {
  readonly period: SitePeriod;
  readonly accessPoint?: string;
  readonly decision?: Decision;
  readonly reason?: string;
  readonly kind?: PassKind;
  readonly passId?: string;
  readonly holderRef?: string;
  /** Where the answer before ended. */
  readonly from?: HistoryMark;
}

/** One decision as far as the log still tells of it. */
export type HistoryLine =
  | {
      readonly form: Extract<StepForm, 'full'>;
      readonly sequence: number;
      readonly view: DecisionView;
      /** Of a visit: who it is in the visitors' book. */
      readonly visitor?: string;
      readonly isUnsynced?: true;
      readonly isReadingErased?: true;
      /** It stands for so many; what it says is of the last of them. */
      readonly counted?: number;
    }
  /** What retention or an erasure has left: so many in the hour that begins at `timeMs`. */
  | {
      readonly form: Extract<StepForm, 'reduced'>;
      readonly timeMs: number;
      readonly decision: Decision;
      readonly reason?: string;
      readonly count: number;
    }
  /** It is not as it was written, and cannot be read. */
  | { readonly form: Extract<StepForm, 'altered'>; readonly sequence: number; readonly timeMs: number };

/** For how long what is kept, and since when there is anything: what an answer cannot know. Milliseconds. */
export interface HistoryBounds {
  readonly accessMs: number;
  readonly screeningMs: number;
  readonly reducedMs: number;
  /** Unix milliseconds of the oldest row. */
  readonly sinceMs?: number;
}

export interface HistoryAnswer extends TimeSpan {
  readonly lines: readonly HistoryLine[];
  /** There may be more from here on; absent at the end. */
  readonly next?: HistoryMark;
  readonly bounds: HistoryBounds;
}

/** A passage from its first row to what was done about it later. */
export interface OpenedPassage {
  readonly line: HistoryLine & { readonly form: 'full' };
  readonly steps: readonly PassageStep[];
}

/** Looks up passages for a signed-in operator. Every look-up is on record before it is answered. */
export interface HistoryDesk {
  /**
   * @returns `busy`: too many are looking at once
   * @throws GatepostError `usage` for a day or a time that there is not; `log.unavailable`
   */
  search(question: HistoryQuestion, operator: string): Promise<HistoryAnswer | 'busy'>;
  /**
   * The passage of a row. @returns undefined where nothing is left of it; `busy` as above
   * @throws GatepostError `log.unavailable`
   */
  open(sequence: number, operator: string): Promise<OpenedPassage | undefined | 'busy'>;
}
