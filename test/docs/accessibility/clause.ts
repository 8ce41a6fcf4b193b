/**
 * A clause of a standard: its number, its level (A or AA; empty where the standard has none), what it asks for in plain
 * words, and what shows it, each as one of
 * - `axe: RULE, RULE`: rules of axe-core that find nothing on any of the pages
 * - `test: FILE: WORDS`: a test in test/FILE.test.ts (or test/integration/FILE.test.ts) whose name has these words
 * - `as: NUMBER`: what shows that clause shows this one
 * - `not ours: REASON`
 * - `fails: WHAT, and whom it hurts`
 */
export type Clause = readonly [
  number: string,
  level: 'A' | 'AA' | '',
  asks: string,
  shown: readonly string[],
];
