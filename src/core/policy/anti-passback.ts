import type { Direction } from '../access/vocabulary.ts';
import type { LedgerFacts } from '../decision/holder-facts.ts';
import type { AntiPassbackRule } from './policy.ts';

const MINUTE_MS = 60_000;

/**
 * Whether a passage in `direction` follows one in the same direction: in while in, out while out, or, with
 * `minutes`, too soon after it. A clock that was set back makes nothing older.
 */
export function violatesAntiPassback(
  { mode, minutes }: AntiPassbackRule,
  last: LedgerFacts['lastPassage'],
  direction: Direction,
  nowMs: number,
): boolean {
  if (mode === 'off' || last?.direction !== direction) return false;
  return minutes === undefined || Math.abs(nowMs - last.atMs) < minutes * MINUTE_MS;
}
