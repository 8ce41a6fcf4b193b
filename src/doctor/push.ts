import type { PushAnswer } from '../ports/push.ts';
import { type Finding, ok, warn } from './finding.ts';

/** One person whom the gate would call away from the desk. */
export interface PushFacts {
  readonly person: string;
  /** Where the notifier is, without topic. */
  readonly place: string;
  check(signal: AbortSignal): Promise<PushAnswer>;
}

/** Whether the notifiers can be reached. Whether they take a message is only known by sending one, on order. */
export function checkPush(facts: readonly PushFacts[]): Promise<readonly Finding[]> {
  return Promise.all(
    facts.map(async ({ person, place, check }) => {
      const answer = await check(new AbortController().signal);
      if (answer.status === 'sent')
        return ok(
          'push',
          `The notifier at ${place} (${person}) is there; gatepost push test sends a message.`,
        );
      return warn('push', `${person}: ${answer.detail}`, 'Mend it, then: gatepost push test');
    }),
  );
}
