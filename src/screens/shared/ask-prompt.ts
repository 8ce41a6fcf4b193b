import { type Answer, getJson } from './api.ts';

/** The heartbeat of screens that need no sign-in. */
export function askPrompt(timeoutMs: number): Promise<Answer> {
  return getJson('/api/prompt', timeoutMs);
}
