import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Much more than what a collected heap moves by itself, much less than what something that keeps its bytes takes. */
export const GROWTH_BYTES_MAX = 256 * 1024;

let collect: (() => void) | undefined;

/** Memory that is in use when everything that nobody needs is gone. */
export function usedBytes(): number {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
  return process.memoryUsage().heapUsed;
}
