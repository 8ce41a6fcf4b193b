import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { createSigner, type Signer } from '../../core/pass/issue-pass.ts';
import { writeNewFile } from './new-files.ts';
import { readPrivateKey } from './private-key.ts';

/**
 * The Ed25519 key in a file of this kiosk's own, created at its first use and readable by its owner only.
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

/** Where the key lies with which the gate of a store signs what it says of itself. */
export function gateKeyPath(folder: string): string {
  return join(folder, 'gate-key.pem');
}

/** A signer with that key. @throws GatepostError `key.invalid`, `usage` */
export function gateSigner(folder: string): Signer {
  return createSigner(keptKey(gateKeyPath(folder)));
}

/**
 * A signer with the key for visitors' passes of this kiosk. It is in no backup: a gate that is put back makes another, and
 * passes by the one before are over. @throws GatepostError `key.invalid`, `usage`
 */
export function visitorSigner(folder: string): Signer {
  return createSigner(keptKey(visitorKeyPath(folder)));
}

/** The public half of that key; undefined while there is none. It makes none. @throws GatepostError `key.invalid`, `usage` */
export function visitorPublicKey(folder: string): Uint8Array | undefined {
  const path = visitorKeyPath(folder);
  return existsSync(path) ? createSigner(readPrivateKey(path, undefined)).publicKey : undefined;
}

function visitorKeyPath(folder: string): string {
  return join(folder, 'visitor-key.pem');
}

/**
 * The key with which this kiosk seals what it keeps of one-time codes; undefined where there is none, unless `make`. It is in
 * no backup: a backup tells no secret of a phone, and on another card recovery codes alone count.
 * @throws GatepostError `key.invalid`, `usage`
 */
export function codeKey(folder: string, make: boolean): KeyObject | undefined {
  const path = join(folder, 'code-key.pem');
  return make || existsSync(path) ? keptKey(path) : undefined;
}

/** Overwrites a small file, then removes it. A memory card may still keep the old blocks. */
export function shred(path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (stats.isFile()) overwrite(path);
  // Of a link only the link is removed, never its target.
  rmSync(path);
}

function overwrite(path: string): void {
  const file = openSync(path, constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    writeSync(file, new Uint8Array(fstatSync(file).size));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
