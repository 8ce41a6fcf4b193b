import { generateKeyPairSync } from 'node:crypto';
import type { Command } from 'commander';
import { writeNewFile } from '../adapters/files/new-files.ts';
import { readSecret } from '../adapters/files/private-key.ts';
import { toHex } from '../core/encoding/hex.ts';
import { holderKeyOf } from '../core/pass/public-key.ts';
import { keyIdOf } from '../core/pass/read-pass.ts';

interface Options {
  readonly out: string;
  readonly name: string;
  readonly passphraseFile?: string;
}

/** `gatepost keygen --out FILE [--name N] [--passphrase-file FILE]` */
export function registerKeygen(program: Command): void {
  program
    .command('keygen')
    .description('make an Ed25519 key that signs passes')
    .requiredOption('--out <file>', 'where the private key goes (PEM, mode 0600); never overwritten')
    .option('--name <name>', 'who issues with it, for the config', 'Property office')
    .option('--passphrase-file <file>', 'encrypt the private key with the passphrase in this file')
    .action(({ out, name, passphraseFile }: Options) => {
      const raw = writeNewKey(out, passphraseFile);
      console.log(`private key  ${out} (keep it off the kiosk: the kiosk needs the public key only)`);
      console.log(`public key   ${toHex(raw)} (hex)`);
      console.log(`             ${Buffer.from(raw).toString('base64url')} (base64url)`);
      console.log(`kid          ${keyIdOf(raw)}`);
      console.log('\nLines for the config:\n');
      console.log('passes:\n  issuers:');
      // Every JSON string is a valid YAML string.
      console.log(`    - name: ${JSON.stringify(name)}`);
      console.log(`      publicKey: ${JSON.stringify(toHex(raw))}`);
    });
}

/**
 * Makes an Ed25519 key and writes its private part to a new file (PEM, mode 0600), encrypted if there is a passphrase.
 * @returns the public key, 32 bytes
 * @throws GatepostError `usage` if the file is there already
 */
export function writeNewKey(out: string, passphraseFile: string | undefined): Uint8Array {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const encryption =
    passphraseFile === undefined ? {} : { cipher: 'aes-256-cbc', passphrase: readSecret(passphraseFile) };
  writeNewFile(out, privateKey.export({ format: 'pem', type: 'pkcs8', ...encryption }), 0o600);
  return holderKeyOf(publicKey).publicKey;
}
