import type { TimeQuality } from '../core/access/vocabulary.ts';
import type { EventDraft } from '../core/events/event.ts';
import type { Signer } from '../core/pass/issue-pass.ts';
import type { DayCell, DayReview, DeviceTime, QuarterCell, SensorDay } from '../core/report/day-counts.ts';
import type { DeletionReport, ErasedCounts } from '../core/report/deletion-report.ts';
import type { AttentionView } from './boards.ts';

/** The records of a checkpoint at its end. Every method may throw GatepostError `log.unavailable`. */
export interface SiteEnding {
  /** Whether the checkpoint was already ended, by a run that may not have completed. */
  isStoodDown(): boolean;
  logEnd(): DeletionReport['log'];
  /** How much there is to erase of everything. */
  holdings(): ErasedCounts;
  /**
   * Erases every table about people, writes `event`, and bars the store from being used again: all of it or nothing.
   * From then on the end can only be completed.
   */
  standDown(event: EventDraft): void;
  /** Reduces every event that may be about a person, so that the chain can still be verified. */
  eraseEvents(): void;
  /** Rewrites the file, so that no erased data is left in its unused parts. */
  compact(): void;
}

/** The files of a checkpoint at its end. Every method may throw GatepostError `usage` if a file cannot be handled. */
export interface EndingFiles {
  /** The key of this gate, created at its first use. */
  gateKey(): Signer;
  /** Replaces the report of an interrupted run. */
  keepReport(text: string): void;
  report(): string;
  /** Erases signed lists and what came with them, and every key but that of the gate. */
  eraseLists(): void;
  eraseGateKey(): void;
}

export interface KeptAttention {
  /** Newest first. */
  readonly items: readonly AttentionView[];
  /** Sequence of the newest row of the log when it was stored; 0 if nothing was. */
  readonly sequence: number;
}

/** Keeps items that no guard has seen yet over a restart. */
export interface AttentionBook {
  /** The list as last stored; empty if it cannot be parsed. @throws GatepostError `log.unavailable` */
  load(): KeptAttention;
  /** Replaces the stored list. On disk when the call returns. @throws GatepostError `log.unavailable` */
  keep(items: readonly AttentionView[]): void;
}

/** The counts of each day, which are kept longer than the events they come from. */
export interface DayCounts {
  /** The cells of one day of the site, in a fixed order. @throws GatepostError `log.unavailable` */
  cells(siteDay: number): readonly DayCell[];
  /** Days with counts after the last closed one and before `siteDay`, oldest first. @throws `log.unavailable` */
  openDaysBefore(siteDay: number): readonly number[];
  /** All days that have counts, oldest first. @throws GatepostError `log.unavailable` */
  days(): readonly number[];
  /** Counts of each quarter of an hour of a day. @throws GatepostError `log.unavailable` */
  quarters(siteDay: number): readonly QuarterCell[];
  /** Medians of the sensors on these days, both included, of days that are closed. @throws `log.unavailable` */
  sensors(fromDay: number, toDay: number): readonly SensorDay[];
  devices(siteDay: number): readonly DeviceTime[];
  /** Undefined for a day that nobody has looked through. */
  reviewOf(siteDay: number): DayReview | undefined;
}

/** A backup of the store that a command has made. */
export interface BackupRecord {
  readonly id: number;
  /** The moment whose state is in it, Unix milliseconds. */
  readonly atMs: number;
  readonly quality: TimeQuality;
  /** Size of the file. */
  readonly bytes: number;
  /** Rows of the log in it. */
  readonly rows: number;
  /** SHA-256 of the public key that it is encrypted to, hex. */
  readonly recipient: string;
}

/** Which backups were made. Every method may throw GatepostError `log.unavailable`. */
export interface BackupBook {
  /** Those that are not events yet, oldest first. */
  untold(): readonly BackupRecord[];
  /** The newest one; undefined if there was none. */
  last(): BackupRecord | undefined;
  /** Removes what a command that was killed has left in the store folder. */
  sweep(): void;
}
