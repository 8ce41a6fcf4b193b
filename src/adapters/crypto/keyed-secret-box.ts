import { createCipheriv, createDecipheriv, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import type { SecretBox } from '../../ports/operator-codes.ts';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** What the key that lies on disk is used for here. */
const PURPOSE = 'gatepost one-time codes';

/** AES-256-GCM (SP 800-38D) with a key that is made from the one in a file of the kiosk. */
export class KeyedSecretBox implements SecretBox {
  readonly #key: (make: boolean) => KeyObject | undefined;

  /** @param key the Ed25519 key; undefined where there is none, which `make` makes. It may throw. */
  constructor(key: (make: boolean) => KeyObject | undefined) {
    this.#key = key;
  }

  seal(secret: string, owner: string): string {
    const key = this.#key(true);
    if (key === undefined) throw new Error('The key for one-time codes was not made.');
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, derived(key), nonce).setAAD(Buffer.from(owner));
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  open(sealed: string, owner: string): string | undefined {
    const key = this.#key(false);
    const bytes = Buffer.from(sealed, 'base64url');
    if (key === undefined || bytes.length <= NONCE_BYTES + TAG_BYTES) return undefined;
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
    try {
      const decipher = createDecipheriv(CIPHER, derived(key), nonce, { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(owner))
        .setAuthTag(tag);
      const opened = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
      return Buffer.concat([opened, decipher.final()]).toString('utf8');
    } catch {
      // Sealed with another key, for somebody else, or changed.
      return undefined;
    }
  }
}

function derived(key: KeyObject): Buffer {
  const { d = '' } = key.export({ format: 'jwk' });
  return Buffer.from(hkdfSync('sha256', Buffer.from(d, 'base64url'), '', PURPOSE, KEY_BYTES));
}
