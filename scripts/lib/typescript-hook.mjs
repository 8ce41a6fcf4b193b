// `node --import ./scripts/lib/typescript-hook.mjs FILE.ts` runs the sources as they are, without a build. Vite's
// compiler takes the types out; TypeScript's own takes a second of processor time to load. It checks no types.
// With --enable-source-maps, stack traces and breakpoints are those of the sources.
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';

let sourcemap = false;

if (isMainThread)
  register(import.meta.url, { data: { sourcemap: process.execArgv.includes('--enable-source-maps') } });

export function initialize(data) {
  sourcemap = data.sourcemap;
}

export async function load(url, context, nextLoad) {
  if (!url.endsWith('.ts')) return nextLoad(url, context);
  const path = fileURLToPath(url);
  const { transformWithOxc } = await import('vite');
  const { code, map } = await transformWithOxc(await readFile(path, 'utf8'), path, {
    target: 'es2023',
    typescript: { onlyRemoveTypeImports: true },
    sourcemap,
  });
  return { format: 'module', source: sourcemap ? code + mapComment(map) : code, shortCircuit: true };
}

function mapComment(map) {
  const base64 = Buffer.from(JSON.stringify(map)).toString('base64');
  return `\n//# sourceMappingURL=data:application/json;base64,${base64}\n`;
}
