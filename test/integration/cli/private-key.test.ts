import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openPrivateKey } from '../../../src/adapters/files/private-key.ts';
import { temporaryFolder } from '../../support/store/store-folder.ts';

const PASSPHRASE = 'correct horse battery';

function keyFile(passphrase?: string): string {
  const path = join(temporaryFolder(), 'key.pem');
  const encryption = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
  const { privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(path, privateKey.export({ format: 'pem', type: 'pkcs8', ...encryption }));
  return path;
}

const never = (): Promise<string> => Promise.reject(new Error('nobody may be asked'));

describe('a private key', () => {
  it('is opened with the passphrase that is asked for', async () => {
    const key = await openPrivateKey(keyFile(PASSPHRASE), undefined, async () => PASSPHRASE);
    expect(key.asymmetricKeyType).toBe('ed25519');
  });

  it('is not opened with another one', async () => {
    const opening = openPrivateKey(keyFile(PASSPHRASE), undefined, async () => 'wrong horse battery');
    await expect(opening).rejects.toMatchObject({
      code: 'key.invalid',
      message: expect.stringContaining('does not fit'),
    });
  });

  it('asks nobody where it is not encrypted, or a file holds the passphrase', async () => {
    await openPrivateKey(keyFile(), undefined, never);
    const secret = join(temporaryFolder(), 'passphrase');
    writeFileSync(secret, `${PASSPHRASE}\n`);
    await openPrivateKey(keyFile(PASSPHRASE), secret, never);
  });
});
