import { isGatepostError, messageOf } from '../../core/errors.ts';
import type { EventDraft, StoredEvent } from '../../core/events/event.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { EventLog, LogEntry, WriteTimes } from '../../ports/event-log.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import { type CountedRows, entryOf, RowAllowance, together } from './row-allowance.ts';
import {
  LIMITED_EVENTS,
  type LimitedRow,
  movementsOf,
  type RowGroup,
  type RowSource,
  sourceOf,
} from './row-limits.ts';

/** How often held rows are looked at. */
const LOOK_EVERY_MS = 60_000;
/**
 * Rows of each name that are read at the start, and how old they may be. Each costs a fraction of a millisecond. More
 * than a group may write at once tell nothing more of it; only refusals have groups of many passes.
 */
const ROWS_LOOKED_AT = { refusals: 500, others: 100 } as const;
const LOOKED_BACK_MS = 24 * 3_600_000;
/** Number of passes that are remembered; beyond it the one that was not shown for the longest time is forgotten. */
const MOST_PASSES = 1_000;
/** A door opens and closes for a passage, and once more for somebody who turns round. */
const MOVEMENTS_OF_A_PASSAGE = 4;
const GRANT = 'access.granted';
const REFUSALS: ReadonlySet<string> = new Set(LIMITED_EVENTS.filter((name) => name.startsWith('access.')));

interface LimitedLogDeps {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The log with a limit for each source of rows (row-limits): what happens more often is counted together, and the next
 * row of that source, the newest, says in `counted` how many it stands for. The effects of an entry are always written.
 * A restart does not begin anew: the newest rows of the log say what was written before.
 */
export class LimitedLog implements EventLog, Lifecycle {
  readonly #deps: LimitedLogDeps;
  /** By key. There are as many as there are devices, doors and access points. */
  readonly #groups = new Map<string, RowAllowance>();
  /** Those of single passes, the one that was not shown for the longest time first. */
  readonly #passes = new Map<string, RowAllowance>();
  #cancel: Cancel | undefined;
  #running = false;

  constructor(deps: LimitedLogDeps) {
    this.#deps = deps;
  }

  /** Takes the newest rows into account. @throws GatepostError `log.unavailable` */
  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#running) return;
    this.#running = true;
    const { log, clock } = this.#deps;
    const { wallMs, monotonicMs } = clock.read();
    const rows = [...LIMITED_EVENTS, GRANT].flatMap((name) => {
      const most = REFUSALS.has(name) ? ROWS_LOOKED_AT.refusals : ROWS_LOOKED_AT.others;
      const recent = log.recent([name], most).filter(({ timeMs }) => wallMs - timeMs < LOOKED_BACK_MS);
      // There may be more before them; then less may be written now.
      const unseen = recent.length === most ? most : 0;
      return recent.map((stored) => ({ stored, unseen }));
    });
    for (const { stored, unseen } of rows.sort((one, other) => one.stored.sequence - other.stored.sequence)) {
      const row = readRow(stored);
      if (row === undefined) continue;
      this.#allowMovements(row);
      const source = sourceOf(row);
      // A row may be later than now where the clock went back.
      const atMs = monotonicMs - Math.max(0, wallMs - stored.timeMs);
      if (source !== undefined)
        for (const group of this.#groupsOf(source, atMs, unseen)) group.spend(1, atMs, source.tells);
    }
  }

