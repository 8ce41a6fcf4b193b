import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Command } from 'commander';
import { describe, expect, it, vi } from 'vitest';
import { gateSigner } from '../../../src/adapters/files/kept-key.ts';
import type { Store } from '../../../src/adapters/sqlite/store.ts';
import { registerLogVerify } from '../../../src/cli/site/log-verify.ts';
import type { EventDraft } from '../../../src/core/events/event.ts';
import { createSigner } from '../../../src/core/pass/issue-pass.ts';
import { originOf, signCheckpoint } from '../../../src/core/proof/checkpoint.ts';
import { isConsistent } from '../../../src/core/proof/verify-proof.ts';
import { accessGranted, SAMPLE_TIME_MS } from '../../support/gate/event-samples.ts';
import { ONE_DOOR } from '../../support/gate/one-door.ts';
import { openStore, temporaryFolder } from '../../support/store/store-folder.ts';

/** Runs `gatepost log verify …` in this process. */
async function verify(
  ...words: string[]
): Promise<{ readonly text: string; readonly code: string | undefined }> {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  registerLogVerify(program);
  const print = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  try {
    const code = await program.parseAsync(['log', 'verify', ...words], { from: 'user' }).then(
      () => undefined,
      (error: { readonly code: string }) => error.code,
    );
    return { text: print.mock.calls.map(([line]) => String(line)).join('\n'), code };
  } finally {
    print.mockRestore();
  }
}

/** A checkpoint of the store now, in a file beside it. */
function checkpointOf(store: Store, folder: string, signer = gateSigner(folder)): string {
  while (store.tree.grow() > 0);
  const { epoch, size, root } = store.tree.head();
  const file = join(folder, `checkpoint-${size}.txt`);
  const origin = originOf({ site: 'willow-court', gate: 'north', epoch });
  writeFileSync(file, signCheckpoint({ origin, size, root }, signer));
  return file;
}

function purged(part: 'access' | 'operator' | 'ended', through: number): EventDraft {
  const data = { class: part, through, count: through } as const;
  return { name: 'log.purged', subject: 'north', data, timeMs: SAMPLE_TIME_MS, timeQuality: 'synced' };
}

async function logOf(count: number) {
  const folder = temporaryFolder();
  const store = await openStore(folder);
  const write = (more: number) =>
    store.log.commit({ events: Array.from({ length: more }, () => accessGranted()) });
  write(count - 1);
  return { folder, store, write };
}

