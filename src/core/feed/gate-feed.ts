import { EpochFeed, type EpochState } from './epoch-feed.ts';
import type { Range } from './ranges.ts';
import type { FeedRow } from './read-event.ts';

/** What a server can notice of a gate, in this order (config/contract/README.md#what-a-server-is-asked). */
const FEED_ALARMS = [
  'two-gates',
  'chain-broken',
  'epoch-changed',
  'went-back',
  'altered',
  'checkpoint-not-signed',
  'checkpoint-inconsistent',
  'unsynced-clock',
  'malformed',
] as const;
export type FeedAlarm = (typeof FEED_ALARMS)[number];

/** Epochs that are followed; a gate has a handful in its life. */
const MOST_EPOCHS = 256;

/** Where the feed of a gate that is new begins: with all there is, or with what comes from now on. */
export type FeedBegin = 'all' | 'now';

/** What a gate tells in `state/conn`. */
export interface ToldPlace {
  readonly state: string;
  readonly epoch: string;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** When it was told, Unix milliseconds. */
  readonly sinceMs: number;
}

/** What is asked of a gate by `replay`. */
export interface ReplayAsk {
  readonly epoch: string;
  readonly from: number;
  readonly to: number;
}

/** What an answer to it says (config/contract/README.md#replay). */
export interface ReplayWord {
  readonly result: string;
  readonly reason?: string;
  readonly replay?: {
    readonly from: number;
    readonly to: number;
    readonly upTo: number;
    readonly purged: readonly { readonly first: number; readonly last: number }[];
    readonly altered: readonly { readonly first: number; readonly last: number }[];
  };
}

export interface FeedState {
  readonly present: string;
  readonly presentSinceMs: number;
  readonly epochs: readonly EpochState[];
}

/** What a server believes of a gate, but for its name. */
export interface FeedView {
  readonly epoch: string;
  readonly epochs: readonly string[];
  readonly begin: number;
  readonly upTo: number;
  readonly last: number;
  readonly events: number;
  readonly gaps: readonly Range[];
  readonly purged: readonly Range[];
  readonly altered: readonly Range[];
  readonly aside: readonly Range[];
  readonly alarms: readonly FeedAlarm[];
}

/**
 * The judgement of one gate's feed: takes what came, in any order and however often, and tells what is there, what is
 * missing, what to ask for and what to acknowledge. The events themselves are held elsewhere.
 */
export class GateFeed {
  readonly #from: FeedBegin;
  readonly #alarms: Set<FeedAlarm>;
  #epochs: EpochFeed[];
  /** The epoch that the gate has named last. */
  #told: string;
  #toldMs: number;
  #raised: FeedAlarm[] = [];

  constructor(from: FeedBegin, saved?: FeedState, alarms: readonly FeedAlarm[] = []) {
    this.#from = from;
    this.#alarms = new Set(alarms);
    this.#told = saved?.present ?? '';
    this.#toldMs = saved?.presentSinceMs ?? 0;
    this.#epochs = (saved?.epochs ?? []).map((one) => new EpochFeed(one));
  }

  get state(): FeedState {
    return {
      present: this.#told,
      presentSinceMs: this.#toldMs,
      epochs: this.#epochs.map(({ state }) => state),
    };
  }

