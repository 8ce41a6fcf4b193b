/** The entry of `allowed` that `written` was most likely meant to be, or undefined when none is near. */
export function nearest(written: string, allowed: readonly string[]): string | undefined {
  const lower = written.toLowerCase();
  const ranked = allowed
    .map((word) => ({ word, distance: distanceBetween(lower, word.toLowerCase()) }))
    .filter(({ word, distance }) => distance <= Math.max(1, word.length / 3) || startsAlike(lower, word))
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.word;
}

/** `password` for `passwordFile`, `release` for `releaseSeconds`. */
function startsAlike(lower: string, word: string): boolean {
  return lower.length >= 4 && word.toLowerCase().startsWith(lower);
}

/** Levenshtein's edit distance, one row at a time; both words are cut at 64 characters. */
function distanceBetween(from: string, to: string): number {
  const target = [...to.slice(0, 64)];
  let row = Array.from({ length: target.length + 1 }, (_, index) => index);
  for (const [rowIndex, letter] of [...from.slice(0, 64)].entries()) {
    const next = [rowIndex + 1];
    for (const [index, other] of target.entries()) {
      const substituted = (row[index] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(substituted, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    row = next;
  }
  return row[target.length] ?? 0;
}
