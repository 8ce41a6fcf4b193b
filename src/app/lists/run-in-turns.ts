import { createHash } from 'node:crypto';
import type { Clock } from '../../ports/clock.ts';

/** Longest stretch of work between two turns of the gate, in milliseconds. */
const TURN_MS = 4;
const HASH_BYTES = 256 * 1024;

/**
 * Runs all `steps`, and yields to the event loop in between.
 * @param pauseMs for so long after each turn; work that nobody waits for at the gate leaves most of the time to others
 */
export async function runInTurns<T>(steps: Generator<void, T>, clock: Clock, pauseMs = 0): Promise<T> {
  let startMs = clock.read().monotonicMs;
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (clock.read().monotonicMs - startMs < TURN_MS) continue;
    await new Promise<void>((resolve) => clock.schedule(pauseMs, resolve));
    startMs = clock.read().monotonicMs;
  }
}

/** SHA-256 as 64 hex characters. */
export function* sha256Steps(bytes: Uint8Array): Generator<void, string> {
  const hash = createHash('sha256');
  for (let at = 0; at < bytes.length; at += HASH_BYTES) {
    hash.update(bytes.subarray(at, at + HASH_BYTES));
    yield;
  }
  return hash.digest('hex');
}
