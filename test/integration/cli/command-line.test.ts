import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { demandFreshBuild } from '../../support/gate/daemon.ts';
import { testSigner } from '../../support/gate/pass-samples.ts';

/** The built program, as scripts/build leaves it. */
const GATEPOST = resolve('dist/src/cli/gatepost.js');

function gatepost(...words: string[]): { code: number | null; out: string; err: string } {
  demandFreshBuild();
  const { status, stdout, stderr } = spawnSync(process.execPath, [GATEPOST, ...words], { encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

describe('gatepost', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-cli-'));
  const wrong = join(folder, 'wrong.yaml');
  writeFileSync(
    wrong,
    readFileSync('config/demo.yaml', 'utf8').replace('releaseSeconds: 3', 'releseSeconds: 3'),
  );
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('can be started by its name', () => {
    const { status, stdout } = spawnSync(GATEPOST, ['--version'], { encoding: 'utf8' });
    expect(status).toBe(0);
    expect(stdout.trim()).toBe(JSON.parse(readFileSync('package.json', 'utf8')).version);
  });

  it('names its commands', () => {
    const { code, out } = gatepost('--help');
    expect(code).toBe(0);
    for (const command of ['run', 'demo', 'keygen', 'pass', 'log', 'operator', 'config'])
      expect(out).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
  });

  it.each([['no command'], ['an unknown command', 'opne'], ['an unknown option', '--colour']])(
    'answers %s with exit code 2 and nothing on standard output',
    (_, ...words) => {
      const { code, out, err } = gatepost(...words);
      expect(code).toBe(2);
      expect(out).toBe('');
      expect(err).not.toBe('');
    },
  );

  it('config check says what a good config means', () => {
    const { code, out, err } = gatepost('config', 'check', 'config/demo.yaml');
    expect(code).toBe(0);
    expect(err).toBe('');
    expect(out).toMatch(/^OK config\/demo\.yaml\n/);
    expect(out).toContain('Door main (Main door): released for 3 s; lock simulated; contact simulated.');
    expect(out).toMatch(/^Broker: embedded, on 127\.0\.0\.1:\d+\.$/m);
  });

  it('config check names the mistakes of a wrong one, with exit code 78', () => {
    const { code, out, err } = gatepost('config', 'check', wrong);
    expect(code).toBe(78);
    expect(out).toBe('');
    expect(err).toBe(`${wrong}:14:5: unknown key \`releseSeconds\`; did you mean \`releaseSeconds\`?\n`);
  });

  it('config check --json answers for programs', () => {
    const bad = gatepost('config', 'check', '--json', wrong);
    expect(bad.code).toBe(78);
    expect(JSON.parse(bad.out)).toMatchObject({
      ok: false,
      mistakes: [{ line: 14, column: 5 }],
      warnings: [],
    });
    // The example trusts nobody, so it is no config before somebody puts a key into it.
    const example = gatepost('config', 'check', '--json', 'config/gatepost.example.yaml');
    expect(example.code).toBe(78);
    expect(JSON.parse(example.out).mistakes).toMatchObject([{ message: expect.stringContaining('keygen') }]);
    const key = Buffer.from(testSigner('issuer').publicKey).toString('hex');
    const filled = readFileSync('config/gatepost.example.yaml', 'utf8').replace(/PUT-THE-PUBLIC-KEY\S+/, key);
    writeFileSync(join(folder, 'filled.yaml'), filled);
    const good = gatepost('config', 'check', '--json', join(folder, 'filled.yaml'));
    expect(good.code).toBe(0);
    expect(JSON.parse(good.out)).toMatchObject({ ok: true, mistakes: [], warnings: [] });
  });

  it('config schema prints the schema that is committed', () => {
    expect(gatepost('config', 'schema').out).toBe(readFileSync('config/schema/gatepost.schema.json', 'utf8'));
  });
});
