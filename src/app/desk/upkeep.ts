import { PURGE_CLASSES, type PurgeClass } from '../../core/access/vocabulary.ts';
import { GatepostError, messageOf } from '../../core/errors.ts';
import { vouchedMs } from '../../core/time/clock-reading.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventOutbox, StoreHealth } from '../../ports/event-log.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import type { PassageHistory } from '../../ports/passage-history.ts';
import type { PurgeBook } from '../../ports/retention.ts';
import type { RowReducer } from '../../ports/row-reducer.ts';
import type {
  CommandRun,
  EndingPart,
  ExportOrder,
  StandDownView,
  StorageView,
  UpkeepAnswer,
  UpkeepCommands,
  UpkeepDesk,
  UpkeepView,
} from '../../ports/upkeep.ts';
import type { EventWriter } from '../log/event-writer.ts';

export interface UpkeepSettings {
  /** Id of this kiosk, the subject of the events. */
  readonly gate: string;
  readonly backup: {
    /** Whether a key of the office is named. */
    readonly hasRecipient: boolean;
    readonly folder?: string | undefined;
    readonly warnAfterDays: number;
  };
  /** How long each part of a row is kept, in milliseconds. */
  readonly keptMs: Readonly<Record<PurgeClass, number>>;
  readonly standDown: StandDownView;
}

interface UpkeepDeps {
  readonly commands: UpkeepCommands;
  readonly store: Pick<StoreHealth, 'room' | 'sizes'> & {
    readonly outbox: Pick<EventOutbox, 'position'>;
    readonly passages: Pick<PassageHistory, 'sinceMs'>;
    readonly rows: Pick<RowReducer, 'oldestWith'>;
    readonly purges: Pick<PurgeBook, 'progress'>;
  };
  readonly notes: EventWriter;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: UpkeepSettings;
}

/**
 * The keep of the kiosk itself, at the desk: what there is, the doctor, a backup on order, the log as a file. What takes
 * time is done by commands in processes of their own, one of a kind at a time, which end with the gate.
 */
export class Upkeep implements UpkeepDesk, Lifecycle {
  readonly #deps: UpkeepDeps;
  #ending = new AbortController();
  #backup: UpkeepView['backup']['run'];
  #doctor: UpkeepView['doctor'];
  /** Over when the file is there, or nobody takes it any more. */
  #export: AbortSignal | undefined;

  constructor(deps: UpkeepDeps) {
    this.#deps = deps;
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#ending.signal.aborted) this.#ending = new AbortController();
  }

  /** Ends what runs. */
  async stop(): Promise<void> {
    this.#ending.abort(new Error('the gate has ended'));
  }

  view(): UpkeepView {
    const { hasRecipient, folder, warnAfterDays } = this.#deps.settings.backup;
    const lacks = !hasRecipient ? 'recipient' : folder === undefined ? 'folder' : undefined;
    return {
      storage: this.#storage(),
      backup: {
        ...(lacks && { lacks }),
        ...(folder === undefined ? {} : { folder }),
        ...(hasRecipient ? { warnAfterDays } : {}),
        ...(this.#backup && { run: this.#backup }),
      },
      ...(this.#doctor && { doctor: this.#doctor }),
    };
  }

  examine(): UpkeepAnswer {
    if (this.#doctor?.state === 'running') return 'busy';
    const look = async () => ({ findings: await this.#deps.commands.examine(this.#ending.signal) });
    void this.#run('The doctor', look, (run) => {
      this.#doctor = run;
    });
    return 'done';
  }

  backup(operator: string): UpkeepAnswer {
    const { commands, notes, settings } = this.#deps;
    const { hasRecipient, folder } = settings.backup;
    if (!hasRecipient || folder === undefined) return 'lacking';
    if (this.#backup?.state === 'running') return 'busy';
    notes.write([{ name: 'operator.upkeep', subject: settings.gate, data: { operator, act: 'backup' } }]);
    const make = async () => ({ detail: await commands.backup(folder, this.#ending.signal) });
    void this.#run('A backup', make, (run) => {
      this.#backup = run;
    });
    return 'done';
  }

  export(order: ExportOrder, operator: string, signal: AbortSignal): AsyncIterable<Uint8Array> | 'busy' {
    const { notes, settings } = this.#deps;
    const { from, to } = order;
    if (from !== undefined && to !== undefined && from > to)
      throw new GatepostError('usage', 'The last day lies before the first. Check both and order it again.');
    if (this.#export?.aborted === false) return 'busy';
    const data = { operator, act: 'export' as const, ...order };
    notes.write([{ name: 'operator.upkeep', subject: settings.gate, data }]);
    this.#export = signal;
    return this.#exported(order, signal);
  }

  standDown(): StandDownView {
    return this.#deps.settings.standDown;
  }

  async *#exported(order: ExportOrder, signal: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
    try {
      yield* this.#deps.commands.export(order, AbortSignal.any([signal, this.#ending.signal]));
    } catch (error) {
      this.#deps.logger.warn({ error: messageOf(error) }, 'The log was not exported to its end.');
      throw error;
    } finally {
      if (this.#export === signal) this.#export = undefined;
    }
  }

  async #run<T>(what: string, work: () => Promise<T>, show: (run: CommandRun<T>) => void): Promise<void> {
    const { clock, logger } = this.#deps;
    const nowMs = () => clock.read().wallMs;
    show({ state: 'running', sinceMs: nowMs() });
    try {
      const result = await work();
      show({ state: 'done', atMs: nowMs(), ...result });
    } catch (error) {
      const detail = messageOf(error);
      logger.warn({ error: detail }, `${what} that was ordered at the desk did not come to its end.`);
      show({ state: 'failed', atMs: nowMs(), detail });
    }
  }

  #storage(): StorageView {
    const { store, clock } = this.#deps;
    const { firstSequence, lastSequence } = store.outbox.position();
    const sizes = store.sizes();
    const sinceMs = store.passages.sinceMs();
    return {
      ...(sizes && { bytes: sizes.database + sizes.wal }),
      ...store.room(),
      rows: lastSequence === 0 ? 0 : lastSequence - firstSequence + 1,
      ...(sinceMs === undefined ? {} : { sinceMs }),
      ...(vouchedMs(clock.read()) > 0 && { ends: PURGE_CLASSES.map((part) => this.#ends(part)) }),
    };
  }

  #ends(part: PurgeClass): EndingPart {
    const { store, settings } = this.#deps;
    const keptMs = settings.keptMs[part];
    const oldestMs = store.rows.oldestWith(part, store.purges.progress(part).reached);
    return { part, keptMs, ...(oldestMs === undefined ? {} : { nextMs: oldestMs + keptMs }) };
  }
}
