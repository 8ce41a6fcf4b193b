import { createHash } from 'node:crypto';
import { GENESIS_HASH } from '../../../src/core/events/chain.ts';
import { ROW_SALT_BYTES, sealEvent } from '../../../src/core/events/envelope.ts';
import type { EventDraft } from '../../../src/core/events/event.ts';
import { reduceBody } from '../../../src/core/events/stored-row.ts';
import type { ReplayAsk, ReplayWord } from '../../../src/core/feed/gate-feed.ts';
import { doorOpened, SAMPLE_TIME_MS } from '../gate/event-samples.ts';

/** An id that is the same for the same words. */
export function uuidOf(words: string): string {
  const hex = createHash('sha256').update(words).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `7${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

interface LogRow {
  readonly sequence: number;
  readonly body: Uint8Array;
  readonly hash: string;
}

/** One epoch of the log of a gate, and what the gate answers when it is asked for rows again. Rows are those of a real log. */
export class FeedLog {
  readonly site: string;
  readonly gate: string;
  readonly epoch: string;
  readonly first: number;
  readonly rows: LogRow[] = [];
  readonly purged = new Set<number>();
  boot = uuidOf('boot');
  #previous: string;

  constructor({
    name = 'a',
    first = 1,
    prevHash = GENESIS_HASH,
    site = 'willow-court',
    gate = 'north',
  }: {
    readonly name?: string;
    readonly first?: number;
    readonly prevHash?: string;
    readonly site?: string;
    readonly gate?: string;
  } = {}) {
    this.epoch = uuidOf(`epoch ${name}`);
    this.first = first;
    this.site = site;
    this.gate = gate;
    this.#previous = prevHash;
  }

  get source(): string {
    return `/gates/${this.site}/${this.gate}`;
  }

  get last(): number {
    return this.first + this.rows.length - 1;
  }

  append(draft: EventDraft = doorOpened(SAMPLE_TIME_MS + this.rows.length * 1000)): LogRow {
    const sequence = this.first + this.rows.length;
    const { body, hash } = sealEvent(draft, {
      id: uuidOf(`${this.epoch} ${sequence} ${this.boot} ${JSON.stringify(draft)}`),
      site: this.site,
      gate: this.gate,
      sequence,
      epoch: this.epoch,
      bootId: this.boot,
      recordedMs: draft.timeMs + 41,
      prevHash: this.#previous,
      salts: new Uint8Array(ROW_SALT_BYTES).map((_, at) => at * 7 + sequence),
    });
    this.#previous = hash;
    const row = { sequence, body, hash };
    this.rows.push(row);
    return row;
  }

  /** @param before the epoch before, and how far it had come */
  reset(
    cause: 'new log' | 'lost' | 'restored' = 'new log',
    before?: { readonly previousEpoch: string; readonly previousSequence: number },
  ): LogRow {
    return this.append({
      name: 'log.reset',
      subject: this.gate,
      data: { cause, ...before },
      timeMs: SAMPLE_TIME_MS,
      timeQuality: 'synced',
    });
  }

  /** With `log.reset` first, and so many rows after it. */
  fill(rows: number): this {
    if (this.rows.length === 0) this.reset();
    for (let count = 1; count < rows; count += 1) this.append();
    return this;
  }

  body(sequence: number): Uint8Array {
    const row = this.rows[sequence - this.first];
    if (row === undefined) throw new Error(`there is no row ${sequence}`);
    return row.body;
  }

  /** What is left of a row of a passage when its time is over, or of any other. */
  reduced(sequence: number): Uint8Array {
    const body = this.body(sequence);
    const access = reduceBody(body, 'access');
    return access === body ? reduceBody(body, 'operator') : access;
  }

  /** What the gate sends and answers. */
  replay({ epoch, from, to }: ReplayAsk): { readonly sent: readonly number[]; readonly word: ReplayWord } {
    if (epoch !== this.epoch) return { sent: [], word: { result: 'refused', reason: 'unknown_epoch' } };
    const [low, high] = [Math.max(from, this.first), Math.min(to, this.last)];
    if (low > high) return { sent: [], word: { result: 'refused', reason: 'nothing_there' } };
    const numbers = Array.from({ length: high - low + 1 }, (_, at) => low + at);
    const purged = numbers.filter((one) => this.purged.has(one)).map((one) => ({ first: one, last: one }));
    const sent = numbers.filter((one) => !this.purged.has(one));
    return {
      sent,
      word: { result: 'done', replay: { from: low, to: high, upTo: high, purged, altered: [] } },
    };
  }
}
