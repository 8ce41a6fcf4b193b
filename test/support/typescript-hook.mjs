// `node --import test/support/typescript-hook.mjs file.ts`: lets a child process of a test run the sources as they
// are, without a build. Vite's compiler takes the types out; TypeScript's own takes a second of processor time to load.
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) register(import.meta.url);

export async function load(url, context, nextLoad) {
  if (!url.endsWith('.ts')) return nextLoad(url, context);
  const path = fileURLToPath(url);
  const { transformWithOxc } = await import('vite');
  const { code } = await transformWithOxc(await readFile(path, 'utf8'), path, {
    target: 'es2023',
    typescript: { onlyRemoveTypeImports: true },
  });
  return { format: 'module', source: code, shortCircuit: true };
}
