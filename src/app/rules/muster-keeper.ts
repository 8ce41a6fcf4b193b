import type { Effect } from '../../core/decision/effect.ts';
import { isGatepostError } from '../../core/errors.ts';
import {
  isUnderWay,
  LONG_INSIDE_MS,
  LONGEST_MUSTER_MS,
  type Muster,
  type MusterCause,
  type MusterLine,
  type MusterTick,
  MusterTicks,
  UNSURE_MS,
} from '../../core/report/muster.ts';
import { siteDayAt } from '../../core/time/site-time.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { GateState } from '../../ports/gate-state.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import type { MusterBook } from '../../ports/muster-book.ts';
import type { HolderState } from '../../ports/rule-store.ts';
import { type OrderTable, type Planned, refused } from '../log/desk-records.ts';
import type { EventWriter, UndatedEvent } from '../log/event-writer.ts';
import type { MusterErasure } from './muster-erasure.ts';
import type { RecordsTrust } from './records-trust.ts';

/** What could not be read or stored is tried again after so long, in milliseconds. */
const AGAIN_MS = 5_000;
/** How often it looks whether a list is over. */
const LOOK_EVERY_MS = 60_000;

export interface MusterSettings {
  /** Whether a fire alarm and an evacuation of the site make a list. */
  readonly atFire: boolean;
  /** Readers at which people are ticked; undefined: all of this gate. */
  readonly accessPoints?: readonly string[];
  /** How long a list is kept after its end, in milliseconds. */
  readonly keptMs: number;
}

interface MusterKeeperDeps {
  readonly settings: MusterSettings;
  readonly book: MusterBook;
  readonly erasure: MusterErasure;
  readonly holderState: Pick<HolderState, 'occupancy'>;
  readonly trust: Pick<RecordsTrust, 'doubt'>;
  readonly notes: EventWriter;
  readonly state: Pick<GateState, 'doors' | 'siteOrder' | 'muster'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Id of this kiosk, the subject of the events. */
  readonly gate: string;
  /** IANA name. */
  readonly timeZone: string;
}

/**
 * The list of who is inside, from a fire alarm, an evacuation or an order until its end: frozen at its moment, ticked by
 * passes at readers and by hand, kept over restarts, and erased in its time. It moves no door and delays none: what it
 * writes comes after what the gate does.
 */
export class MusterKeeper implements Lifecycle {
  readonly #deps: MusterKeeperDeps;
  #muster: Muster | undefined;
  #lines: readonly MusterLine[] = [];
  #lineOf: ReadonlyMap<string, number> = new Map();
  #ticks = new MusterTicks(0);
  #changes = 0;
  /** What could not be stored yet, in order. */
  #owed: { readonly event?: UndatedEvent; readonly effect: Effect }[] = [];
  #alarm: Exclude<MusterCause, 'order'> | undefined;
  #running = false;
  #ends: Cancel[] = [];
  #cancelLook: Cancel = () => undefined;
  #cancelBegin: Cancel = () => undefined;

  constructor(deps: MusterKeeperDeps) {
    this.#deps = deps;
  }

