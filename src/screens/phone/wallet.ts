import type { HolderKey } from '../../core/pass/pass.ts';

/** The holder's key pair. The private half cannot be read out of the browser, not even by this page. */
export interface OwnKey {
  readonly algorithm: HolderKey['algorithm'];
  readonly privateKey: CryptoKey;
  /** Ed25519: 32 bytes; P-256: 65 bytes, uncompressed point. */
  readonly publicKey: Uint8Array<ArrayBuffer>;
}

const DATABASE = 'gatepost-phone';
const SHELF = 'wallet';
const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/** Stores one key and one pass in the browser's own database. */
export class Wallet {
  readonly #database: IDBDatabase;

  private constructor(database: IDBDatabase) {
    this.#database = database;
  }

  /** @throws DOMException if the browser stores no data */
  static async open(): Promise<Wallet> {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(SHELF);
    return new Wallet(await answerOf(request));
  }

  key(): Promise<OwnKey | undefined> {
    return answerOf<OwnKey | undefined>(this.#shelf('readonly').get('key'));
  }

  /** The key of this phone, created if there is none. It is never replaced, because a pass may be bound to it. */
  async needKey(): Promise<OwnKey> {
    const present = await this.key();
    if (present !== undefined) return present;
    const made = await makeKey();
    await answerOf(this.#shelf('readwrite').put(made, 'key'));
    return made;
  }

  /** Text of the pass. */
  pass(): Promise<string | undefined> {
    return answerOf<string | undefined>(this.#shelf('readonly').get('pass'));
  }

  async setPass(text: string | undefined): Promise<void> {
    const shelf = this.#shelf('readwrite');
    if (text === undefined) await answerOf(shelf.delete('pass'));
    else await answerOf(shelf.put(text, 'pass'));
    // Asks the browser not to delete the data. It may refuse.
    if (text !== undefined) await navigator.storage?.persist?.();
  }

  #shelf(mode: IDBTransactionMode): IDBObjectStore {
    return this.#database.transaction(SHELF, mode).objectStore(SHELF);
  }
}

/** 64 bytes: Ed25519, or ES256 as r and s. */
export async function signWith(key: OwnKey, message: Uint8Array): Promise<Uint8Array> {
  const algorithm = key.algorithm === 'Ed25519' ? 'Ed25519' : { name: 'ECDSA', hash: 'SHA-256' };
  return new Uint8Array(await crypto.subtle.sign(algorithm, key.privateKey, new Uint8Array(message)));
}

async function makeKey(): Promise<OwnKey> {
  try {
    for (;;) {
      const pair = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
      const key = await ownKey('Ed25519', pair as CryptoKeyPair);
      if (!beginsWithMinus(key.publicKey)) return key;
    }
  } catch (error) {
    // Browsers from before 2025 have only P-256; the gate accepts both.
    if (!(error instanceof DOMException)) throw error;
    return ownKey('P-256', await crypto.subtle.generateKey(P256, false, ['sign', 'verify']));
  }
}

/** Whether the base64url text of the key begins with `-`: a spreadsheet would read it as a formula. */
function beginsWithMinus(publicKey: Uint8Array): boolean {
  return (publicKey[0] ?? 0) >> 2 === 62;
}

async function ownKey(algorithm: OwnKey['algorithm'], pair: CryptoKeyPair): Promise<OwnKey> {
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  return { algorithm, privateKey: pair.privateKey, publicKey };
}

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
