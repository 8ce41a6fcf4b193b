import { messageOf } from '../../core/errors.ts';
import type { AlteredRows } from '../../core/events/chain.ts';
import { dataOf } from '../../core/events/envelope.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { EventLog, EventOutbox, StoreHealth } from '../../ports/event-log.ts';
import type { GateState } from '../../ports/gate-state.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import { EventWriter } from '../log/event-writer.ts';
import { type Attention, logItem } from './attention.ts';

/** This many slow writes in a minute mean a slow card; one or two can happen in a busy moment. */
const SLOW_WRITES = 3;
const MIB = 1024 * 1024;
/** Free space below which the guard is told. A busy day writes 150 MiB, so the disk is then not yet full. */
const LOW_BYTES = 256 * MIB;
/** The same as a share of the disk, for small disks. */
const LOW_SHARE = 0.1;
/** Free space below which what is over is erased at once, and the same as a share of the disk. */
const NEARLY_FULL_BYTES = 64 * MIB;
const NEARLY_FULL_SHARE = 0.05;
/** How often that is asked for while it lasts. */
const HURRY_EVERY_MS = 10 * 60_000;
/** Number of earlier findings about altered rows that are read, so that none is reported twice. */
const FINDINGS = 200;
/** Number of earlier epochs that are read. */
const RESETS = 50;

/** Longest `state/conn` that is read; a real one has some hundred bytes. */
const LONGEST_STATE_BYTES = 64 * 1024;

/** The `state/conn` of this gate that a broker has retained. Not trusted: anybody may have put it there. */
interface RememberedLog {
  readonly epoch: string;
  readonly lastSequence: number;
}

interface LogWatchDeps {
  readonly log: EventLog;
  readonly outbox: Pick<EventOutbox, 'position'>;
  readonly health: StoreHealth;
  readonly state: Pick<GateState, 'devices'>;
  readonly attention: Attention;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly gate: string;
  /** How often it looks, in milliseconds. */
  readonly everyMs: number;
  /** Called when the disk is so full that what is over should be erased now; it must not throw. */
  readonly onNearlyFull?: () => void;
}

/**
 * Watches the log itself: whether it can be written, whether there is room, and whether it is unaltered. Findings are
 * reported to the guard and the servers, and as an event if one can be written.
 */
export class LogWatch implements Lifecycle {
  readonly #deps: LogWatchDeps;
  readonly #notes: EventWriter;
  #cancel: Cancel | undefined;
  #shown: string | undefined;
  #known: readonly AlteredRows[] | undefined;
  #suspected = false;
  /** Monotonic milliseconds at which onNearlyFull was called last. */
  #hurriedMs = Number.NEGATIVE_INFINITY;
  /** A retained state that arrived before start(). */
  #waiting: RememberedLog | undefined;

