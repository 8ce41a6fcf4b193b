// `node --import ./scripts/lib/typescript-hook.mjs FILE.ts` runs the sources as they are, without a build. The compiler
// inside Vite takes the types out: Vite as a whole takes a third of a second of processor time to load, TypeScript's own
// compiler a second. It checks no types.
// With --enable-source-maps, stack traces and breakpoints are those of the sources.
import { readFile } from 'node:fs/promises';
import { createRequire, register } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isMainThread } from 'node:worker_threads';

let sourcemap = false;
let compiler;
const { resolve } = createRequire(import.meta.url);

if (isMainThread)
  register(import.meta.url, { data: { sourcemap: process.execArgv.includes('--enable-source-maps') } });

export function initialize(data) {
  sourcemap = data.sourcemap;
}

export async function load(url, context, nextLoad) {
  if (!url.endsWith('.ts')) return nextLoad(url, context);
  const path = fileURLToPath(url);
  compiler ??= import(pathToFileURL(createRequire(resolve('vite')).resolve('rolldown/utils')));
  const { transformSync } = await compiler;
  const { code, map, errors } = transformSync(path, await readFile(path, 'utf8'), {
    tsconfig: false,
    target: 'es2023',
    typescript: { onlyRemoveTypeImports: true },
    sourcemap,
  });
  if (errors.length > 0) throw new SyntaxError(`${path}: ${errors.map(({ message }) => message).join('; ')}`);
  return { format: 'module', source: sourcemap ? code + mapComment(map) : code, shortCircuit: true };
}

function mapComment(map) {
  const base64 = Buffer.from(JSON.stringify(map)).toString('base64');
  return `\n//# sourceMappingURL=data:application/json;base64,${base64}\n`;
}
