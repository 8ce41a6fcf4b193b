import { isGatepostError } from '../../core/errors.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { BackupView, GateState } from '../../ports/gate-state.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import type { BackupBook, BackupRecord } from '../../ports/site-store.ts';
import type { EventWriter } from '../log/event-writer.ts';

const DAY_MS = 86_400_000;

export interface BackupSettings {
  /** Days after the last backup from which a new one is due; undefined if no backups are asked for. */
  readonly warnAfterDays: number | undefined;
}

interface BackupWatchDeps {
  readonly book: BackupBook;
  readonly notes: EventWriter;
  readonly clock: Clock;
  readonly state: Pick<GateState, 'backup'>;
  readonly logger: Logger;
  /** Id of this kiosk, the subject of the events. */
  readonly gate: string;
  readonly settings: BackupSettings;
  /** How often it looks, in milliseconds. */
  readonly everyMs: number;
}

/**
 * Takes over what commands note of backups: makes an event of each, because only the daemon writes the log, and tells
 * how old the last one is. It also removes the copy of the store that a killed command has left.
 */
export class BackupWatch implements Lifecycle {
  readonly #deps: BackupWatchDeps;
  #cancel: Cancel | undefined;
  #shown = '';

  constructor(deps: BackupWatchDeps) {
    this.#deps = deps;
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#cancel === undefined) this.#look();
  }

  async stop(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #look(): void {
    const { book, clock, logger, everyMs } = this.#deps;
    this.#cancel = clock.schedule(everyMs, () => this.#look());
    try {
      for (const record of book.untold()) this.#tell(record);
      this.#show(book.last());
      book.sweep();
    } catch (error) {
      // The failure is reported by other writes to the log; the note stays until the event can be written.
      if (!isGatepostError(error)) throw error;
      logger.debug({ code: error.code }, `What is noted of backups waits: ${error.message}`);
    }
  }

  #tell({ id, atMs, quality, bytes, rows, recipient }: BackupRecord): void {
    this.#deps.notes.write(
      [{ name: 'storage.backup', subject: this.#deps.gate, data: { bytes, rows, recipient } }],
      [{ kind: 'noteBackup', id }],
      { at: { wallMs: atMs, quality } },
    );
  }

  /** A gate that was asked for no backups and has none says nothing. */
  #show(last: BackupRecord | undefined): void {
    const { clock, state, settings } = this.#deps;
    const { warnAfterDays } = settings;
    if (last === undefined && warnAfterDays === undefined) return;
    const { wallMs, quality } = clock.read();
    const isOld = last === undefined || wallMs - last.atMs > (warnAfterDays ?? 0) * DAY_MS;
    const view: BackupView = {
      ...(last === undefined ? {} : { lastMs: last.atMs }),
      isDue: warnAfterDays !== undefined && isOld && (last === undefined || quality !== 'unsynced'),
    };
    const text = JSON.stringify(view);
    if (text === this.#shown) return;
    this.#shown = text;
    state.backup.set(view);
  }
}