describe('gatepost log verify', () => {
  it('says that a log is sound, and how many checkpoints agree', async () => {
    const { folder, store } = await logOf(300);
    const file = checkpointOf(store, folder);
    const { text, code } = await verify('--store', folder, '--checkpoint', file);
    expect(code).toBeUndefined();
    expect(text).toContain('Events looked at     300');
    expect(text).toContain('1 of 1 agree');
    expect(text).toContain('The log is what the gate wrote.');
  });

  it('names what is wrong, with code log.altered, and as JSON', async () => {
    const { folder, store } = await logOf(300);
    const file = checkpointOf(store, folder);
    await store.stop();
    const database = new Database(join(folder, 'gatepost.db'));
    database.exec('DELETE FROM event WHERE sequence IN (7, 8, 90)');
    database.close();
    const plain = await verify('--store', folder, '--checkpoint', file);
    expect(plain.code).toBe('log.altered');
    expect(plain.text).toContain('missing      Events 7 to 8: gone');
    expect(plain.text).toContain('missing      Event 90: gone');
    const json = await verify('--store', folder, '--checkpoint', file, '--json');
    expect(json.code).toBe('log.altered');
    expect(JSON.parse(json.text)).toMatchObject({
      status: 'altered',
      findings: [
        { problem: 'missing', first: 7, last: 8 },
        { problem: 'missing', first: 90, last: 90 },
      ],
    });
  });

  it('proves that the log only grew, so that somebody else can check it', async () => {
    const { folder, store, write } = await logOf(300);
    const first = checkpointOf(store, folder);
    write(900);
    const second = checkpointOf(store, folder);
    const plain = await verify('--store', folder, '--since', first, '--checkpoint', second);
    expect(plain.text).toContain('RFC 6962 consistency proof');
    const { text, code } = await verify(
      '--store',
      folder,
      '--since',
      first,
      '--checkpoint',
      second,
      '--json',
    );
    expect(code).toBeUndefined();
    const { proof } = JSON.parse(text);
    const bytes = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));
    const sound = {
      first: proof.first.size,
      second: proof.second.size,
      firstRoot: bytes(proof.first.root),
      secondRoot: bytes(proof.second.root),
      proof: proof.hashes.map(bytes),
    };
    expect(sound).toMatchObject({ first: 300, second: 1200 });
    expect(isConsistent(sound)).toBe(true);
    for (const hash of proof.hashes) expect(plain.text).toContain(hash);
  });

  it('takes only checkpoints that the key of the gate has signed', async () => {
    const { folder, store } = await logOf(20);
    const stranger = createSigner(generateKeyPairSync('ed25519').privateKey);
    gateSigner(folder);
    const file = checkpointOf(store, folder, stranger);
    expect((await verify('--store', folder, '--checkpoint', file)).code).toBe('checkpoint.invalid');
    const key = Buffer.from(stranger.publicKey).toString('hex');
    expect((await verify('--store', folder, '--checkpoint', file, '--public-key', key)).code).toBeUndefined();
    writeFileSync(file, 'nothing');
    expect((await verify('--store', folder, '--checkpoint', file)).code).toBe('checkpoint.invalid');
    expect((await verify('--store', folder, '--checkpoint', join(folder, 'none'))).code).toBe('usage');
  });

  it('cannot tell by a checkpoint whose rows have ended, unless a newer one is given too', async () => {
    const { folder, store, write } = await logOf(300);
    const old = checkpointOf(store, folder);
    write(900);
    const newer = checkpointOf(store, folder);
    for (const part of ['access', 'operator', 'ended'] as const)
      store.log.commit({ events: [purged(part, 1024)] });
    for (const part of ['access', 'operator', 'ended'] as const)
      store.rows.reduce(part, { after: 0, through: 1024 }, { rows: 5000 });
    await store.stop();
    const alone = await verify('--store', folder, '--checkpoint', old, '--json');
    expect(alone.code).toBe('checkpoint.invalid');
    expect(JSON.parse(alone.text)).toMatchObject({ status: 'unproved', uncompared: [old] });
    const both = await verify('--store', folder, '--checkpoint', old, newer);
    expect(both.text).toContain('cannot be compared any more');
    expect(both.code).not.toBe('checkpoint.invalid');
  });

  it('judges the age of what went by the config, and without one by what any may say', async () => {
    const { folder, store } = await logOf(30);
    const file = checkpointOf(store, folder);
    const days = (count: number) => SAMPLE_TIME_MS + count * 86_400_000;
    store.log.commit({ events: [{ ...purged('access', 30), timeMs: days(8) }] });
    store.rows.reduce('access', { after: 0, through: 30 }, { rows: 100 });
    const config = (accessDays: number): string => {
      const path = join(folder, `${accessDays}.yaml`);
      writeFileSync(path, `${ONE_DOOR}\nretention: { accessDays: ${accessDays} }\n`);
      return path;
    };
    const at = ['--store', folder, '--checkpoint', file];
    const plain = await verify(...at);
    expect(plain.code).toBeUndefined();
    expect(plain.text).toMatch(/not proved .*2 to 30|not proved .*1 to 30/);
    expect(plain.text).toContain('not judged   Whether these events were old enough: give --config');
    expect(plain.text).toContain('Nothing else speaks against the log.');
    expect((await verify(...at, '--config', config(7))).code).toBeUndefined();
    const longer = await verify(...at, '--config', config(14));
    expect([longer.code, longer.text]).toEqual([
      'log.altered',
      expect.stringContaining('erased       Events 2 to 30'),
    ]);
    expect(longer.text).not.toContain('not judged');
  });

  it('tells without a config what no config lets go', async () => {
    const { folder, store } = await logOf(30);
    const file = checkpointOf(store, folder);
    store.log.commit({ events: [{ ...purged('access', 30), timeMs: SAMPLE_TIME_MS + 3_600_000 }] });
    store.rows.reduce('access', { after: 0, through: 30 }, { rows: 100 });
    const { code, text } = await verify('--store', folder, '--checkpoint', file);
    expect([code, text]).toEqual(['log.altered', expect.stringContaining('erased       Events 2 to 30')]);
  });

  it('asks for the key where the store has none', async () => {
    const { folder, store } = await logOf(20);
    const elsewhere = temporaryFolder();
    const file = checkpointOf(store, folder, gateSigner(elsewhere));
    expect((await verify('--store', folder, '--checkpoint', file)).code).toBe('usage');
    expect((await verify()).code).toBe('usage');
  });
});
