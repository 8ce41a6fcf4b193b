import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { parseAst } from 'vite';
import { describe, expect, it } from 'vitest';
import { keepCompiled, loadBundle } from '../../src/cli/load-bundle.ts';
import { packageRoot } from '../../src/version.ts';
import { demandFreshBuild } from '../support/gate/daemon.ts';
import { temporaryFolder } from '../support/store/store-folder.ts';

const PROGRAM = `const { double } = require('./double.cjs');
exports.main = async () => require('node:path').basename(__filename) + double(21);`;
const DOUBLE = `exports.double = (number) => 2 * number;`;

interface Program {
  readonly main: () => Promise<string>;
}

/** A bundle of two files in a folder of its own. */
function bundle(compiled = temporaryFolder(), double = DOUBLE) {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'program.cjs'), PROGRAM);
  writeFileSync(join(folder, 'double.cjs'), double);
  return { entry: join(folder, 'program.cjs'), compiled };
}

async function outcome(of: ReturnType<typeof bundle>): Promise<string | undefined> {
  return loadBundle<Program>(of)?.main();
}

/** The kept file of `double.cjs` in a fresh copy of what one run has kept. */
async function keptDouble() {
  const first = bundle();
  expect(await outcome(first)).toBe('program.cjs42');
  keepCompiled(first);
  const compiled = temporaryFolder();
  cpSync(first.compiled, compiled, { recursive: true });
  const [made = ''] = readdirSync(compiled);
  return { compiled, file: join(compiled, made, 'double.cjs') };
}

describe('the bundle of the program', () => {
  function sources(): readonly { readonly name: string; readonly source: string }[] {
    demandFreshBuild();
    const folder = join(packageRoot(), 'dist/src/cli/gatepost');
    const files = readdirSync(folder).filter((name) => name.endsWith('.cjs'));
    expect(files).toContain('program.cjs');
    return files.map((name) => ({ name, source: readFileSync(join(folder, name), 'utf8') }));
  }

  it('imports nothing dynamically', () => {
    const importing = sources().filter(({ source }) =>
      JSON.stringify(parseAst(source), plain).includes('"ImportExpression"'),
    );
    expect(importing.map(({ name }) => name)).toEqual([]);
  });

  it('has no character for which Node.js would keep two bytes of each', () => {
    const wide = sources().filter(({ source }) => /[^\0-\u00ff]/.test(source));
    expect(wide.map(({ name }) => name)).toEqual([]);
  });
});

/** JSON has no big numbers, and none is looked for. */
function plain(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? 0 : value;
}

describe('a bundle', () => {
  it('is nothing where its first file is not', () => {
    const folder = temporaryFolder();
    expect(loadBundle({ entry: join(folder, 'program.cjs'), compiled: folder })).toBeUndefined();
  });

  it('runs the code that was kept, wherever it lies', async () => {
    const { compiled, file } = await keptDouble();
    // Another source of the same length, which claims to be the one of the code: what runs is the code.
    const other = DOUBLE.replace('2 *', '3 *');
    const kept = readFileSync(file);
    kept.writeUInt32BE(crc32(other), 0);
    writeFileSync(file, kept);
    expect(await outcome(bundle(compiled, other))).toBe('program.cjs42');
  });

  it('runs its source where that is another one, even of the same length', async () => {
    const { compiled } = await keptDouble();
    expect(await outcome(bundle(compiled, DOUBLE.replace('2 *', '3 *')))).toBe('program.cjs63');
  });

  it('runs its source under flags of V8 under which nothing was kept', async () => {
    const { compiled } = await keptDouble();
    const { entry } = bundle(compiled);
    const words = `const { loadBundle } = await import('./src/cli/load-bundle.ts');
      console.log(await loadBundle(${JSON.stringify({ entry, compiled })}).main());`;
    const node = ['--max-semi-space-size=2', '--import', './scripts/lib/typescript-hook.mjs'];
    expect(
      spawnSync(process.execPath, [...node, '--input-type=module', '-e', words], {
        cwd: packageRoot(),
        encoding: 'utf8',
      }),
    ).toMatchObject({ stdout: 'program.cjs42\n', status: 0 });
  });

  it('runs its source where the kept code is damaged', async () => {
    const { compiled, file } = await keptDouble();
    const whole = readFileSync(file);
    const damage = [fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean()] as const;
    await fc.assert(
      fc.asyncProperty(...damage, async (at, change, isCut) => {
        const kept = Buffer.from(whole);
        kept[at] = (kept[at] ?? 0) ^ change;
        writeFileSync(file, isCut ? kept.subarray(0, at) : kept);
        expect(await outcome(bundle(compiled))).toBe('program.cjs42');
      }),
    );
  });
});
