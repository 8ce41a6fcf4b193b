import { generateKeyPairSync } from 'node:crypto';
import { closeSync, existsSync, fstatSync, fsyncSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createSigner, type Signer } from '../../core/pass/issue-pass.ts';
import { writeNewFile } from './new-file.ts';
import { readPrivateKey } from './private-key.ts';

export function gateKeyPath(store: string): string {
  return join(store, 'gate-key.pem');
}

/**
 * The key with which this gate signs what it says of itself; made at its first use, readable by its owner alone.
 * @throws GatepostError `key.invalid`, `usage`
 */
export function gateKey(store: string): Signer {
  const path = gateKeyPath(store);
  if (!existsSync(path)) {
    mkdirSync(store, { recursive: true, mode: 0o700 });
    const { privateKey } = generateKeyPairSync('ed25519');
    writeNewFile(path, privateKey.export({ format: 'pem', type: 'pkcs8' }), 0o600);
  }
  return createSigner(readPrivateKey(path, undefined));
}

/** Overwrites a small file, then removes it; a memory card may keep the old blocks all the same. */
export function shred(path: string): void {
  if (!existsSync(path)) return;
  const file = openSync(path, 'r+');
  try {
    writeSync(file, new Uint8Array(fstatSync(file).size));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  rmSync(path);
}
