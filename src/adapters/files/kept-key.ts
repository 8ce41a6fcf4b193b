import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { closeSync, existsSync, fstatSync, fsyncSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeNewFile } from './new-file.ts';
import { readPrivateKey } from './private-key.ts';

/**
 * The Ed25519 key in a file of this kiosk's own, made at its first use and readable by its owner alone.
 * @throws GatepostError `key.invalid`, `usage`
 */
export function keptKey(path: string): KeyObject {
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const { privateKey } = generateKeyPairSync('ed25519');
    writeNewFile(path, privateKey.export({ format: 'pem', type: 'pkcs8' }), 0o600);
  }
  return readPrivateKey(path, undefined);
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
