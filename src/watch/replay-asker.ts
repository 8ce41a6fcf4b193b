import { randomBytes } from 'node:crypto';
import { signCommand } from '../core/command/sign-command.ts';
import type { GateFeed, ReplayAsk, ReplayWord } from '../core/feed/gate-feed.ts';
import type { Signer } from '../core/pass/issue-pass.ts';
import { keyIdOf } from '../core/pass/read-pass.ts';
import type { GateName } from '../ports/feed-store.ts';
import type { Logger } from '../ports/logger.ts';
import type { FeedLink } from './feed-link.ts';

/** A gap that is younger may close by itself: another process may have the rows on their way. */
const SETTLE_MS = 2000;
/** What a gate has told to have and does not send by itself is asked for after this silence. */
const QUIET_MS = 15_000;
/** Without a sign for so long the request is lost (config/contract/README.md#how-a-server-closes-a-gap). */
const SILENCE_MS = 60_000;
/** Pause after an answer: what was sent has to come in. */
const AFTER_MS = 3000;
/** Pause after a refusal that a person has to do something about. */
const REFUSED_MS = 60_000;
/** Pause after one that passes by itself, and after a replay that failed. */
const AGAIN_MS = 5000;
const PASSING: readonly unknown[] = [
  'before_log',
  'old_counter',
  'not_yet',
  'expired',
  'already_running',
  'too_many',
];
/** The clock of a gate may be a little behind. */
const BEFORE_S = 3;
const VALID_S = 40;

interface AskerDeps {
  readonly link: FeedLink;
  readonly signer: Signer;
  /** Where answers come: the last word of the response topic. */
  readonly requester: string;
  readonly logger: Logger;
}

/** Asks one gate for what is missing of it: one request at a time. */
export class ReplayAsker {
  readonly #deps: AskerDeps;
  readonly #name: GateName;
  readonly #feed: GateFeed;
  #open: { readonly ask: ReplayAsk; readonly correlation: Buffer; signMs: number } | undefined;
  #seen: { readonly key: string; readonly sinceMs: number } | undefined;
  #nextMs = 0;
  #counter = 0;
  #arrivedMs = 0;
  #isThere = false;

  constructor(deps: AskerDeps, name: GateName, feed: GateFeed) {
    this.#deps = deps;
    this.#name = name;
    this.#feed = feed;
  }

  /** `state/conn` of the gate. @param counter the last one that the key of this server has used up there */
  told(state: string, counter: number, nowMs: number): void {
    this.#counter = Math.max(this.#counter, counter);
    this.#isThere = state !== 'lost' && state !== 'disconnected';
    this.#arrivedMs = nowMs;
    if (state !== 'init') return;
    this.#open = undefined;
    this.#nextMs = 0;
  }

  /** Events came. */
  arrived(epoch: string, sequence: number, isLive: boolean, nowMs: number): void {
    if (isLive) this.#arrivedMs = nowMs;
    const open = this.#open;
    if (open?.ask.epoch === epoch && sequence >= open.ask.from && sequence <= open.ask.to)
      open.signMs = nowMs;
  }

  /** @returns whether it was an answer to what was asked here */
  answered(word: ReplayWord, correlation: Uint8Array | undefined, nowMs: number): boolean {
    const open = this.#open;
    if (open === undefined || correlation === undefined || !open.correlation.equals(correlation))
      return false;
    open.signMs = nowMs;
    if (word.result === 'running') return true;
    this.#open = undefined;
    this.#seen = undefined;
    this.#nextMs = nowMs + pauseAfterMs(word);
    this.#feed.answered(open.ask, word);
    // A gate that does not have the epoch any more has settled it.
    if (this.#feed.ask(false)?.epoch !== open.ask.epoch) this.#nextMs = nowMs;
    const { epoch, from, to } = open.ask;
    const text = `${this.#text} answers to ${from} to ${to}: ${word.result}${word.reason === undefined ? '' : ` (${word.reason})`}.`;
    if (word.result === 'done') this.#deps.logger.info({ part: 'replay', epoch }, text);
    else this.#deps.logger.warn({ part: 'replay', epoch }, text);
    return true;
  }

  async tick(nowMs: number): Promise<void> {
    const { link } = this.#deps;
    if (this.#open !== undefined && nowMs - this.#open.signMs > SILENCE_MS) this.#open = undefined;
    if (this.#open !== undefined || nowMs < this.#nextMs || !this.#isThere || !link.isOnline) return;
    const ask = this.#feed.ask(nowMs - this.#arrivedMs > QUIET_MS);
    if (ask === undefined) return;
    const key = `${ask.epoch} ${ask.from}`;
    if (this.#seen?.key !== key) this.#seen = { key, sinceMs: nowMs };
    if (nowMs - this.#seen.sinceMs >= SETTLE_MS) await this.#send(ask, nowMs);
  }

  async #send(ask: ReplayAsk, nowMs: number): Promise<void> {
    const { link, signer, requester, logger } = this.#deps;
    const correlation = randomBytes(8);
    const wallMs = Date.now();
    // Whoever asks next goes on behind it, without a memory of its own.
    this.#counter = Math.max(this.#counter + 1, wallMs);
    const notBefore = Math.floor(wallMs / 1000) - BEFORE_S;
    const { site, gate } = this.#name;
    const bytes = signCommand(
      {
        site,
        gate,
        verb: 'replay',
        arguments: { ...ask },
        counter: this.#counter,
        notBefore,
        notAfter: notBefore + BEFORE_S + VALID_S,
      },
      signer,
    );
    this.#open = { ask, correlation, signMs: nowMs };
    const root = `gates/v1/${site}/${gate}`;
    logger.info({ part: 'replay', epoch: ask.epoch }, `${this.#text} is asked for ${ask.from} to ${ask.to}.`);
    try {
      await link.publish(`${root}/cmd/replay`, bytes, {
        retain: false,
        responseTopic: `${root}/rsp/${requester}`,
        correlation,
        expiryS: VALID_S,
      });
    } catch (error) {
      this.#open = undefined;
      this.#nextMs = nowMs + REFUSED_MS;
      logger.warn({ part: 'replay', error }, `${this.#text} cannot be asked for events.`);
    }
  }

  get #text(): string {
    return `${this.#name.site}/${this.#name.gate}`;
  }
}

/** How a gate names the key in `state/conn`. */
export function counterOf(commands: unknown, signer: Signer): number {
  const counters = typeof commands === 'object' && commands !== null ? { ...commands } : {};
  const used: unknown = Reflect.get(counters, keyIdOf(signer.publicKey));
  return typeof used === 'number' && Number.isSafeInteger(used) ? used : 0;
}

function pauseAfterMs({ result, reason }: { readonly result: string; readonly reason?: string }): number {
  if (result === 'done') return AFTER_MS;
  return result === 'failed' || PASSING.includes(reason) ? AGAIN_MS : REFUSED_MS;
}
