import type { z } from 'zod';
import { GuardTalk, ResidentTalk } from '../../core/contract/requests.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TalkDesk } from '../../ports/talk.ts';
import type { FeedListener } from './feed.ts';

/** Messages of one page in ten seconds; a talk takes five. */
const MOST_MESSAGES = 30;
const WINDOW_MS = 10_000;

/** Follows what a resident's screen of the kiosk itself says about talks. */
export function residentTalk(
  talk: TalkDesk,
  accessPoint: string,
  screen: string,
  clock: Clock,
): FeedListener {
  return heard(ResidentTalk, clock, {
    take: (said) => talk.fromResident(accessPoint, screen, said),
    gone: () => talk.gone(screen),
  });
}

/** Follows what the page of a signed-in guard says about talks. */
export function guardTalk(talk: TalkDesk, operator: string, screen: string, clock: Clock): FeedListener {
  return heard(GuardTalk, clock, {
    take: (said) => {
      if (said.type === 'join') talk.fromGuard(operator, screen, { type: 'join' }, said.accessPoint);
      else talk.fromGuard(operator, screen, said);
    },
    gone: () => talk.gone(screen),
  });
}

/** What is not in the form of `schema`, or comes too often, ends the connection. Nothing of it is logged or kept. */
function heard<T>(
  schema: z.ZodType<T>,
  clock: Clock,
  { take, gone }: { readonly take: (said: T) => void; readonly gone: () => void },
): FeedListener {
  let windowMs = Number.NEGATIVE_INFINITY;
  let count = 0;
  return {
    gone,
    message: (text) => {
      const { monotonicMs } = clock.read();
      if (monotonicMs - windowMs >= WINDOW_MS) {
        windowMs = monotonicMs;
        count = 0;
      }
      count += 1;
      if (count > MOST_MESSAGES) return false;
      const read = schema.safeParse(parsed(text));
      if (read.success) take(read.data);
      return read.success;
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No message has this form either.
    return undefined;
  }
}
