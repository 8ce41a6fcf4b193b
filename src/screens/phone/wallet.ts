import { EMPTY, type Kept } from './kept.ts';

const SHELF = 'wallet';
const KEPT = 'kept';

/** Stores keys and passes in the browser's own database, each folder of a host name in one of its own. */
export class Wallet {
  readonly #database: IDBDatabase;

  private constructor(database: IDBDatabase) {
    this.#database = database;
  }

  /** @throws DOMException if the browser stores no data */
  static async open(): Promise<Wallet> {
    // As the service worker has it: two offices may have a page each at one host name.
    const request = indexedDB.open(`gatepost-phone ${new URL('.', location.href).href}`, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(SHELF);
    return new Wallet(await answerOf(request));
  }

  read(): Promise<Kept> {
    return this.change((kept) => kept);
  }

  /** What is kept afterwards. It is one transaction, so that two open pages lose nothing of each other. */
  change(change: (kept: Kept) => Kept): Promise<Kept> {
    const transaction = this.#database.transaction(SHELF, 'readwrite');
    const shelf = transaction.objectStore(SHELF);
    let changed = EMPTY;
    const asked: IDBRequest<Kept | undefined> = shelf.get(KEPT);
    asked.onsuccess = () => {
      const before = asked.result ?? EMPTY;
      changed = change(before);
      if (changed !== before) shelf.put(changed, KEPT);
    };
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(changed);
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
