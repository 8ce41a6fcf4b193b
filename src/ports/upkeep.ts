import type { ExportFormat, PurgeClass } from '../core/access/vocabulary.ts';

/** A line of `gatepost doctor`. */
export interface DoctorFinding {
  /** Stable name of the check. */
  readonly check: string;
  readonly grade: 'ok' | 'warn' | 'fail';
  /** What was found, and what to do about it: English, for the installer. */
  readonly text: string;
  readonly fix?: string;
}

/** Which part of the log is taken away. */
export interface ExportOrder {
  readonly format: ExportFormat;
  /** First and last day by the time of the site, YYYY-MM-DD; without them from the begin and until now. */
  readonly from?: string;
  readonly to?: string;
}

/**
 * The program's own commands, each in a process of its own with a lower priority, which reads beside the gate and
 * never holds it up. Every one ends with the signal.
 */
export interface UpkeepCommands {
  /** @throws Error where there is no answer */
  examine(signal: AbortSignal): Promise<readonly DoctorFinding[]>;
  /** Writes a backup into a folder. @returns what it said last @throws Error with what it said */
  backup(folder: string, signal: AbortSignal): Promise<string>;
  /** The bytes as they are read, no faster than they are taken. @throws Error with what it said, while it is read */
  export(order: ExportOrder, signal: AbortSignal): AsyncIterable<Uint8Array>;
}

/** A part of rows, and when the next of it ends. */
export interface EndingPart {
  readonly part: PurgeClass;
  /** For how long it is kept, in milliseconds. */
  readonly keptMs: number;
  /** Unix milliseconds; absent where nothing of it was found. */
  readonly nextMs?: number;
}

/** How much room the store takes, and when what of it ends. */
export interface StorageView {
  /** Bytes of the database with its write-ahead file. */
  readonly bytes?: number;
  /** Of its disk. */
  readonly freeBytes?: number;
  readonly sizeBytes?: number;
  /** Rows of the log, and when the oldest was written (Unix milliseconds). */
  readonly rows: number;
  readonly sinceMs?: number;
  /** Undefined while no time is confirmed, because nothing is erased then. */
  readonly ends?: readonly EndingPart[];
}

/** A command that somebody at the desk has ordered: it runs, or how it ended. Times are Unix milliseconds. */
export type CommandRun<T> =
  | { readonly state: 'running'; readonly sinceMs: number }
  | ({ readonly state: 'done'; readonly atMs: number } & T)
  | {
      readonly state: 'failed';
      readonly atMs: number;
      /** What it said: English, for the installer. */
      readonly detail: string;
    };

/** What the desk knows of the kiosk's own keep. */
export interface UpkeepView {
  readonly storage: StorageView;
  readonly backup: {
    /** Why none can be ordered here: there is no key of the office, or no folder, in the config. */
    readonly lacks?: 'recipient' | 'folder';
    readonly folder?: string;
    readonly warnAfterDays?: number;
    readonly run?: CommandRun<{ readonly detail: string }>;
  };
  /** What the doctor found, once somebody asked since the start. */
  readonly doctor?: CommandRun<{ readonly findings: readonly DoctorFinding[] }>;
}

/** What is done at the machine to end the checkpoint for good. */
export interface StandDownView {
  readonly site: string;
  /** Lines for a terminal of the kiosk. */
  readonly commands: readonly string[];
}

export type UpkeepAnswer = 'done' | 'busy' | 'lacking';

/** Looks after what the kiosk keeps, for signed-in operators. What takes data away is on record before it is done. */
export interface UpkeepDesk {
  /** @throws GatepostError `log.unavailable` */
  view(): UpkeepView;
  /** Begins to look; `busy` while it does. */
  examine(): UpkeepAnswer;
  /**
   * Begins a backup. `lacking`: the config says not whereto, or for whom.
   * @throws GatepostError `log.unavailable`; then nothing was done
   */
  backup(operator: string): UpkeepAnswer;
  /**
   * The log as a file; `busy` while another is taken. It ends with the signal.
   * @throws GatepostError `usage` for days in the wrong order; `log.unavailable`: then nothing was done
   */
  export(order: ExportOrder, operator: string, signal: AbortSignal): AsyncIterable<Uint8Array> | 'busy';
  standDown(): StandDownView;
}
