// The program as scripts/lib/keep-compiled.mjs plays it: when it ends, the code of what has run is kept.
// usage: node scripts/lib/play-compiled.mjs PROJECT [WORDS…]
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';

const [project, ...words] = process.argv.slice(2);
const cli = join(project, 'dist/src/cli');
const { bundleIn, keepCompiled, loadBundle } = await import(pathToFileURL(join(cli, 'load-bundle.js')));
const bundle = bundleIn(cli);
process.argv = [process.execPath, join(cli, 'gatepost.js'), ...words];
process.on('exit', (code) => {
  if (code !== 0) return;
  // Back to what V8 had when it read the code; the daemon changes it as it starts (src/daemon/process-life.ts).
  setFlagsFromString('--heap-growing-percent=0');
  keepCompiled(bundle);
});
await loadBundle(bundle).main();
