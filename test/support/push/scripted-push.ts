import type { PushAnswer, PushSender } from '../../../src/ports/push.ts';

/** A person at a notifier whose answers the test sets. */
export class ScriptedPush implements PushSender {
  readonly place = 'https://ntfy.lan';
  /** How many messages were asked for, taken or not. */
  asked = 0;
  answer: PushAnswer = { status: 'sent' };
  /** Set: checks are answered by it instead. */
  health: PushAnswer | undefined;

  async send(): Promise<PushAnswer> {
    this.asked += 1;
    return this.answer;
  }

  async check(): Promise<PushAnswer> {
    return this.health ?? this.answer;
  }
}

export function failed(cause: 'push.unreachable' | 'push.refused', retryAfterMs?: number): PushAnswer {
  const detail = 'The notifier cannot be used.';
  return { status: 'failed', cause, detail, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}
