import type { BundleSource, BundleType } from '../../core/bundle/bundle.ts';
import { detailOf, openBundle } from '../../core/bundle/open-bundle.ts';
import { GatepostError, isGatepostError, messageOf } from '../../core/errors.ts';
import type { EventDraft, ListRecord } from '../../core/events/event.ts';
import type {
  BundleAnswer,
  BundleDelivery,
  BundleIntake,
  BundleShelf,
  KeptBundle,
} from '../../ports/bundles.ts';
import type { Cancel } from '../../ports/clock.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import { RefusalMemory } from '../log/limiters.ts';
import { type BundleCheckTools, type BundleVerdict, checkBundle, readJudged } from './bundle-check.ts';
import type { BundlesInForce } from './bundles-in-force.ts';
import { runInTurns, sha256Steps } from './run-in-turns.ts';

/** Largest number of waiting deliveries; each may hold 16 MB. */
const MOST_WAITING = 8;
/** How often the age of the lists is checked, because no event reports it. */
const AGE_CHECK_MS = 60_000;

export interface DistributionDeps {
  readonly gate: string;
  readonly tools: BundleCheckTools;
  readonly inForce: BundlesInForce;
  readonly shelf: BundleShelf;
  readonly log: EventLog;
  readonly logger: Logger;
}

/**
 * Receives signed lists from any source, one at a time: checks all of it, stores it, puts it in force and reports it.
 * The list before stays in force until then, and after every failure.
 */
export class Distribution implements BundleIntake, Lifecycle {
  readonly #deps: DistributionDeps;
  readonly #refusals: RefusalMemory;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #running = false;
  #stale = false;
  #nextAgeCheck: Cancel | undefined;
  #changed: (type: BundleType | undefined) => void = () => undefined;

  constructor(deps: DistributionDeps) {
    this.#deps = deps;
    this.#refusals = new RefusalMemory();
  }

  /** The listener is called when a list comes into force, and once a minute, because lists age: then `type` is undefined. */
  onChanged(listener: (type: BundleType | undefined) => void): void {
    this.#changed = listener;
  }

  /**
   * Reads the lists that were in force when the gate stopped. A list whose file is lost or damaged is reported as such
   * and counts as too old until the same or a newer one arrives. @throws GatepostError `log.unavailable`
   */
  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#running) return;
    this.#running = true;
    for (const kept of this.#deps.shelf.kept()) await this.#restore(kept);
    this.#tellOrphans();
    await this.#sweep();
    this.#watchAges();
  }

