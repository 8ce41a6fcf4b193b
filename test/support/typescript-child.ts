import { fileURLToPath } from 'node:url';

const HOOK = fileURLToPath(new URL('../../scripts/lib/typescript-hook.mjs', import.meta.url));

/** Arguments for `node` that run a TypeScript file of the tests: `child` is its path below test/. */
export function typescriptArguments(child: string, ...words: readonly string[]): string[] {
  return ['--import', HOOK, fileURLToPath(new URL(`../${child}`, import.meta.url)), ...words];
}
