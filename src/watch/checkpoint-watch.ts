import {
  contradicts,
  EMPTY_TREE,
  type FeedCheckpoint,
  grownTo,
  readGateCheckpoint,
} from '../core/feed/checkpoint-check.ts';
import type { GateFeed } from '../core/feed/gate-feed.ts';
import type { Signer } from '../core/pass/issue-pass.ts';
import { cosigned } from '../core/proof/checkpoint.ts';
import type { FeedStore, GateName, KeptCheckpoint } from '../ports/feed-store.ts';

/** Of one gate, those that wait for rows; older ones are left out. */
const MOST_WAITING = 8;

export interface Witness {
  readonly name: string;
  readonly signer: Signer;
  /** What is done with a checkpoint that was co-signed. */
  readonly onCosigned: (name: GateName, checkpoint: KeptCheckpoint) => Promise<void>;
}

/** Compares the checkpoints of one gate with each other and with its rows. */
export class CheckpointWatch {
  readonly #name: GateName;
  readonly #feed: GateFeed;
  readonly #store: FeedStore;
  readonly #publicKey: Uint8Array;
  readonly #witness: Witness | undefined;
  #waiting: FeedCheckpoint[] = [];
  /** One after the other, in the order of arrival: each is compared with those before it. */
  #turn: Promise<void> = Promise.resolve();

  constructor(
    name: GateName,
    feed: GateFeed,
    {
      store,
      publicKey,
      witness,
    }: { readonly store: FeedStore; readonly publicKey: Uint8Array; readonly witness?: Witness },
  ) {
    this.#name = name;
    this.#feed = feed;
    this.#store = store;
    this.#publicKey = publicKey;
    this.#witness = witness;
  }

  /** What the gate tells on `checkpoint`. */
  take(payload: Uint8Array): Promise<void> {
    return this.#inTurn(() => this.#take(payload));
  }

  /** Compares those whose rows are there by now. */
  look(): Promise<void> {
    return this.#inTurn(() => this.#look());
  }

  #inTurn(run: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(run);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #take(payload: Uint8Array): Promise<void> {
    const checkpoint = readGateCheckpoint(noteIn(payload), { ...this.#name, publicKey: this.#publicKey });
    if (checkpoint === undefined) {
      this.#feed.raise('checkpoint-not-signed');
      return;
    }
    const known = await this.#store.checkpoints(this.#name, checkpoint.epoch);
    const others = [...known, ...this.#waiting];
    if (contradicts(checkpoint, others)) {
      this.#feed.raise('checkpoint-inconsistent');
      await this.#store.putCheckpoint(this.#name, { ...checkpoint, verdict: 'inconsistent' });
      return;
    }
    if (others.some(({ epoch, size }) => epoch === checkpoint.epoch && size === checkpoint.size)) return;
    this.#waiting = [...this.#waiting, checkpoint].slice(-MOST_WAITING);
    await this.#look();
  }

  async #look(): Promise<void> {
    for (const checkpoint of this.#waiting) if (this.#hasRows(checkpoint)) await this.#compare(checkpoint);
  }

  #hasRows({ epoch, size }: FeedCheckpoint): boolean {
    const feed = this.#feed.epoch(epoch);
    return feed?.reset !== undefined && feed.holdsAll(feed.reset, feed.reset + size - 1);
  }

  async #compare(checkpoint: FeedCheckpoint): Promise<void> {
    const { epoch, size, note } = checkpoint;
    const first = this.#feed.epoch(epoch)?.reset ?? 1;
    const known = await this.#store.checkpoints(this.#name, epoch);
    // One that waited for its rows may be smaller than the last that fitted.
    const from =
      known.findLast(({ place }) => place !== undefined && place.size <= size)?.place ?? EMPTY_TREE;
    const leaves = await this.#store.leaves(this.#name, epoch, first + from.size, first + size - 1);
    // Of rows of earlier versions nobody but the gate knows the hash.
    if (leaves.length < size - from.size) return;
    this.#waiting = this.#waiting.filter((one) => one !== checkpoint);
    const place = grownTo(checkpoint, from, leaves);
    if (place === undefined) {
      this.#feed.raise('checkpoint-inconsistent');
      await this.#store.putCheckpoint(this.#name, { ...checkpoint, verdict: 'inconsistent' });
      return;
    }
    const witness = this.#witness;
    const text = witness && cosigned(note, { ...witness, timeS: Math.floor(Date.now() / 1000) });
    const kept = {
      ...checkpoint,
      verdict: 'fits',
      place,
      ...(text !== undefined && { cosigned: text }),
    } as const;
    await this.#store.putCheckpoint(this.#name, kept);
    if (text !== undefined) await witness?.onCosigned(this.#name, kept);
  }
}

function noteIn(payload: Uint8Array): string {
  try {
    const { note } = JSON.parse(new TextDecoder().decode(payload));
    return typeof note === 'string' ? note : '';
  } catch {
    return '';
  }
}
