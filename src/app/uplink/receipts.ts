import { type Receipt, reachOf, readReceipt, receiptFault } from '../../core/contract/receipt.ts';
import { isGatepostError, messageOf } from '../../core/errors.ts';
import type { BrokerConnection, IncomingMessage } from '../../ports/broker.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { EventOutbox } from '../../ports/event-log.ts';
import type { GateState, ServerView } from '../../ports/gate-state.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { LogEpoch } from '../../ports/log-tree.ts';
import type { Logger } from '../../ports/logger.ts';
import type { ReceiptBook } from '../../ports/receipt-book.ts';
import { RefusalMemory } from '../log/limiters.ts';

/** How often what changed is told and kept, and who is late is looked at. */
const LOOK_MS = 60_000;

export interface ReceiptSettings {
  readonly site: string;
  readonly gate: string;
  /** Ids of the servers that say what they have. */
  readonly servers: readonly string[];
  /** A server is late that lacks an event which is older than this. */
  readonly lateAfterMs: number;
}

interface ReceiptsDeps {
  readonly settings: ReceiptSettings;
  readonly book: ReceiptBook;
  readonly outbox: Pick<EventOutbox, 'position' | 'readAfter'>;
  /** Every epoch of this log, oldest first. */
  readonly epochs: () => readonly LogEpoch[];
  readonly state: Pick<GateState, 'servers'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * What each server says that it has stored (config/contract/README.md#receipts). A receipt decides about nothing but
 * what counts as acknowledged, so it needs no signature; it is bounded by what this log can have sent.
 */
export class Receipts implements Lifecycle {
  readonly #deps: ReceiptsDeps;
  readonly #root: string;
  readonly #newest = new Map<string, Receipt>();
  readonly #refused = new RefusalMemory();
  #look: Cancel | undefined;
  #changed = false;

  constructor(deps: ReceiptsDeps) {
    this.#deps = deps;
    const { site, gate } = deps.settings;
    this.#root = `gates/v1/${site}/${gate}/ack/`;
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { settings, book } = this.#deps;
    if (this.#look !== undefined || settings.servers.length === 0) return;
    for (const { server, epoch, upTo } of book.receipts())
      if (settings.servers.includes(server)) this.#believe(server, { epoch, upTo });
    this.#tell();
  }

  async stop(): Promise<void> {
    if (this.#look === undefined) return;
    this.#look();
    this.#look = undefined;
    this.#keep();
  }

  /**
   * For every new connection. Never throws.
   * @param isOther whether it is to another broker than the one before: what is retained there may be old, so it takes
   *   nothing back
   */
  attach(connection: BrokerConnection, isOther = false): void {
    if (this.#deps.settings.servers.length === 0) return;
    connection
      .subscribe([`${this.#root}+`], (message) => this.#receive(message, isOther && message.retained))
      .catch((error: unknown) =>
        this.#warnOnce(`The receipts of servers cannot be read: ${messageOf(error)}`),
      );
  }

  /**
   * Every server has all events up to this one. Where no server is named in the config that is what a broker has.
   * @throws GatepostError `log.unavailable`
   */
  acknowledged(): number {
    const { settings, outbox } = this.#deps;
    if (settings.servers.length === 0) return outbox.position().publishedSequence;
    const epochs = this.#deps.epochs();
    return Math.min(...settings.servers.map((server) => reachOf(this.#newest.get(server), epochs) ?? 0));
  }

  #receive({ topic, payload }: IncomingMessage, mayBeOld: boolean): void {
    // Clearing a retained topic takes nothing back.
    if (payload.length === 0 || !topic.startsWith(this.#root)) return;
    const server = topic.slice(this.#root.length);
    if (!this.#deps.settings.servers.includes(server)) {
      this.#warnOnce(
        `A receipt came on ack/${shown(server)}, and uplink.servers names no such server: it is ignored.`,
      );
      return;
    }
    const receipt = readReceipt(payload);
    try {
      const fault =
        receipt === undefined ? 'is of no form that is known' : receiptFault(receipt, this.#deps.epochs());
      if (receipt === undefined || fault !== undefined)
        this.#warnOnce(`The receipt of the server ${server} ${fault}: it is ignored.`);
      else this.#take(server, receipt, mayBeOld);
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      this.#deps.logger.warn({ part: 'receipts' }, `A receipt was not looked at: ${error.message}`);
    }
  }

  /** What was kept. A receipt that cannot be true would count events as stored that no server has. */
  #believe(server: string, receipt: Receipt): void {
    const fault = receiptFault(receipt, this.#deps.epochs());
    if (fault === undefined) this.#newest.set(server, receipt);
    else
      this.#warnOnce(
        `The receipt of the server ${server} that was kept ${fault}: the server counts as having nothing until it says what it has.`,
      );
  }

  #take(server: string, receipt: Receipt, mayBeOld: boolean): void {
    const before = this.#newest.get(server);
    if (before?.epoch === receipt.epoch && before.upTo === receipt.upTo) return;
    const epochs = this.#deps.epochs();
    const [had = 0, has = 0] = [reachOf(before, epochs), reachOf(receipt, epochs)];
    if (has < had && mayBeOld) return;
    if (has < had) {
      const text = `The server ${server} had everything up to ${had} and now says ${has}: it has lost events. It can ask for them again (replay).`;
      this.#deps.logger.warn({ part: 'receipts', server, had, has }, text);
    }
    this.#newest.set(server, receipt);
    this.#changed = true;
    if (before === undefined || has < had) this.#show();
  }

  #tell(): void {
    this.#look = this.#deps.clock.schedule(LOOK_MS, () => {
      this.#tell();
      this.#keep();
    });
    this.#show();
  }

  #keep(): void {
    if (!this.#changed) return;
    try {
      this.#deps.book.keep([...this.#newest].map(([server, receipt]) => ({ server, ...receipt })));
      this.#changed = false;
    } catch (error) {
      if (!isGatepostError(error)) throw error;
      this.#deps.logger.debug({ code: error.code }, `Receipts are not kept yet: ${error.message}`);
    }
  }

  #show(): void {
    try {
      const epochs = this.#deps.epochs();
      this.#deps.state.servers.set(this.#deps.settings.servers.map((server) => this.#viewOf(server, epochs)));
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      this.#deps.logger.debug({ code: error.code }, `Receipts are not told yet: ${error.message}`);
    }
  }

  #viewOf(server: string, epochs: readonly LogEpoch[]): ServerView {
    const { settings, outbox, clock } = this.#deps;
    const receipt = this.#newest.get(server);
    const [lacks] = outbox.readAfter(reachOf(receipt, epochs) ?? 0, 1);
    const { wallMs, quality } = clock.read();
    const ageMs = lacks === undefined ? 0 : wallMs - lacks.timeMs;
    return {
      server,
      ...(receipt === undefined ? {} : { receipt }),
      ...(lacks === undefined ? {} : { lacksSinceMs: lacks.timeMs }),
      isLate: quality !== 'unsynced' && ageMs > settings.lateAfterMs,
    };
  }

  #warnOnce(sentence: string): void {
    if (this.#refused.isNew(sentence)) this.#deps.logger.warn({ part: 'receipts' }, sentence);
  }
}

/** A name that somebody else has chosen, for a log line. */
function shown(name: string): string {
  return /^[\w.-]{1,32}$/.test(name) ? name : '(another name)';
}