  /** Writes what is held. A gate that is stopped again and again may not write more than one that runs. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#cancel?.();
    this.#cancel = undefined;
    for (const group of this.#all()) {
      const { held } = group;
      if (held === undefined || this.#writeHeld(group, ({ admitsLast }) => admitsLast)) continue;
      this.#deps.logger.warn(
        { rows: held.count },
        'Rows that were counted together are left out at the stop.',
      );
    }
  }

  commit(entry: LogEntry): readonly StoredEvent[] {
    const { log } = this.#deps;
    const source = sourceOfEntry(entry.events);
    if (source === undefined) {
      const stored = log.commit(entry);
      for (const row of entry.events) this.#allowMovements(row);
      return stored;
    }
    const nowMs = this.#nowMs();
    const full = this.#groupsOf(source, nowMs).find(
      (group, index) => !group.admits(nowMs, index === 0 ? source.tells : undefined),
    );
    if (full === undefined) return this.#write(source, { entry, count: 1 }, nowMs);
    const { effects, ...rows } = entry;
    if (effects !== undefined && effects.length > 0) log.commit({ ...rows, events: [], effects });
    full.held = together(full.held, { entry: rows, count: 1 });
    this.#cancel ??= this.#deps.clock.schedule(LOOK_EVERY_MS, () => this.#look());
    return [];
  }

  recent(names: readonly string[], limit: number): readonly StoredEvent[] {
    return this.#deps.log.recent(names, limit);
  }

  isWritable(): boolean {
    return this.#deps.log.isWritable();
  }

  writeTimes(): WriteTimes {
    return this.#deps.log.writeTimes();
  }

  probe(): void {
    this.#deps.log.probe();
  }

  #allowMovements({ name, data }: LimitedRow): void {
    if (name !== GRANT) return;
    this.#groups.get(movementsOf(data.door))?.grant(MOVEMENTS_OF_A_PASSAGE);
  }

  /** Writes the held rows whose time has come. */
  #look(): void {
    this.#cancel = undefined;
    const nowMs = this.#nowMs();
    for (const group of this.#all()) this.#writeHeld(group, (each) => each.admits(nowMs));
    if (this.#all().some(({ held }) => held !== undefined))
      this.#cancel = this.#deps.clock.schedule(LOOK_EVERY_MS, () => this.#look());
  }

  /** Writes what the group holds, if all groups of these rows admit it. Returns whether nothing is held any more. */
  #writeHeld(group: RowAllowance, admits: (group: RowAllowance) => boolean): boolean {
    const { held } = group;
    const source = held && sourceOfEntry(held.entry.events);
    if (held === undefined || source === undefined) return true;
    const nowMs = this.#nowMs();
    if (!this.#groupsOf(source, nowMs).every(admits)) return false;
    group.held = undefined;
    try {
      this.#write(source, { ...held, entry: { ...held.entry, usesReserve: true } }, nowMs);
      return true;
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      group.held = held;
      const text = `Rows that were counted together are not in the log yet: ${messageOf(error)}`;
      this.#deps.logger.warn({ code: error.code, rows: held.count }, text);
      return false;
    }
  }

  /** Writes rows together with what their groups hold. @throws GatepostError `log.unavailable` */
  #write(source: RowSource, rows: CountedRows, nowMs: number): readonly StoredEvent[] {
    const groups = this.#groupsOf(source, nowMs);
    const all = groups.reduce((later, { held }) => together(held, later), rows);
    const stored = this.#deps.log.commit(entryOf(all));
    for (const group of groups) {
      group.held = undefined;
      group.spend(rows.entry.events.length, nowMs, source.tells);
    }
    return stored;
  }

  /** The groups that must admit a row of the source, its own first. @param unseen rows before, of a new group */
  #groupsOf(source: RowSource, nowMs: number, unseen = 0): readonly RowAllowance[] {
    if (source.all === undefined) return [this.#group(source, nowMs, unseen)];
    const pass = this.#passes.get(source.key) ?? new RowAllowance(source.limit, nowMs, unseen);
    this.#passes.delete(source.key);
    this.#passes.set(source.key, pass);
    if (this.#passes.size > MOST_PASSES) this.#forgetPasses(nowMs);
    return [pass, this.#group(source.all, nowMs, unseen)];
  }

  #group({ key, limit }: RowGroup, nowMs: number, unseen: number): RowAllowance {
    const group = this.#groups.get(key) ?? new RowAllowance(limit, nowMs, unseen);
    this.#groups.set(key, group);
    return group;
  }

  /** Forgets passes that are as good as new, and if there is none, the oldest one; what it holds goes to its kind. */
  #forgetPasses(nowMs: number): void {
    for (const [key, pass] of this.#passes) if (pass.isIdle(nowMs)) this.#passes.delete(key);
    const [oldest] = this.#passes;
    if (this.#passes.size <= MOST_PASSES || oldest === undefined) return;
    const [key, { held }] = oldest;
    this.#passes.delete(key);
    const kind = held && sourceOfEntry(held.entry.events)?.all;
    if (held === undefined || kind === undefined) return;
    const group = this.#group(kind, nowMs, 0);
    group.held = group.held === undefined ? held : together(held, group.held);
  }

  #all(): readonly RowAllowance[] {
    return [...this.#groups.values(), ...this.#passes.values()];
  }

  #nowMs(): number {
    return this.#deps.clock.read().monotonicMs;
  }
}

/** What the entry belongs to; undefined where a row of it is always written. */
function sourceOfEntry(events: readonly EventDraft[]): RowSource | undefined {
  const sources = events.map(sourceOf);
  return sources.includes(undefined) ? undefined : sources[0];
}

/** Undefined for a row of which only the reduced form is left. */
function readRow({ name, body }: StoredEvent): LimitedRow | undefined {
  const { subject, data } = JSON.parse(new TextDecoder().decode(body)) as Partial<LimitedRow>;
  return subject === undefined || data === undefined ? undefined : ({ name, subject, data } as LimitedRow);
}
