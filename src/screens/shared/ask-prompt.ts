import { type Answer, getJson } from './api.ts';

/** What a screen without sign-in is told of the gate, and its heartbeat. */
export function askPrompt(timeoutMs?: number): Promise<Answer> {
  return getJson('/api/prompt', timeoutMs);
}
