const STEP_MS = 1;

/**
 * Blocks until `isSo` returns true, checked once a millisecond, and returns whether it did. For the few milliseconds in
 * which the kernel or a new process moves a line, because an output guarantees the level when its methods return.
 */
export function waitUntil(isSo: () => boolean, atMostMs: number): boolean {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; waited < atMostMs; waited += STEP_MS) {
    if (isSo()) return true;
    Atomics.wait(cell, 0, 0, STEP_MS);
  }
  return isSo();
}
