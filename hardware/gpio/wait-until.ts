const STEP_MS = 1;

/**
 * Blocks until `isSo` says true, looking once a millisecond, and says whether it came true. For the few milliseconds
 * that the kernel or a fresh process needs to move a line: an output promises the level when its methods return.
 */
export function waitUntil(isSo: () => boolean, atMostMs: number): boolean {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; waited < atMostMs; waited += STEP_MS) {
    if (isSo()) return true;
    Atomics.wait(cell, 0, 0, STEP_MS);
  }
  return isSo();
}