  /** A row that is held now, new or again. */
  take(row: FeedRow): void {
    const feed = this.#epoch(row.epoch);
    if (feed === undefined) {
      this.raise('malformed');
      return;
    }
    const isFirst = feed.begin === 0 && row.isLive && row.sequence > feed.told;
    if (this.#from === 'now' && isFirst) feed.begin = row.sequence;
    for (const problem of feed.take(row)) this.raise(problem);
    if (row.altered !== undefined) this.raise('altered');
    if (row.reset !== undefined) this.#follow(feed, row.sequence, row.reset);
    this.#compare();
  }

  /** An event that cannot be kept as it is. @param place its number, if it has one */
  setAside(place?: { readonly epoch: string; readonly sequence: number }): void {
    this.raise('malformed');
    if (place !== undefined) this.#epoch(place.epoch)?.setAside(place.sequence);
  }

  /** What `state/conn` says. */
  tell({ state, epoch, firstSeq, lastSeq, sinceMs }: ToldPlace): void {
    const feed = epoch === '' ? undefined : this.#epoch(epoch);
    if (feed === undefined) return;
    if (sinceMs >= this.#toldMs) {
      this.#told = epoch;
      this.#toldMs = sinceMs;
    }
    feed.told = Math.max(feed.told, lastSeq);
    if (feed.begin === 0 && this.#from === 'all') feed.begin = Math.max(1, firstSeq);
    // What was told before the newest row was written is only old.
    const isYounger = feed.lastRecordedMs > 0 && sinceMs > feed.lastRecordedMs;
    if (state === 'init' && isYounger && lastSeq < feed.last) this.raise('went-back');
  }

  /** What a gate says to a replay. `running` changes nothing. */
  answered({ epoch, from, to }: ReplayAsk, { result, reason, replay }: ReplayWord): void {
    const feed = this.#epochs.find((one) => one.epoch === epoch);
    if (feed === undefined) return;
    if (result === 'refused' && (reason === 'unknown_epoch' || reason === 'nothing_there'))
      feed.nothingLeft(reason === 'unknown_epoch' ? 1 : from);
    if (replay === undefined || result === 'running') return;
    feed.notToBeHad('purged', from, Math.min(to, replay.from - 1));
    const reached = Math.min(to, replay.upTo);
    for (const kind of ['purged', 'altered'] as const)
      for (const { first, last } of replay[kind])
        feed.notToBeHad(kind, Math.max(from, first), Math.min(reached, last));
    if (replay.altered.length > 0) this.raise('altered');
    // Cut to what the epoch has: behind that it has nothing any more.
    const isOver = result === 'done' && replay.upTo >= replay.to && replay.to < to;
    if (isOver && epoch !== this.present?.epoch) feed.notToBeHad('purged', replay.to + 1, to);
  }

  /** Something was noticed elsewhere. */
  raise(alarm: FeedAlarm): void {
    if (this.#alarms.has(alarm)) return;
    this.#alarms.add(alarm);
    this.#raised.push(alarm);
  }

  /** The alarms since the last call. */
  takeRaised(): readonly FeedAlarm[] {
    const raised = this.#raised;
    this.#raised = [];
    return raised;
  }

  /** The epoch that is written now. */
  get present(): EpochFeed | undefined {
    let present = this.#epochs.find(({ epoch }) => epoch === this.#told) ?? this.#epochs.at(-1);
    for (let steps = 0; steps < MOST_EPOCHS && present !== undefined; steps += 1) {
      const { epoch } = present;
      const next = this.#epochs.find(({ previous }) => previous === epoch);
      if (next === undefined) break;
      present = next;
    }
    return present;
  }

  epoch(epoch: string): EpochFeed | undefined {
    return this.#epochs.find((one) => one.epoch === epoch);
  }

  /**
   * What to ask the gate for: the oldest epoch first.
   * @param withTold also for what the gate has told to have, and that may still come by itself
   */
  ask(withTold: boolean): ReplayAsk | undefined {
    for (const feed of this.#inOrder()) {
      const range = feed.ask(withTold && feed === this.present);
      if (range !== undefined) return { epoch: feed.epoch, from: range[0], to: range[1] };
    }
    return undefined;
  }

  /** What to acknowledge once it is stored for good: numbers go on over epochs, so the oldest that lacks something counts. */
  get receipt(): { readonly epoch: string; readonly upTo: number } | undefined {
    const { present } = this;
    if (present === undefined || present.begin === 0) return undefined;
    const lacking = this.#inOrder().find((feed) => feed.gaps.length > 0) ?? present;
    return { epoch: lacking.epoch, upTo: lacking.upTo };
  }

  view(epoch?: string): FeedView | undefined {
    const feed = epoch === undefined ? (this.present ?? new EpochFeed({ epoch: '' })) : this.epoch(epoch);
    if (feed === undefined) return undefined;
    const { begin, upTo, last, events, gaps, purged, altered, aside } = feed;
    const alarms = FEED_ALARMS.filter((alarm) =>
      alarm === 'unsynced-clock' ? this.present?.isUnsynced === true : this.#alarms.has(alarm),
    );
    const epochs = this.#inOrder().map((one) => one.epoch);
    return { epoch: feed.epoch, epochs, begin, upTo, last, events, gaps, purged, altered, aside, alarms };
  }

  #epoch(epoch: string): EpochFeed | undefined {
    const known = this.epoch(epoch);
    if (known !== undefined || this.#epochs.length >= MOST_EPOCHS) return known;
    const feed = new EpochFeed({ epoch });
    this.#epochs.push(feed);
    if (this.#epochs.length > 1) this.raise('epoch-changed');
    return feed;
  }

  #follow(feed: EpochFeed, sequence: number, reset: NonNullable<FeedRow['reset']>): void {
    feed.reset = sequence;
    const { cause, previousEpoch, previousSequence = 0 } = reset;
    const isKnown = previousEpoch !== undefined && this.epoch(previousEpoch) !== undefined;
    // An epoch begins with its log.reset.
    const isWanted = feed.begin > 0 || this.#from === 'all' || isKnown;
    if (isWanted) feed.begin = Math.min(feed.begin || sequence, sequence);
    if (previousEpoch === undefined || previousEpoch === feed.epoch) return;
    feed.previous = previousEpoch;
    const before = this.#epoch(previousEpoch);
    if (before === undefined) return;
    // Its place is before the one that names it.
    if (!isKnown) this.#epochs = [before, ...this.#epochs.filter((one) => one !== before)];
    if (before.begin === 0 && this.#from === 'all') before.begin = 1;
    // What was written after the copy that was put back has numbers that were given again.
    const left = cause === 'restored' ? Math.min(previousSequence, sequence - 1) : previousSequence;
    before.end = Math.max(0, left);
  }

  /** Whether a gate has written less than was received of it. */
  #compare(): void {
    for (const { previous, reset } of this.#epochs) {
      const before = previous === undefined ? undefined : this.epoch(previous);
      if (before?.end !== undefined && reset !== undefined && before.last > before.end)
        this.raise('went-back');
    }
  }

  /** The oldest first. */
  #inOrder(): readonly EpochFeed[] {
    const depth = (feed: EpochFeed): number => {
      let count = 0;
      let at: EpochFeed | undefined = feed;
      while (at?.previous !== undefined && count <= MOST_EPOCHS) {
        at = this.epoch(at.previous);
        count += 1;
      }
      return count;
    };
    return this.#epochs
      .map((feed) => ({ feed, depth: depth(feed) }))
      .sort((one, other) => one.depth - other.depth)
      .map(({ feed }) => feed);
  }
}
