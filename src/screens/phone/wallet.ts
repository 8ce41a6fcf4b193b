import { EMPTY, type Kept } from './kept.ts';
import type { OwnKey } from './own-key.ts';

const DATABASE = 'gatepost-phone';
const SHELF = 'wallet';
const KEPT = 'kept';

/** Stores keys and passes in the browser's own database. */
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

  read(): Promise<Kept> {
    return this.change((kept) => kept);
  }

  /** What is kept afterwards. It is one transaction, so that two open pages lose nothing of each other. */
  change(change: (kept: Kept) => Kept): Promise<Kept> {
    const transaction = this.#database.transaction(SHELF, 'readwrite');
    const shelf = transaction.objectStore(SHELF);
    let changed = EMPTY;
    const put = (before: Kept): void => {
      changed = change(before);
      if (changed !== before) shelf.put(changed, KEPT);
    };
    const asked: IDBRequest<Kept | undefined> = shelf.get(KEPT);
    asked.onsuccess = () => {
      if (asked.result === undefined) keptBefore(shelf, put);
      else put(asked.result);
    };
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(changed);
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

/** What a page of one key and one pass has kept. */
function keptBefore(shelf: IDBObjectStore, use: (kept: Kept) => void): void {
  const key: IDBRequest<OwnKey | undefined> = shelf.get('key');
  const pass: IDBRequest<string | undefined> = shelf.get('pass');
  pass.onsuccess = () => {
    const text = pass.result;
    use({
      keys: key.result === undefined ? [] : [key.result],
      passes: text === undefined ? [] : [{ text, name: '' }],
      ...(text === undefined ? {} : { shown: text }),
    });
  };
}

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
