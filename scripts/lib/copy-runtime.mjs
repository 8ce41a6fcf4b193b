// Copies what a gate needs at run time into a fresh folder: the compiled program, its packages without those for
// development, config, scripts, systemd files and the papers.
// usage: node copy-runtime.mjs PROJECT TARGET
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const [project, target] = process.argv.slice(2);
const PARTS = [
  'dist/src/cli/gatepost.js',
  'dist/src/cli/load-bundle.js',
  'dist/src/cli/gatepost',
  'dist/screens',
  // Says that the build was finished.
  'dist/.built',
  'config',
  'hardware/README.md',
  'hardware/wiring',
  'hardware/gpio/README.md',
  'scripts',
  'systemd',
  'package.json',
  'package-lock.json',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
];

const { packages } = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8'));
const modules = Object.entries(packages)
  .filter(([path, { dev }]) => path.startsWith('node_modules/') && dev !== true)
  .map(([path]) => path)
  // Optional packages and those of other platforms may be missing.
  .filter((path) => existsSync(join(project, path)));

for (const part of [...PARTS, ...modules]) {
  const from = join(project, part);
  if (!existsSync(from)) continue;
  cpSync(from, join(target, part), {
    recursive: true,
    verbatimSymlinks: true,
    preserveTimestamps: true,
    // Packages inside a package stand in the list themselves.
    filter: (path) => !(basename(path) === 'node_modules' && dirname(path) === from),
  });
}
