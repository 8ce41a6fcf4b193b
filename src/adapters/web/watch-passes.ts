import { createHash, randomBytes } from 'node:crypto';
import type { Session } from './session.ts';

/** Length of a token: 256 bits cannot be guessed. */
const TOKEN_BYTES = 32;
/** More at one time end the oldest. */
const MOST = 64;

interface Pass {
  readonly session: Session;
  readonly origin: string;
}

/**
 * With what the page of another kiosk watches this gate: a token that a guard who is signed in here has let it have. It is
 * good for that page's origin alone, for looking alone, and for as long as the guard's session. Digests of them are in
 * memory only, so a restart ends them.
 */
export class WatchPasses {
  readonly #passes = new Map<string, Pass>();

  /** A new token for the page of `origin`. */
  grant(session: Session, origin: string): string {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const [oldest] = this.#passes.keys();
    if (oldest !== undefined && this.#passes.size >= MOST) this.#passes.delete(oldest);
    this.#passes.set(digestOf(token), { session, origin });
    return token;
  }

  /** Whose session stands behind it; undefined for another origin. */
  find(token: string, origin: string): Session | undefined {
    const pass = this.#passes.get(digestOf(token));
    return pass?.origin === origin ? pass.session : undefined;
  }

  /** The session is over. */
  end(key: string): void {
    for (const [digest, { session }] of this.#passes) if (session.key === key) this.#passes.delete(digest);
  }
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
