import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { textFiles } from './markdown.ts';

/** Below this many lines a file with a single user stands with that user. */
const SMALL = 25;
/** What may be small and alone, and why. */
const REASONS: readonly (readonly [path: RegExp, why: string])[] = [
  [/^src\/cli\/gatepost\.ts$/, 'the entry of the program'],
  [/^src\/screens\/\w+\/main\.tsx$/, 'the entry of a page'],
  [/^src\/screens\/shared\/language-names\.ts$/, 'the build writes its value out'],
  [/^hardware\/[\w-]+\/driver\.ts$/, 'the manifest of a device'],
  [/^src\/adapters\/\w+\/thread-verifier\.ts$/, 'keeps a port, and src/daemon only joins'],
  [/^src\/core\/pass\/code-key\.ts$/, 'knows the bytes of a pass, and its user does not'],
];

const FILES = textFiles().filter(({ path }) => /^(src|hardware)\/.*(?<!\.d)\.tsx?$/.test(path));
const lines = (text: string): number => text.split('\n').length - 1;

it('a file is near a hundred lines', () => {
  const sizes = FILES.map(({ text }) => lines(text)).sort((one, other) => one - other);
  const median = sizes[Math.floor(sizes.length / 2)];
  expect(median).toBeGreaterThanOrEqual(70);
  expect(median).toBeLessThanOrEqual(130);
});

it('a small file has more than one user, or a reason', () => {
  const users = new Map<string, Set<string>>();
  for (const { path, text } of FILES)
    for (const [, specifier = ''] of text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)) {
      const used = join(dirname(path), specifier);
      users.set(used, (users.get(used) ?? new Set()).add(path));
    }
  const alone = FILES.filter(({ path, text }) => lines(text) < SMALL && (users.get(path)?.size ?? 0) < 2)
    .map(({ path }) => path)
    .filter((path) => !REASONS.some(([reason]) => reason.test(path)));
  expect(alone).toEqual([]);
});
