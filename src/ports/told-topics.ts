/**
 * Topics on which this gate keeps a retained message for a neighbour, over restarts, so that it can take it back when the
 * neighbour is switched off. Every method may throw GatepostError `log.unavailable`.
 */
export interface ToldTopics {
  all(): readonly string[];
  /** On disk when it returns. */
  keep(topic: string): void;
  forget(topic: string): void;
}
