import { createPrivateKey, hash } from 'node:crypto';
import { createSigner, type Signer } from '../core/pass/issue-pass.ts';

/** What stands before the 32 bytes of a private key in PKCS #8 (RFC 8410 7). */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A key that everybody can make: it proves nothing, and is only for gates that are played. */
function openKey(name: string): Signer {
  const secret = hash('sha256', `gatepost conformance: ${name}`, 'buffer');
  const key = Buffer.concat([PKCS8_ED25519, secret]);
  return createSigner(createPrivateKey({ key, format: 'der', type: 'pkcs8' }));
}

/** Signs the checkpoints of all played gates. The server that is tried is told its public key. */
export function gateKey(): Signer {
  return openKey('gate');
}

/** A key that the server is not told. */
export function strangersKey(): Signer {
  return openKey('stranger');
}