  /** To be started after the doors, so that a fire of this moment is known. @throws GatepostError `log.unavailable` */
  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#running) return;
    this.#running = true;
    const { book, state, settings } = this.#deps;
    const muster = book.newest();
    this.#hold(muster, muster ? book.lines(muster.number) : [], muster ? book.ticks(muster.number) : []);
    this.#look();
    if (!settings.atFire) return;
    this.#ends = [state.doors.follow(() => this.#alarms()), state.siteOrder.follow(() => this.#alarms())];
  }

  async stop(): Promise<void> {
    this.#running = false;
    for (const end of this.#ends) end();
    this.#ends = [];
    this.#cancelLook();
    this.#cancelBegin();
    this.#store();
  }

  /** Whether passes at this reader tick people now. */
  ticksAt(accessPoint: string): boolean {
    const { accessPoints } = this.#deps.settings;
    return isUnderWay(this.#muster) && accessPoints?.includes(accessPoint) !== false;
  }

  /** A genuine pass was shown at a reader. Never throws. */
  seen(passId: string, accessPoint: string): void {
    const line = this.#lineOf.get(passId);
    if (line === undefined || !this.ticksAt(accessPoint)) return;
    this.#tick({ line, atMs: this.#nowMs(), at: accessPoint });
  }

  /** The list, as far as it could be stored; what holders have had erased meanwhile is gone from it. */
  list():
    | { readonly muster: Muster; readonly lines: readonly MusterLine[]; readonly ticks: MusterTicks }
    | undefined {
    const muster = this.#muster;
    if (muster === undefined) return undefined;
    const isStored = this.#owed.length === 0 && muster.erasedMs === undefined;
    const lines = isStored ? this.#deps.book.lines(muster.number) : this.#lines;
    return { muster, lines, ticks: this.#ticks };
  }

  readonly table: OrderTable<'begin-muster' | 'tick-muster' | 'end-muster'> = {
    'begin-muster': ({ operator, note }): Planned => {
      if (isUnderWay(this.#muster))
        return refused('muster_on', 'There is a list already, and it is not ended.');
      return this.#done(() => this.#begin('order', { by: operator, note }));
    },
    'tick-muster': ({ operator, muster, line, here }): Planned => {
      if (!isUnderWay(this.#muster) || this.#muster.number !== muster)
        return refused('muster_over', 'This list is ended. Look at the newest one.');
      if (line > this.#muster.people)
        return refused('muster_over', 'There is nobody of this number on the list.');
      return this.#done(() => {
        if (here) this.#tick({ line, atMs: this.#nowMs(), by: operator });
        else this.#untick(line);
        return true;
      });
    },
    'end-muster': ({ operator, muster, note }): Planned => {
      if (!isUnderWay(this.#muster) || this.#muster.number !== muster)
        return refused('muster_over', 'This list is ended. Look at the newest one.');
      return this.#done(() => this.#end(operator, note));
    },
  };

  /** What follows is recorded by this keeper itself, because it must not wait for a disk in a fire. */
  #done(work: () => boolean): Planned {
    return {
      events: [],
      shuts: true,
      act: () =>
        work()
          ? undefined
          : refused('not_recorded', 'The records cannot be read. See the alarm for the log.'),
    };
  }

  /** A new alarm makes a list; one that ends leaves it to the people. */
  #alarms(): void {
    const { state, clock } = this.#deps;
    const isFire = state.doors.values.some(({ fire }) => fire === true);
    const isEvacuated = state.siteOrder.values.some(({ holds }) => holds === 'evacuate');
    const before = this.#alarm;
    this.#alarm = isFire ? 'fire' : isEvacuated ? 'evacuation' : undefined;
    if (this.#alarm === undefined) this.#cancelBegin();
    if (this.#alarm === undefined || before !== undefined) return;
    // In a turn of its own: the doors come first.
    this.#cancelBegin = clock.schedule(0, () => this.#beginAtAlarm());
  }

  #beginAtAlarm(): void {
    if (this.#alarm === undefined || isUnderWay(this.#muster)) return;
    if (this.#begin(this.#alarm, {})) return;
    this.#cancelBegin = this.#deps.clock.schedule(AGAIN_MS, () => this.#beginAtAlarm());
  }

  /** Returns false where the records cannot be read. */
  #begin(cause: MusterCause, who: Pick<Muster, 'by' | 'note'>): boolean {
    const { book, holderState, trust, timeZone, gate, logger } = this.#deps;
    const startedMs = this.#nowMs();
    try {
      const lines = book.inside();
      const people = lines.length;
      const muster: Muster = {
        number: (this.#muster?.number ?? 0) + 1,
        cause,
        startedMs,
        ...who,
        people,
        doubts: {
          counted: holderState.occupancy(),
          ...book.unnamed(startedMs - UNSURE_MS, siteDayAt(startedMs, timeZone)),
          long: lines.filter(({ sinceMs }) => sinceMs < startedMs - LONG_INSIDE_MS).length,
          doubted: trust.doubt() !== undefined,
        },
      };
      this.#hold(muster, lines, []);
      const { doubts, number } = muster;
      const data = { muster: number, cause, ...who, people, ...doubts };
      this.#write({ kind: 'keepMuster', muster, lines }, { name: 'muster.started', subject: gate, data });
      return true;
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      logger.error({ code: error.code, err: error }, `There is no list of who is inside: ${error.message}`);
      return false;
    }
  }

  #end(by: string, note?: string): boolean {
    if (!isUnderWay(this.#muster)) return true;
    const muster: Muster = { ...this.#muster, endedMs: this.#nowMs(), endedBy: by };
    this.#muster = muster;
    const { number, people } = muster;
    const why = note === undefined ? {} : { note };
    const data = { muster: number, by, people, ticked: this.#ticks.count, ...why };
    this.#write({ kind: 'keepMuster', muster }, { name: 'muster.ended', subject: this.#deps.gate, data });
    return true;
  }

  #tick(tick: MusterTick): void {
    if (!isUnderWay(this.#muster) || !this.#ticks.tick(tick)) return;
    this.#write({ kind: 'tickMuster', muster: this.#muster.number, tick });
  }

  #untick(line: number): void {
    if (!isUnderWay(this.#muster) || !this.#ticks.untick(line)) return;
    this.#write({ kind: 'untickMuster', muster: this.#muster.number, line });
  }

  #hold(muster: Muster | undefined, lines: readonly MusterLine[], ticks: readonly MusterTick[]): void {
    this.#muster = muster;
    this.#lines = lines;
    this.#lineOf = new Map(
      lines.flatMap(({ passId, line }) => (passId === undefined ? [] : [[passId, line]])),
    );
    this.#ticks = new MusterTicks(lines.length, ticks);
    this.#show();
  }

  #write(effect: Effect, event?: UndatedEvent): void {
    this.#owed.push({ effect, ...(event === undefined ? {} : { event }) });
    this.#store();
    this.#changes += 1;
    this.#show();
  }

  /** Stores everything that is owed, in one transaction; what cannot be stored is kept for the next time. */
  #store(): void {
    const { notes, logger } = this.#deps;
    if (this.#owed.length === 0) return;
    const events = this.#owed.flatMap(({ event }) => event ?? []);
    try {
      notes.write(
        events,
        this.#owed.map(({ effect }) => effect),
        { usesReserve: true },
      );
      this.#owed = [];
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      logger.error(
        { code: error.code, err: error },
        `The list of who is inside is not stored: ${error.message}`,
      );
    }
  }

  #look(): void {
    const { clock, settings, erasure } = this.#deps;
    this.#cancelLook();
    this.#cancelLook = clock.schedule(this.#owed.length > 0 ? AGAIN_MS : LOOK_EVERY_MS, () => this.#look());
    this.#store();
    if (isUnderWay(this.#muster) && this.#nowMs() - this.#muster.startedMs >= LONGEST_MUSTER_MS)
      this.#end('auto');
    if (this.#owed.length > 0) return;
    for (const erased of erasure.eraseDue(settings.keptMs))
      if (erased.number === this.#muster?.number) this.#hold(erased, [], []);
    this.#show();
  }

  #show(): void {
    const { state, settings } = this.#deps;
    const muster = this.#muster;
    if (muster === undefined) return;
    const { doubts: _doubts, note: _note, ...head } = muster;
    state.muster.set({
      ...head,
      ticked: this.#ticks.count,
      changes: this.#changes,
      ...(this.#owed.length > 0 ? { unstored: true } : {}),
      ...(muster.endedMs === undefined || muster.erasedMs !== undefined
        ? {}
        : { eraseMs: muster.endedMs + settings.keptMs }),
    });
  }

  #nowMs(): number {
    return Math.floor(this.#deps.clock.read().wallMs);
  }
}
