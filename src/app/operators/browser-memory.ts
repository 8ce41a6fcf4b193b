import { createHash } from 'node:crypto';
import { isGatepostError } from '../../core/errors.ts';
import type { Logger } from '../../ports/logger.ts';
import type { KnownBrowsers } from '../../ports/operator-store.ts';

/** Length of a browser's id: 256 bits cannot be guessed. */
const BROWSER_BYTES = 32;

interface BrowserMemoryDeps {
  /** Without it no browser is remembered. */
  readonly browsers?: KnownBrowsers;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly logger: Logger;
}

/** Browsers that somebody has signed in with, by the secret that each has in a cookie. */
export class BrowserMemory {
  readonly #deps: BrowserMemoryDeps;

  constructor(deps: BrowserMemoryDeps) {
    this.#deps = deps;
  }

  /** The digest by which attempts of a browser count, where this operator has signed in with it; else undefined. */
  known(secret: string | undefined, operator?: string): string | undefined {
    if (secret === undefined || secret === '') return undefined;
    const digest = digestOf(secret);
    return this.#knows(digest, operator) ? digest : undefined;
  }

  /** Remembers a sign-in. @returns the secret that the browser is to keep; undefined if it could not be stored */
  remember(presented: string | undefined, operator: string): string | undefined {
    const { browsers, randomBytes, logger } = this.#deps;
    if (browsers === undefined) return undefined;
    const isKnown = this.known(presented) !== undefined;
    const secret =
      isKnown && presented !== undefined
        ? presented
        : Buffer.from(randomBytes(BROWSER_BYTES)).toString('base64url');
    try {
      browsers.remember(digestOf(secret), operator);
      return secret;
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      logger.warn({ operator, code: error.code }, `The browser is not remembered: ${error.message}`);
      return undefined;
    }
  }

  /** While the store cannot be read no browser is known. */
  #knows(digest: string, operator?: string): boolean {
    try {
      return this.#deps.browsers?.knows(digest, operator) === true;
    } catch (error) {
      if (!isGatepostError(error)) throw error;
      return false;
    }
  }
}

function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
