import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../src/version.ts';
import { newerThanBuild } from './gate/daemon.ts';

const HOOK = fileURLToPath(new URL('../../scripts/lib/typescript-hook.mjs', import.meta.url));

let isBuilt: boolean | undefined;

/**
 * Arguments for `node` that run a TypeScript file of the tests: `child` is its path below test/. Where the build is as
 * new as the sources it runs from there, which takes half of the processor time.
 */
export function typescriptArguments(child: string, ...words: readonly string[]): string[] {
  isBuilt ??= newerThanBuild(['src', 'hardware', 'test'], /\.tsx?$/) === undefined;
  const path = fileURLToPath(new URL(`../${child}`, import.meta.url));
  if (!isBuilt) return ['--import', HOOK, path, ...words];
  const built = join(packageRoot(), 'dist', relative(packageRoot(), path).replace(/ts$/, 'js'));
  return [built, ...words];
}