  constructor(deps: LogWatchDeps) {
    this.#deps = deps;
    this.#notes = new EventWriter(deps);
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#cancel !== undefined) return;
    for (const rows of this.#deps.health.altered) this.altered(rows);
    this.#look();
    if (this.#waiting !== undefined) this.#compare(this.#waiting);
  }

  async stop(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /**
   * Handles altered rows: they are not published, and an event that reports them is published before the next rows.
   * @throws GatepostError `log.unavailable` if it cannot be recorded
   */
  altered(rows: AlteredRows): void {
    const { log, clock, logger, gate } = this.#deps;
    this.#known ??= log.recent(['log.altered'], FINDINGS).map((event) => dataOf(event, 'log.altered'));
    if (this.#known.some(({ first, last }) => first <= rows.first && rows.last <= last)) return;
    const { wallMs, quality } = clock.read();
    const event = { name: 'log.altered', subject: gate, timeMs: wallMs, timeQuality: quality } as const;
    log.commit({ events: [{ ...event, data: rows }], usesReserve: true });
    this.#known = [...this.#known, rows];
    const text = `Events ${rows.first} to ${rows.last} of the log are ${rows.problem}: they are not published.`;
    logger.error({ ...rows }, text);
    this.#deps.attention.raise(logItem('logAltered', gate, wallMs));
  }

  /** Tells the guard and the servers that the log is not what its own last checkpoint says. */
  disowned(detail: string): void {
    const { clock, gate, attention } = this.#deps;
    const data = { device: 'log', status: 'ok', cause: 'log.altered', detail } as const;
    this.#notes.tryWrite({ name: 'device.storage', subject: gate, data });
    attention.raise(logItem('logAltered', gate, clock.read().wallMs));
  }

  /** Takes the `state/conn` of this gate that a broker has retained; ignores anything else. */
  remembered(payload: Uint8Array): void {
    const state = readState(payload);
    if (state === undefined) return;
    if (this.#cancel === undefined) this.#waiting = state;
    else this.#compare(state);
  }

  /**
   * Compares the retained state with this log. A difference only raises an alarm, because the retained state proves
   * nothing.
   */
  #compare({ epoch, lastSequence }: RememberedLog): void {
    const { outbox, clock, logger, gate } = this.#deps;
    if (this.#suspected || epoch === '') return;
    const own = outbox.position();
    if (epoch === own.epoch ? lastSequence <= own.lastSequence : this.#followsUpon(epoch)) return;
    this.#suspected = true;
    const { wallMs } = clock.read();
    const detail = `The broker remembers event ${lastSequence} of the epoch ${epoch}; this log ends with event ${own.lastSequence} of ${own.epoch}. Either the log went back or is another one, or somebody else has told the broker so.`;
    logger.error({ epoch, lastSequence }, detail);
    const data = { device: 'log', status: 'ok', cause: 'log.behind', detail } as const;
    this.#notes.tryWrite({ name: 'device.storage', subject: gate, data });
    this.#deps.attention.raise(logItem('logBehind', gate, wallMs));
  }

  /** Whether this log has a row that says that it replaced the log of `epoch`. */
  #followsUpon(epoch: string): boolean {
    return this.#deps.log
      .recent(['log.reset'], RESETS)
      .some((event) => dataOf(event, 'log.reset').previousEpoch === epoch);
  }

  /** Probes a log that could not be written until it can be: freeing disk space is enough to open the gate again. */
  #look(): void {
    const { log, health, clock, everyMs } = this.#deps;
    if (!log.isWritable()) this.#probe();
    if (log.isWritable()) {
      health.keepReserve();
      this.#show(this.#isLow() ? 'log.low' : this.#isSlow() ? 'log.slow' : undefined);
    } else this.#show(health.trouble ?? 'log.unavailable');
    this.#hurry();
    this.#cancel = clock.schedule(everyMs, () => this.#look());
  }

  #probe(): void {
    const { log, logger } = this.#deps;
    try {
      log.probe();
    } catch (error) {
      logger.error({ err: error }, `The gate opens for nobody: ${messageOf(error)}`);
    }
  }

  #isLow(): boolean {
    return this.#hasLessThan(LOW_BYTES, LOW_SHARE);
  }

  /** Erasing frees room in the file, and what the file gives back; long before nothing can be written any more. */
  #hurry(): void {
    const { clock, onNearlyFull } = this.#deps;
    const { monotonicMs } = clock.read();
    if (onNearlyFull === undefined || !this.#hasLessThan(NEARLY_FULL_BYTES, NEARLY_FULL_SHARE)) return;
    if (monotonicMs - this.#hurriedMs < HURRY_EVERY_MS) return;
    this.#hurriedMs = monotonicMs;
    onNearlyFull();
  }

  #hasLessThan(bytes: number, share: number): boolean {
    const room = this.#deps.health.room();
    return room !== undefined && room.freeBytes < Math.min(bytes, room.sizeBytes * share);
  }

  #isSlow(): boolean {
    return this.#deps.log.writeTimes().slow >= SLOW_WRITES;
  }

  #show(cause: string | undefined): void {
    const before = this.#shown;
    if (before === (cause ?? '')) return;
    this.#shown = cause ?? '';
    const { clock, state, gate, logger } = this.#deps;
    if (!isWritable(before) && isWritable(cause)) logger.info({}, 'The log can be written again.');
    const status = cause === undefined ? 'ok' : 'degraded';
    const problem = cause === undefined ? {} : { cause, detail: this.#detailOf(cause) };
    const device = { id: 'log', role: 'log', driver: 'sqlite', simulated: false } as const;
    state.devices.set({ ...device, status, ...problem, sinceMs: clock.read().wallMs });
    if (before === undefined && cause === undefined) return;
    this.#notes.tryWrite({
      name: 'device.storage',
      subject: gate,
      data: { device: 'log', status, ...problem },
    });
  }

  #detailOf(cause: string): string {
    const room = this.#deps.health.room();
    const free = room === undefined ? '' : ` ${Math.floor(room.freeBytes / MIB)} MiB are free.`;
    if (cause === 'log.slow')
      return 'Writing to the log takes longer than a second, and whoever stands there waits for it. Change the card.';
    if (cause === 'log.damaged')
      return `The log is damaged, so nothing more is written to it and the gate opens for nobody, by hand neither: ${this.#deps.health.damage ?? 'the journal says where'}. Copy the store folder away; then put a backup back, or begin a new log at this kiosk: sudo gatepost log begin.`;
    if (cause === 'log.low') return `The disk of the log is nearly full.${free}`;
    return `The log cannot be written, so the gate opens for nobody, by hand neither.${free} The journal says why.`;
  }
}

function isWritable(cause: string | undefined): boolean {
  return cause === undefined || cause === '' || cause === 'log.low' || cause === 'log.slow';
}

function readState(payload: Uint8Array): RememberedLog | undefined {
  if (payload.length > LONGEST_STATE_BYTES) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(payload));
    if (typeof value !== 'object' || value === null || !('epoch' in value && 'lastSeq' in value))
      return undefined;
    const { epoch, lastSeq } = value;
    if (typeof epoch !== 'string' || !/^[0-9a-f-]{36}$/.test(epoch)) return undefined;
    if (typeof lastSeq !== 'number' || !Number.isSafeInteger(lastSeq)) return undefined;
    return { epoch, lastSequence: lastSeq };
  } catch {
    // Not a `state/conn` of ours: it says nothing about this log.
    return undefined;
  }
}

/**
 * Whether the log is the first of its store or was begun by a command at the kiosk; otherwise an earlier log was lost.
 */
export function beganOnPurpose(log: EventLog): boolean {
  const [newest] = log.recent(['log.reset'], 1);
  if (newest === undefined) return true;
  const { cause } = dataOf(newest, 'log.reset');
  return cause === 'new log' || cause === 'damaged';
}