  /** Waits until the present delivery is finished. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#nextAgeCheck?.();
    this.#nextAgeCheck = undefined;
    await this.#turn;
  }

  async receive(delivery: BundleDelivery): Promise<BundleAnswer> {
    if (!this.#running || this.#waiting >= MOST_WAITING)
      return this.#refuse(delivery, {
        refusal: 'busy',
        detail: 'The gate is busy with other lists',
        digest: '',
      });
    this.#waiting += 1;
    const answer = this.#turn.then(() => this.#take(delivery));
    // An unexpected error in one delivery must not stop the later ones.
    this.#turn = answer.catch(() => undefined);
    try {
      return await answer;
    } finally {
      this.#waiting -= 1;
    }
  }

  async #take(delivery: BundleDelivery): Promise<BundleAnswer> {
    const { inForce, tools } = this.#deps;
    const verdict = await checkBundle(delivery.bytes, inForce, tools);
    switch (verdict.status) {
      case 'unchanged':
        return { status: 'unchanged', type: verdict.header.type, number: verdict.header.number };
      case 'refused':
        return this.#refuse(delivery, verdict);
      case 'good':
        return this.#apply(delivery, verdict);
    }
  }

  async #apply(
    { bytes, source }: BundleDelivery,
    { bundle, content, digest }: BundleVerdict & { status: 'good' },
  ): Promise<BundleAnswer> {
    const { inForce, shelf, tools, logger } = this.#deps;
    const { header, keyId } = bundle;
    const { type, number } = header;
    const kept: KeptBundle = { ...header, keyId, digest, appliedMs: tools.clock.read().wallMs };
    const previous = inForce.kept(type)?.number;
    try {
      await shelf.place(kept, bytes);
      shelf.putInForce(kept, this.#appliedEvent(kept, source, previous));
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      const detail = `It could not be put on disk: ${error.message}`;
      return this.#refuse({ bytes, source }, { refusal: 'not_stored', detail, digest, header });
    }
    inForce.put(kept, content);
    logger.info({ part: 'lists', type, number, source }, `The list ${type} ${number} is in force.`);
    this.#changed(type);
    this.#tellStaleness();
    if (type === 'trust') this.#tellOrphans();
    await this.#sweep();
    return { status: 'applied', type, number };
  }

  #appliedEvent(kept: KeptBundle, source: BundleSource, previous: number | undefined): EventDraft {
    const { type, number, issuedAt, nextUpdate, keyId, digest } = kept;
    const data: ListRecord = {
      list: type,
      number,
      issuedAt: rfc3339(issuedAt),
      nextUpdate: rfc3339(nextUpdate),
      keyId,
      digest,
      source,
      ...(previous === undefined ? {} : { previousNumber: previous }),
    };
    return type === 'directory'
      ? { ...this.#stamp(), name: 'directory.applied', data }
      : { ...this.#stamp(), name: 'policy.applied', data };
  }

  #refuse(
    { bytes, source }: BundleDelivery,
    verdict: Omit<BundleVerdict & { status: 'refused' }, 'status'>,
  ): BundleAnswer {
    const { refusal, detail, digest, header } = verdict;
    const { log, logger } = this.#deps;
    const answer = { status: 'refused', refusal, detail } as const;
    if (!this.#refusals.isNew(`${source} ${refusal} ${digest}`)) return answer;
    logger.warn({ part: 'lists', refusal, source }, `A list was refused: ${detail}.`);
    const event: EventDraft = {
      ...this.#stamp(),
      name: 'policy.rejected',
      data: {
        cause: refusal,
        detail,
        source,
        length: bytes.length,
        ...(header === undefined ? {} : { list: header.type, number: header.number }),
      },
    };
    try {
      log.commit({ events: [event] });
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      logger.error({ part: 'lists', err: error }, `The refusal is not in the log: ${messageOf(error)}`);
    }
    return answer;
  }

  async #restore(kept: KeptBundle): Promise<void> {
    const { inForce, shelf, tools, logger } = this.#deps;
    try {
      const bytes = await shelf.read(kept);
      inForce.put(kept, await this.#reread(kept, bytes, tools));
    } catch (error) {
      const detail = detailOf(error);
      inForce.put(kept, undefined);
      logger.error(
        { part: 'lists', type: kept.type, number: kept.number, err: error },
        `The list ${kept.type} ${kept.number} cannot be used: ${detail}. Until it comes again, the guard decides.`,
      );
    }
    this.#changed(kept.type);
  }

  /**
   * Reads a stored list without its signature: that was checked on arrival, and the digest in the database proves that
   * the bytes are the same.
   */
  async #reread(kept: KeptBundle, bytes: Uint8Array, tools: BundleCheckTools) {
    const opening = openBundle(bytes);
    const digest = await runInTurns(sha256Steps(bytes), tools.clock);
    if (opening.status === 'refused' || digest !== kept.digest) throw damaged(kept);
    return readJudged(opening.bundle, tools);
  }

  /** Removes files that are not in force. If that fails it is done with the next list or at the next start. */
  async #sweep(): Promise<void> {
    try {
      await this.#deps.shelf.sweep();
    } catch (error) {
      this.#deps.logger.warn({ part: 'lists', err: error }, 'Files of earlier lists could not be removed.');
    }
  }

  #watchAges(): void {
    this.#changed(undefined);
    this.#tellStaleness();
    this.#nextAgeCheck = this.#deps.tools.clock.schedule(AGE_CHECK_MS, () => this.#watchAges());
  }

  #tellStaleness(): void {
    const { inForce, tools, logger } = this.#deps;
    const { staleFromMs } = inForce;
    const stale = staleFromMs !== undefined && tools.clock.read().wallMs >= staleFromMs;
    if (stale === this.#stale) return;
    this.#stale = stale;
    if (stale) {
      const sentence = 'A signed list is missing, damaged or too old: the guard decides about everybody.';
      logger.warn({ part: 'lists', lists: inForce.views(tools.clock.read().wallMs) }, sentence);
    } else logger.info({ part: 'lists' }, 'The signed lists are fresh again.');
  }

  #tellOrphans(): void {
    const { inForce, tools, logger } = this.#deps;
    for (const { type, number, signer } of inForce.views(tools.clock.read().wallMs)) {
      if (signer === undefined) continue;
      const sentence = `The list ${type} ${number} was signed by a key that is withdrawn. It stays in force until the next one by a key that counts, whatever its number.`;
      logger.warn({ part: 'lists', type, number }, sentence);
    }
  }

  #stamp() {
    const { wallMs, quality } = this.#deps.tools.clock.read();
    return { subject: this.#deps.gate, timeMs: wallMs, timeQuality: quality } as const;
  }
}

function damaged({ type, number }: KeptBundle): GatepostError {
  return new GatepostError('bundle.refused', `The file of ${type} ${number} is damaged`);
}

function rfc3339(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
