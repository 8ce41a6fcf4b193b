import { verify } from 'node:crypto';
import { ed25519PublicKey } from '../../core/pass/public-key.ts';
import type { SignatureVerifier } from '../../ports/bundles.ts';

/** Ed25519 by node:crypto on a thread of libuv's pool: 16 MB take about 0.1 s of a small computer. */
export class ThreadVerifier implements SignatureVerifier {
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
    return new Promise((resolve, reject) => {
      verify(null, message, ed25519PublicKey(publicKey), signature, (error, holds) => {
        if (error === null) resolve(holds);
        else reject(error);
      });
    });
  }
}
