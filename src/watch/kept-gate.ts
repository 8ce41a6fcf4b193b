import { type FeedBegin, GateFeed, type ReplayWord } from '../core/feed/gate-feed.ts';
import type { FeedRow } from '../core/feed/read-event.ts';
import type { Signer } from '../core/pass/issue-pass.ts';
import type { Arrived, FeedStore, GateName, SavedFeed } from '../ports/feed-store.ts';
import type { Logger } from '../ports/logger.ts';
import { CheckpointWatch, type Witness } from './checkpoint-watch.ts';
import type { FeedLink } from './feed-link.ts';
import { counterOf, ReplayAsker } from './replay-asker.ts';

export interface KeepingDeps {
  readonly link: FeedLink;
  readonly store: FeedStore;
  readonly logger: Logger;
  readonly from: FeedBegin;
  readonly requester: string;
  readonly replaySigner?: Signer;
  /** Of gates whose checkpoints are looked at, by `<site>/<gate>`, or `<site>/*` for those without one of their own. */
  readonly gateKeys: ReadonlyMap<string, Uint8Array>;
  readonly witness?: Witness;
}

/** What is believed of one gate that this process speaks for, and what follows from it. */
export class KeptGate {
  readonly name: GateName;
  readonly feed: GateFeed;
  readonly #asker: ReplayAsker | undefined;
  readonly #checkpoints: CheckpointWatch | undefined;
  readonly #signer: Signer | undefined;
  #isDirty = true;
  #raised: SavedFeed['raised'] = [];
  acknowledged: { readonly text: string; readonly atMs: number } | undefined;

  private constructor(name: GateName, feed: GateFeed, deps: KeepingDeps) {
    this.name = name;
    this.feed = feed;
    this.#signer = deps.replaySigner;
    if (deps.replaySigner !== undefined)
      this.#asker = new ReplayAsker({ ...deps, signer: deps.replaySigner }, name, feed);
    const publicKey = deps.gateKeys.get(`${name.site}/${name.gate}`) ?? deps.gateKeys.get(`${name.site}/*`);
    if (publicKey !== undefined)
      this.#checkpoints = new CheckpointWatch(name, feed, {
        store: deps.store,
        publicKey,
        ...(deps.witness && { witness: deps.witness }),
      });
  }

  static async load(name: GateName, deps: KeepingDeps): Promise<KeptGate> {
    return new KeptGate(name, await loadFeed(name, deps), deps);
  }

  arrived(row: FeedRow, result: Arrived, nowMs: number): void {
    if (result === 'other') this.feed.raise('two-gates');
    else if (result === 'aside') this.feed.setAside(row);
    else this.feed.take(row);
    this.#asker?.arrived(row.epoch, row.sequence, row.isLive, nowMs);
    this.#isDirty = true;
  }

  setAside(place?: { readonly epoch: string; readonly sequence: number }): void {
    this.feed.setAside(place);
    this.#isDirty = true;
  }

  /** `state/conn` */
  told(payload: Uint8Array, nowMs: number): void {
    const conn = objectOf(payload);
    if (conn === undefined) return;
    const { state, epoch, firstSeq, lastSeq, since, commands } = conn;
    if (typeof state !== 'string' || typeof epoch !== 'string' || !/^[0-9a-f-]{36}$/.test(epoch)) return;
    if (!isCount(firstSeq) || !isCount(lastSeq)) return;
    const sinceMs = typeof since === 'string' ? Date.parse(since) || 0 : 0;
    this.feed.tell({ state, epoch, firstSeq, lastSeq, sinceMs });
    if (this.#signer !== undefined) this.#asker?.told(state, counterOf(commands, this.#signer), nowMs);
    this.#isDirty = true;
  }

  answered(payload: Uint8Array, correlation: Uint8Array | undefined, nowMs: number): void {
    const word = wordOf(objectOf(payload));
    if (word !== undefined && this.#asker?.answered(word, correlation, nowMs)) this.#isDirty = true;
  }

  async checkpoint(payload: Uint8Array): Promise<void> {
    await this.#checkpoints?.take(payload);
    this.#isDirty = true;
  }

  /** What is to be saved; undefined if it was. */
  toSave(): SavedFeed | undefined {
    if (!this.#isDirty) return undefined;
    this.#isDirty = false;
    this.#raised = [...this.#raised, ...this.feed.takeRaised()];
    return { name: this.name, state: this.feed.state, raised: this.#raised };
  }

  saved(isDone: boolean): void {
    if (isDone) this.#raised = [];
    else this.#isDirty = true;
  }

  async tick(nowMs: number): Promise<void> {
    await this.#checkpoints?.look();
    await this.#asker?.tick(nowMs);
  }
}

/** What is believed of a gate, from the store. */
export async function loadFeed(
  name: GateName,
  { store, from }: Pick<KeepingDeps, 'store' | 'from'>,
): Promise<GateFeed> {
  const { saved, alarms, rows, aside } = await store.load(name);
  const feed = new GateFeed(from, saved, alarms);
  for (const row of rows) feed.take(row);
  for (const place of aside) feed.setAside(place);
  return feed;
}

type Members = Readonly<Record<string, unknown>>;

function objectOf(payload: Uint8Array): Members | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(payload));
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** The answer of a gate as far as it has the form. */
function wordOf(answer: Members | undefined): ReplayWord | undefined {
  if (typeof answer?.result !== 'string') return undefined;
  const { result, reason, replay } = answer;
  const head = { result, ...(typeof reason === 'string' && { reason }) };
  if (typeof replay !== 'object' || replay === null) return head;
  const { from, to, upTo, purged, altered }: Members = { ...replay };
  if (!isCount(from) || !isCount(to) || !isCount(upTo)) return undefined;
  return { ...head, replay: { from, to, upTo, purged: rangesOf(purged), altered: rangesOf(altered) } };
}

function rangesOf(list: unknown): readonly { readonly first: number; readonly last: number }[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((one: unknown) => {
    const { first, last }: Members = typeof one === 'object' && one !== null ? { ...one } : {};
    return isCount(first) && isCount(last) && first <= last ? [{ first, last }] : [];
  });
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
