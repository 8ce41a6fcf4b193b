import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GatepostError } from './core/errors.ts';

/** Version of the software as package.json tells it, whether it runs from dist or from the sources. */
export function softwareVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest && manifest.version;
  if (typeof version === 'string') return version;
  throw new GatepostError('internal', 'package.json of gatepost has no version; install it again');
}

/** When these sources were last worked on: no build of them is older. */
const SOURCES_MS = Date.UTC(2026, 10, 28);
/** Whoever runs a program for longer without an update has other troubles than its clock. */
const LONGEST_USE_MS = 10 * 365.25 * 86_400_000;

/** The last moment that is believed to be now, in Unix milliseconds: ten years after this program was built. */
export function latestBelievableMs(): number {
  const file = join(packageRoot(), 'dist/.built');
  const builtMs = existsSync(file) ? 1000 * Number(readFileSync(file, 'utf8')) : 0;
  return Math.max(SOURCES_MS, Number.isFinite(builtMs) ? builtMs : 0) + LONGEST_USE_MS;
}

/** Folder of the package: the nearest one above this file with a package.json. config/ and dist/ lie in it. */
export function packageRoot(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) {
      throw new GatepostError('internal', 'package.json of gatepost is missing; install it again');
    }
  }
}
