import { isGatepostError } from '../../core/errors.ts';
import { siteTime } from '../../core/time/site-time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import type { StoreCheckKind, StoreInspection } from '../../ports/store-check.ts';

/** After a start people may be waiting; the check comes when the gate is at rest again. */
const FIRST_MS = 10_000;
/** Between two parts of a check. */
const PART_PAUSE_MS = 500;
/** Between two small steps of recomputing hashes: they run in this process, a few milliseconds each. */
const ROWS_PAUSE_MS = 100;
/** So often is it noted how far the hashes are recomputed, in steps. */
const STEPS_NOTED = 256;
/** How often it looks whether the weekly check is due. */
const LOOK_EVERY_MS = 10 * 60_000;
const WEEK_MS = 7 * 86_400_000;
/** A gate that is never on at the quiet hour is checked at another one. */
const LATEST_MS = 9 * 86_400_000;

/** `unfinished`: it was stopped, or could not be made; it is tried again. */
type Outcome = 'sound' | 'damaged' | 'unfinished';

interface StoreCheckDeps {
  readonly inspection: StoreInspection;
  readonly clock: Clock;
  readonly logger: Logger;
  /** IANA name. */
  readonly timeZone: string;
  /** Hour of the day of the site at which the weekly check begins, 0 to 23. */
  readonly quietHour: number;
}

/**
 * Looks for damage in the whole store beside the gate's work: part by part after each start, and once a week, at a quiet
 * hour, the file as a whole and the hash of every row. What was not finished goes on after the next start.
 */
export class StoreCheck implements Lifecycle {
  readonly #deps: StoreCheckDeps;
  #ending: AbortController | undefined;
  #work: Promise<void> | undefined;

  constructor(deps: StoreCheckDeps) {
    this.#deps = deps;
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#ending !== undefined) return;
    this.#ending = new AbortController();
    this.#work = this.#run(this.#ending.signal);
  }

  async stop(): Promise<void> {
    this.#ending?.abort();
    await this.#work;
    this.#ending = undefined;
    this.#work = undefined;
    await this.#deps.inspection.close();
  }

  async #run(signal: AbortSignal): Promise<void> {
    await this.#pause(FIRST_MS, signal);
    let quick = await this.#try('quick', signal);
    let full: Outcome = 'unfinished';
    while (quick !== 'damaged' && full !== 'damaged' && !signal.aborted) {
      if (this.#isDue()) full = await this.#try('full', signal);
      if (full !== 'damaged') await this.#tryRows(signal);
      await this.#pause(LOOK_EVERY_MS, signal);
      if (quick === 'unfinished') quick = await this.#try('quick', signal);
    }
  }

  #isDue(): boolean {
    const { inspection, clock, timeZone, quietHour } = this.#deps;
    const { wallMs } = clock.read();
    // A clock that was set back makes no check younger.
    const ageMs = Math.abs(wallMs - (inspection.checks().fullMs ?? 0));
    const hour = Math.floor(siteTime(wallMs, timeZone).minuteOfDay / 60);
    return (
      ageMs >= WEEK_MS &&
      (hour === quietHour || (ageMs >= LATEST_MS && inspection.checks().fullMs !== undefined))
    );
  }

  async #try(kind: StoreCheckKind, signal: AbortSignal): Promise<Outcome> {
    const { inspection, clock, logger } = this.#deps;
    const { wallMs } = clock.read();
    try {
      for (const part of inspection.parts(kind)) {
        if ((await inspection.look(part, signal)) !== undefined) return 'damaged';
        await this.#pause(PART_PAUSE_MS, signal);
      }
      if (signal.aborted) return 'unfinished';
      const now = kind === 'full' ? { fullMs: wallMs, quickMs: wallMs, rowsThrough: 0 } : { quickMs: wallMs };
      inspection.keep({ ...inspection.checks(), ...now });
      logger.info({ kind }, 'The store was looked through: nothing is damaged.');
      return 'sound';
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      if (!signal.aborted) logger.warn({ code: error.code }, error.message);
      return 'unfinished';
    } finally {
      await inspection.close();
    }
  }

  /** Goes on with the pass over the rows that is under way, if there is one. */
  async #tryRows(signal: AbortSignal): Promise<void> {
    const { inspection, logger } = this.#deps;
    let through = inspection.checks().rowsThrough;
    try {
      for (let step = 1; through !== undefined && !signal.aborted; step += 1) {
        const next = inspection.recomputeAfter(through);
        if (next === undefined || step % STEPS_NOTED === 0) this.#keepRows(next);
        through = next;
        await this.#pause(ROWS_PAUSE_MS, signal);
      }
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      logger.warn({ code: error.code }, `The rows of the log were not all looked at: ${error.message}`);
    }
    if (through !== undefined) this.#keepRows(through);
  }

  #keepRows(through: number | undefined): void {
    const { inspection } = this.#deps;
    const { rowsThrough, ...rest } = inspection.checks();
    inspection.keep(through === undefined ? rest : { ...rest, rowsThrough: through });
  }

  /** Ends early with the signal. */
  #pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const end = (): void => {
        cancel();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const cancel = this.#deps.clock.schedule(ms, end);
      signal.addEventListener('abort', end, { once: true });
    });
  }
}
