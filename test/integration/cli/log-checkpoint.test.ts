import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { SENSORS } from '../../../hardware/sensors.ts';
import { openReadOnly } from '../../../src/adapters/sqlite/log-reader.ts';
import { registerLogCheckpoint } from '../../../src/cli/site/log-checkpoint.ts';
import { registerLogVerify } from '../../../src/cli/site/log-verify.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { createSigner } from '../../../src/core/pass/issue-pass.ts';
import { isCheckpointOf, parseCheckpoint, signCheckpoint } from '../../../src/core/proof/checkpoint.ts';
import { Daemon } from '../../../src/daemon/daemon.ts';
import { ONE_DOOR } from '../../support/gate/one-door.ts';
import { SilentLogger } from '../../support/silent-logger.ts';
import { temporaryFolder } from '../../support/store/store-folder.ts';

/** Runs `gatepost log …` in this process and gives what it printed. */
async function run(...words: string[]): Promise<string> {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  registerLogCheckpoint(program);
  registerLogVerify(program);
  let text = '';
  const print = vi.spyOn(console, 'log').mockImplementation((line) => {
    text += `${line}\n`;
  });
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  try {
    await program.parseAsync(['log', ...words], { from: 'user' });
    return text;
  } finally {
    write.mockRestore();
    print.mockRestore();
  }
}

function site() {
  const folder = temporaryFolder();
  const config = join(folder, 'gate.yaml');
  writeFileSync(config, ONE_DOOR);
  return { folder, config, store: join(folder, 'state') };
}

async function runningGate(config: string): Promise<Daemon> {
  const daemon = new Daemon({
    loaded: loadConfig(config, SENSORS),
    logger: new SilentLogger(),
    env: {},
    webMustStart: false,
    onSetUpCode: () => undefined,
  });
  onTestFinished(() => daemon.stop());
  await daemon.start(new AbortController().signal);
  return daemon;
}

const read = (text: string) => parseCheckpoint(new TextEncoder().encode(text));

async function publicKey(config: string): Promise<Uint8Array> {
  return new Uint8Array(Buffer.from((await run('checkpoint', '--public-key', '-c', config)).trim(), 'hex'));
}

describe('gatepost log checkpoint', () => {
  it('signs what the log is, where no gate runs', async () => {
    const { config, store } = site();
    const note = await run('checkpoint', '-c', config);
    expect(isCheckpointOf(read(note), await publicKey(config))).toBe(true);
    expect(read(note).size).toBe(1);
    const reader = openReadOnly(store);
    onTestFinished(() => reader.close());
    expect(reader.newest(1)).toMatchObject([{ sequence: 2, name: 'log.checkpoint' }]);
  });

  it('is carried out by the gate that runs, whose log verifies with it, and which signs one more as it stops', async () => {
    const { folder, config, store } = site();
    const daemon = await runningGate(config);
    const note = await run('checkpoint', '-c', config);
    expect(isCheckpointOf(read(note), await publicKey(config))).toBe(true);
    const file = join(folder, 'checkpoint.txt');
    writeFileSync(file, note);
    expect(await run('verify', '-c', config, '--checkpoint', file)).toContain(
      'The log is what the gate wrote.',
    );
    await daemon.stop();
    const proof = JSON.parse(await run('verify', '--store', store, '--since', file, '--json')).proof;
    expect(proof.first.size).toBe(read(note).size);
    expect(proof.second.size).toBeGreaterThan(proof.first.size);
  });

  it('hands a co-signed one to the gate, which says why it does not keep it', async () => {
    const { folder, config } = site();
    await runningGate(config);
    const file = join(folder, 'cosigned.txt');
    writeFileSync(file, await run('checkpoint', '-c', config));
    await expect(run('cosign', file, '-c', config)).rejects.toMatchObject({
      code: 'checkpoint.invalid',
      message: expect.stringContaining('No witness'),
    });
    const stranger = createSigner(generateKeyPairSync('ed25519').privateKey);
    writeFileSync(
      file,
      signCheckpoint({ origin: 'example.com/log', size: 1, root: new Uint8Array(32) }, stranger),
    );
    await expect(run('cosign', file, '-c', config)).rejects.toMatchObject({ code: 'checkpoint.invalid' });
  });
});
