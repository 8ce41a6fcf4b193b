import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import type { PasswordHasher } from '../../ports/operator-store.ts';

/** log2 of N: 32 MiB and about a tenth of a second on a Raspberry Pi 4 (RFC 7914; OWASP's floor for r=8). */
const LOG_N = 15;
const BLOCK_SIZE = 8;
const PARALLELISM = 1;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Leaves two of libuv's four threads for files, and limits the memory to 64 MiB. */
const MAX_PARALLEL = 2;

const PHC = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d)\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;
/** Highest cost of a stored hash that is computed, whoever wrote it into the file. */
const LARGEST = { logN: 17, r: 16, p: 4 };

/** Passwords as PHC strings `$scrypt$ln=15,r=8,p=1$<salt>$<hash>`, at most two at a time. */
export class ScryptHasher implements PasswordHasher {
  readonly #logN: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** @param logN log2 of the cost of new hashes; less than the default is for tests that are not about the cost */
  constructor(logN = LOG_N) {
    this.#logN = logN;
  }

  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    const key = await this.#derive(password, salt, { logN: this.#logN, r: BLOCK_SIZE, p: PARALLELISM });
    return `$scrypt$ln=${this.#logN},r=${BLOCK_SIZE},p=${PARALLELISM}$${unpadded(salt)}$${unpadded(key)}`;
  }

  async verify(password: string, passwordHash: string): Promise<boolean> {
    const [, logN = '', r = '', p = '', salt = '', expected = ''] = PHC.exec(passwordHash) ?? [];
    const cost = { logN: Number(logN), r: Number(r), p: Number(p) };
    const known = cost.logN > 0 && cost.r > 0 && cost.p > 0;
    if (!known || cost.logN > LARGEST.logN || cost.r > LARGEST.r || cost.p > LARGEST.p) return false;
    const key = await this.#derive(password, Buffer.from(salt, 'base64'), cost);
    return timingSafeEqual(key, Buffer.from(expected, 'base64'));
  }

  async #derive(
    password: string,
    salt: Uint8Array,
    cost: { logN: number; r: number; p: number },
  ): Promise<Buffer> {
    const N = 2 ** cost.logN;
    await this.#enter();
    try {
      // Node's own limit of 32 MiB is just too small for N = 2^15 with r = 8.
      return await deriveKey(password, salt, { N, r: cost.r, p: cost.p, maxmem: 256 * N * cost.r });
    } finally {
      this.#leave();
    }
  }

  /** Takes a place, or waits until another call hands its place over. */
  async #enter(): Promise<void> {
    if (this.#running < MAX_PARALLEL) {
      this.#running++;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running--;
    else next();
  }
}

function deriveKey(password: string, salt: Uint8Array, options: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, HASH_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
