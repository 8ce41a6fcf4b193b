import { openPrivateKey } from '../adapters/files/private-key.ts';
import { GatepostError } from '../core/errors.ts';
import { createSigner, type Signer } from '../core/pass/issue-pass.ts';
import { refusePublished } from '../core/pass/public-key.ts';
import { readLine } from './read-line.ts';

/**
 * The signer of a key file. The passphrase of an encrypted one comes from its file, or is asked for at a terminal.
 * @throws GatepostError `key.invalid`, `usage`
 */
export async function signingKey(path: string, passphraseFile: string | undefined): Promise<Signer> {
  const ask = async (): Promise<string> => {
    if (process.stdin.isTTY) return readLine(process.stdin, `Passphrase of ${path} (not shown): `);
    throw new GatepostError(
      'key.invalid',
      `${path} is encrypted and the passphrase is missing; name its file with --passphrase-file.`,
    );
  };
  const signer = createSigner(await openPrivateKey(path, passphraseFile, ask));
  // No gate trusts a published key, because anybody can sign with it.
  refusePublished(signer.publicKey);
  return signer;
}
