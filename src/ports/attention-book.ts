import type { AttentionView } from './guard-feed.ts';

export interface KeptAttention {
  /** Newest first. */
  readonly items: readonly AttentionView[];
  /** Sequence of the newest row of the log when it was kept; 0 where nothing was. */
  readonly sequence: number;
}

/** Keeps what no guard has seen yet over a restart. */
export interface AttentionBook {
  /** As it was kept last; nothing where that cannot be read as such a list. @throws GatepostError `log.unavailable` */
  load(): KeptAttention;
  /** Replaces what was kept. On disk when the call returns. @throws GatepostError `log.unavailable` */
  keep(items: readonly AttentionView[]): void;
}
