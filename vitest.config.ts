import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Two noisy cores: real processes, brokers and browsers need room. These limits end what hangs; they judge nothing, so
    // they are far beyond what a busy machine needs. No test asserts an absolute time.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 200_000 } },
    pool: 'forks',
    // More than cores: most of a test of browsers and devices is waiting.
    maxWorkers: 4,
  },
});
