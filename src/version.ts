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

/** Folder of the package: the nearest one above this file with a package.json. config/ and dist/ lie in it. */
export function packageRoot(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) {
      throw new GatepostError('internal', 'package.json of gatepost is missing; install it again');
    }
  }
}
