import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Limit for growth: much more than the variation of a collected heap, much less than a leak. */
export const GROWTH_BYTES_MAX = 256 * 1024;

let collect: (() => void) | undefined;

/** Memory in use after garbage collection, in bytes. */
export function usedBytes(): number {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
  return process.memoryUsage().heapUsed;
}
