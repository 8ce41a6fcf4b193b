import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { cachedDataVersionTag } from 'node:v8';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';

/** Where a program that was joined into CommonJS files lies, and where what V8 made of them is kept. */
export interface Bundle {
  /** Its first file. */
  readonly entry: string;
  /** Folder; it may be missing, or be of another machine. */
  readonly compiled: string;
}

type Wrapped = (
  exports: unknown,
  require: (id: string) => unknown,
  module: { exports: unknown },
  file: string,
  folder: string,
) => void;

interface Loaded {
  readonly module: { exports: unknown };
  readonly script: Script;
  readonly sourceSum: number;
}

/** The bundle of the program below `folder`, which is that of its first file, `gatepost.js`. */
export function bundleIn(folder: string): Bundle {
  return { entry: join(folder, 'gatepost/program.cjs'), compiled: join(folder, 'gatepost-compiled') };
}

/** Bytes before the code: CRC-32 of the source and of the code, big-endian. */
const HEAD = 8;
const require = createRequire(import.meta.url);
const loaded = new Map<string, Loaded>();

/**
 * Runs a bundle with the code that `keepCompiled` has kept of it: compiling is a third of the processor time of a start.
 * Its files must not import dynamically: code that was kept cannot. Code of another source, another Node.js, other flags of V8, or damaged, is passed over, and the source is compiled.
 * @returns what its first file exports; undefined if there is no bundle
 */
export function loadBundle<T>(bundle: Bundle): T | undefined {
  return existsSync(bundle.entry) ? (load(bundle.entry, bundle) as T) : undefined;
}

/** Keeps the code of all files that this process has loaded of a bundle, with the functions that have run. */
export function keepCompiled(bundle: Bundle): void {
  const own = [...loaded].filter(([file]) => file.startsWith(join(dirname(bundle.entry), '/')));
  for (const [file, { script, sourceSum }] of own) {
    const code = script.createCachedData();
    const head = Buffer.alloc(HEAD);
    head.writeUInt32BE(sourceSum, 0);
    head.writeUInt32BE(crc32(code), 4);
    const kept = keptFile(file, bundle);
    mkdirSync(dirname(kept), { recursive: true });
    writeFileSync(`${kept}.new`, Buffer.concat([head, code]));
    renameSync(`${kept}.new`, kept);
  }
}

function load(file: string, bundle: Bundle): unknown {
  const before = loaded.get(file);
  if (before !== undefined) return before.module.exports;
  const source = readFileSync(file);
  const sourceSum = crc32(source);
  const cachedData = readCompiled(keptFile(file, bundle), sourceSum);
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${source}\n})`, {
    filename: file,
    ...(cachedData && { cachedData }),
  });
  const module = { exports: {} };
  loaded.set(file, { module, script, sourceSum });
  const folder = dirname(file);
  const requireHere = (id: string): unknown =>
    id.startsWith('.') ? load(join(folder, id), bundle) : require(id);
  const run: Wrapped = script.runInThisContext();
  run.call(module.exports, module.exports, requireHere, module, file, folder);
  return module.exports;
}

/** V8 itself compares no more than the length of the source, and believes the code. */
function readCompiled(file: string, sourceSum: number): Buffer | undefined {
  try {
    const kept = readFileSync(file);
    const code = kept.subarray(HEAD);
    return kept.readUInt32BE(0) === sourceSum && kept.readUInt32BE(4) === crc32(code) ? code : undefined;
  } catch {
    return undefined;
  }
}

/** V8 checks its own version and flags, which it has in the tag, but not the kind of machine. */
function keptFile(file: string, { entry, compiled }: Bundle): string {
  const made = `${process.version}-${process.arch}-${cachedDataVersionTag().toString(16)}`;
  return join(compiled, made, relative(dirname(entry), file));
}
