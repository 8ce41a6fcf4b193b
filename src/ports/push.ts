/** What became of a message to somebody's phone. */
export type PushAnswer =
  | { readonly status: 'sent' }
  | {
      readonly status: 'failed';
      /** `push.refused`: it answers, and does not take this. Trying again without a change is of no use. */
      readonly cause: 'push.unreachable' | 'push.refused';
      /** Plain sentence: what is wrong and what to do. Without the topic and the token. */
      readonly detail: string;
      /** How long it asks to be left alone, in milliseconds. */
      readonly retryAfterMs?: number;
    };

/**
 * One person at the notifier that the site runs. What is sent is always the same: that this gate needs somebody. Both
 * methods answer within ten seconds, and never reject.
 */
export interface PushSender {
  /** Where the notifier is, without topic. */
  readonly place: string;
  send(signal: AbortSignal): Promise<PushAnswer>;
  /** Whether the notifier can be reached; sends nothing. */
  check(signal: AbortSignal): Promise<PushAnswer>;
}
