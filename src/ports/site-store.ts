import type { EventDraft } from '../core/events/event.ts';
import type { Signer } from '../core/pass/issue-pass.ts';
import type { DayCell } from '../core/report/day-counts.ts';
import type { DeletionReport, ErasedCounts } from '../core/report/deletion-report.ts';
import type { AttentionView } from './boards.ts';

/** The records of a checkpoint at its end. Everything throws GatepostError `log.unavailable`. */
export interface SiteEnding {
  /** Ended before, by a run that may not have come to its own end. */
  isStoodDown(): boolean;
  logEnd(): DeletionReport['log'];
  /** How much there is of everything that is about to be erased. */
  holdings(): ErasedCounts;
  /**
   * Erases every table about people, writes `event`, and bars the store from being used again: all of it or nothing.
   * From then on the end can only be completed.
   */
  standDown(event: EventDraft): void;
  /** Leaves only the hash of every event that may be about a person, so that the chain can still be verified. */
  eraseEvents(): void;
  /** Writes the file anew, so that nothing that was erased is left in its unused parts. */
  compact(): void;
}

/** The files of a checkpoint at its end. Everything throws GatepostError `usage` where a file cannot be handled. */
export interface EndingFiles {
  /** The key of this gate, made at its first use. */
  gateKey(): Signer;
  /** Replaces what an interrupted run left. */
  keepReport(text: string): void;
  report(): string;
  /** Signed lists and what came with them, and every key but that of the gate. */
  eraseLists(): void;
  eraseGateKey(): void;
}

export interface KeptAttention {
  /** Newest first. */
  readonly items: readonly AttentionView[];
  /** Sequence of the newest row of the log when it was kept; 0 where nothing was. */
  readonly sequence: number;
}

/** Keeps what no guard has seen yet over a restart. */
export interface AttentionBook {
  /** As it was kept last; nothing where that cannot be read as such a list. @throws GatepostError `log.unavailable` */
  load(): KeptAttention;
  /** Replaces what was kept. On disk when the call returns. @throws GatepostError `log.unavailable` */
  keep(items: readonly AttentionView[]): void;
}

/** The counts of each day, which outlive the events they come from. */
export interface DayCounts {
  /** The cells of one day of the site, in a fixed order. @throws GatepostError `log.unavailable` */
  cells(siteDay: number): readonly DayCell[];
  /** Days with counts after the last closed one and before `siteDay`, oldest first. @throws `log.unavailable` */
  openDaysBefore(siteDay: number): readonly number[];
  /** All days that have counts, oldest first. @throws GatepostError `log.unavailable` */
  days(): readonly number[];
}
