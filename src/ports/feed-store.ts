import type { TreePlace } from '../core/feed/checkpoint-check.ts';
import type { FeedAlarm, FeedState } from '../core/feed/gate-feed.ts';
import type { FeedRow, ReadEvent } from '../core/feed/read-event.ts';

export interface GateName {
  readonly site: string;
  readonly gate: string;
}

/** What came on an event topic of a gate: an event, or what cannot be kept as one. */
export type Arrival = { readonly name: GateName; readonly topic: string; readonly payload: Uint8Array } & (
  | { readonly event: ReadEvent }
  | { readonly aside: string; readonly epoch?: string; readonly sequence?: number }
);

/**
 * What became of it. `same`: it is held already, perhaps in another form. `other`: another row has its number, which
 * stays. `aside`: it is kept apart, with the reason.
 */
export type Arrived = 'new' | 'same' | 'other' | 'aside';

/** Where the judgement of a gate's feed goes on. */
export interface KnownFeed {
  readonly saved?: FeedState;
  readonly alarms: readonly FeedAlarm[];
  /** Rows that the saved state may not have. */
  readonly rows: readonly FeedRow[];
  readonly aside: readonly { readonly epoch: string; readonly sequence: number }[];
}

export interface SavedFeed {
  readonly name: GateName;
  readonly state: FeedState;
  /** Those that are new. */
  readonly raised: readonly FeedAlarm[];
}

/** A checkpoint of a gate as it was judged. */
export interface KeptCheckpoint {
  readonly epoch: string;
  readonly size: number;
  readonly root: Uint8Array;
  readonly note: string;
  readonly verdict: 'fits' | 'inconsistent';
  /** With the signature of this server's witness key. */
  readonly cosigned?: string;
  /** Where the tree of its rows goes on; of one that fits. */
  readonly place?: TreePlace;
}

/**
 * What another process has written of a gate: rows, among which are others for numbers that were taken, or one number
 * that was set aside (0: it had none).
 */
export interface WrittenElsewhere {
  readonly name: GateName;
  readonly epoch: string;
  readonly from: number;
  readonly to: number;
  readonly what: 'rows' | 'others' | 'aside';
}

/** Where the events of all gates are held, and what is believed of each. Several processes may share one. */
export interface FeedStore {
  /** Whether what it holds outlives the process. */
  readonly isDurable: boolean;
  /** Whether the last attempt to use it succeeded. */
  readonly isUp: boolean;
  start(onElsewhere: (written: WrittenElsewhere | 'anything') => void): Promise<void>;
  stop(): Promise<void>;
  /** Holds all of a batch for good, or none of it. Rejects where the store cannot be used now. */
  write(batch: readonly Arrival[]): Promise<readonly Arrived[]>;
  /** Of these gates, those that this process alone speaks for now. */
  keep(names: readonly GateName[]): Promise<readonly GateName[]>;
  load(name: GateName): Promise<KnownFeed>;
  rows(name: GateName, epoch: string, from: number, to: number): Promise<readonly FeedRow[]>;
  save(feeds: readonly SavedFeed[]): Promise<void>;
  gates(): Promise<readonly GateName[]>;
  /** The JSON value of an event; undefined if it is not held. */
  event(name: GateName, epoch: string, sequence: number): Promise<unknown>;
  /** Row hashes in order, hex; shorter than the range where some are not known. */
  leaves(name: GateName, epoch: string, from: number, to: number): Promise<readonly string[]>;
  checkpoints(name: GateName, epoch: string): Promise<readonly KeptCheckpoint[]>;
  putCheckpoint(name: GateName, checkpoint: KeptCheckpoint): Promise<void>;
}
