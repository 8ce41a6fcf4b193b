import { defineConfig } from 'vitest/config';

/** What an emulated processor may need beside other work; it judges nothing. */
const LONGEST_MS = 600_000;

export default defineConfig({
  test: {
    include: ['test/arm/*.steps.ts'],
    testTimeout: LONGEST_MS,
    hookTimeout: LONGEST_MS,
    pool: 'forks',
  },
});
