import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { PURGE_CLASSES, type PurgeClass } from '../../core/access/vocabulary.ts';
import { reachOf } from '../../core/contract/receipt.ts';
import { isGatepostError } from '../../core/errors.ts';
import { vouchedMs } from '../../core/time/clock-reading.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventOutbox, StoreHealth } from '../../ports/event-log.ts';
import type { GateState } from '../../ports/gate-state.ts';
import type { LogTree } from '../../ports/log-tree.ts';
import type { PurgeBook } from '../../ports/retention.ts';
import type { RowReducer } from '../../ports/row-reducer.ts';
import type { StoreChecks, StoreInspection } from '../../ports/store-check.ts';

/** What is over goes once an hour; what is still there so much later is late. */
const PURGE_LATE_MS = 3 * 60 * 60_000;
/** What cannot change in seconds is looked up at most once in this time. */
const SLOW_MS = 60_000;

/** What is read of the store, which may be closed. */
export interface ReadStore extends Pick<StoreHealth, 'room' | 'sizes' | 'trouble'> {
  readonly outbox: Pick<EventOutbox, 'position' | 'readAfter'>;
  readonly tree: Pick<LogTree, 'epochs'>;
  readonly inspection: Pick<StoreInspection, 'checks'>;
  readonly rows: Pick<RowReducer, 'newestBefore'>;
  readonly purges: Pick<PurgeBook, 'progress'>;
}

export interface StoreFiguresDeps {
  readonly store: ReadStore;
  readonly state: Pick<GateState, 'servers' | 'checkpoint'>;
  readonly clock: Clock;
  /** How long each part of a row is kept, in milliseconds. */
  readonly keptMs: Readonly<Record<PurgeClass, number>>;
  /** The gate's own certificates, PEM. */
  readonly certFiles: readonly string[];
}

interface CertificateEnd {
  /** Name of its file. */
  readonly file: string;
  readonly endMs: number;
}

interface ServerLag {
  readonly server: string;
  readonly events: number;
  readonly seconds: number;
  readonly isLate: boolean;
}

/** Rows that are over and still there. */
interface PurgeLag {
  readonly part: PurgeClass;
  readonly events: number;
}

/** What is looked up again after a while only, because it changes slowly. */
class Seldom<T> {
  readonly #clock: Clock;
  readonly #look: () => T;
  #known: { readonly atMs: number; readonly value: T } | undefined;

  constructor(clock: Clock, look: () => T) {
    this.#clock = clock;
    this.#look = look;
  }

  get now(): T {
    const atMs = this.#clock.read().monotonicMs;
    if (this.#known === undefined || atMs - this.#known.atMs >= SLOW_MS)
      this.#known = { atMs, value: this.#look() };
    return this.#known.value;
  }
}

/**
 * What the store says of itself, by a handful of reads with an index each. What cannot be read now is undefined, because
 * other figures say that the log cannot be read.
 */
export class StoreFigures {
  readonly #deps: StoreFiguresDeps;
  readonly #lag: Seldom<readonly PurgeLag[]>;
  readonly #certificates: Seldom<readonly CertificateEnd[]>;

  constructor(deps: StoreFiguresDeps) {
    this.#deps = deps;
    this.#lag = new Seldom(deps.clock, () => ifReadable(() => this.#purgeLag()) ?? []);
    this.#certificates = new Seldom(deps.clock, () => deps.certFiles.flatMap(certificateEnd));
  }

  get isDamaged(): boolean {
    return this.#deps.store.trouble === 'log.damaged';
  }

  get room(): ReturnType<StoreHealth['room']> {
    return this.#deps.store.room();
  }

  /** Bytes of the database and of its write-ahead file. */
  get sizes(): ReturnType<StoreHealth['sizes']> {
    return this.#deps.store.sizes();
  }

  /** When the store was looked through. */
  get checks(): StoreChecks | undefined {
    return ifReadable(() => this.#deps.store.inspection.checks());
  }

  /** Events that no checkpoint covers. */
  get uncovered(): number | undefined {
    const { store, state } = this.#deps;
    return ifReadable(() => {
      const present = store.tree.epochs().at(-1);
      const [checkpoint] = state.checkpoint.values;
      if (present === undefined) return 0;
      const covered = checkpoint?.epoch === present.epoch ? checkpoint.size : 0;
      return Math.max(0, present.lastSequence - present.firstSequence + 1 - covered);
    });
  }

  /** The gate's own certificates, and when each ends. */
  get certificates(): readonly CertificateEnd[] {
    return this.#certificates.now;
  }

  /** Events that the broker has not stored, and for how many seconds the oldest of them waits. */
  get queue(): { readonly events: number; readonly oldestSeconds: number } | undefined {
    const { outbox } = this.#deps.store;
    return ifReadable(() => {
      const { lastSequence, publishedSequence } = outbox.position();
      const [oldest] = outbox.readAfter(publishedSequence, 1);
      return {
        events: Math.max(0, lastSequence - publishedSequence),
        oldestSeconds: oldest === undefined ? 0 : this.#secondsSince(oldest.timeMs),
      };
    });
  }

  /** By what each server said last, which the gate tells once a minute. */
  get servers(): readonly ServerLag[] {
    const { store, state } = this.#deps;
    const [views = []] = state.servers.values;
    if (views.length === 0) return [];
    const lags = ifReadable(() => {
      const epochs = store.tree.epochs();
      const { firstSequence, lastSequence } = store.outbox.position();
      return views.map(({ server, receipt, lacksSinceMs, isLate }) => ({
        server,
        events: Math.max(0, lastSequence - (reachOf(receipt, epochs) ?? Math.max(0, firstSequence - 1))),
        seconds: lacksSinceMs === undefined ? 0 : this.#secondsSince(lacksSinceMs),
        isLate,
      }));
    });
    return lags ?? [];
  }

  /** Rows that should have lost a part long ago. */
  get purgeLag(): readonly PurgeLag[] {
    return this.#lag.now;
  }

  /** Nothing ends while no time is confirmed, and then nothing is late either. */
  #purgeLag(): readonly PurgeLag[] {
    const { store, clock, keptMs } = this.#deps;
    const nowMs = vouchedMs(clock.read());
    return PURGE_CLASSES.map((part) => {
      const over = nowMs === 0 ? 0 : store.rows.newestBefore(nowMs - keptMs[part] - PURGE_LATE_MS);
      return { part, events: Math.max(0, over - store.purges.progress(part).reached) };
    });
  }

  /** Never negative: a clock that was set back makes nothing younger than now. */
  #secondsSince(timeMs: number): number {
    return Math.max(0, (this.#deps.clock.read().wallMs - timeMs) / 1000);
  }
}

function ifReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isGatepostError(error)) return undefined;
    throw error;
  }
}

/** Nothing where the file cannot be read: gatepost doctor and the broker say so. */
function certificateEnd(path: string): CertificateEnd | [] {
  try {
    const endMs = Date.parse(new X509Certificate(readFileSync(path)).validTo);
    return Number.isNaN(endMs) ? [] : { file: basename(path), endMs };
  } catch {
    return [];
  }
}
