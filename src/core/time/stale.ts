/** What arrives so soon after nobody listened may be much older than it looks, in milliseconds. */
export const SETTLE_MS = 500;

/**
 * Whether what was read at `atMs` may be from before a standstill of the program, or from during it (both monotonic ms).
 * @param goneOnMs when the program last went on after it had stood still; undefined: it never stood still
 */
export function isStale(atMs: number, goneOnMs: number | undefined): boolean {
  return goneOnMs !== undefined && atMs < goneOnMs + SETTLE_MS;
}
