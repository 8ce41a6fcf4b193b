import type { FastifyReply, FastifyRequest } from 'fastify';
import { ABSOLUTE_LIMIT_MS } from './session.ts';

/** How long a browser is remembered, in seconds. */
const BROWSER_MAX_AGE_S = 365 * 86_400;
/** Number of cookies of one name that are read; more than a browser can have of ours. */
const MOST_OF_ONE_NAME = 16;

type CookieKind = 'session' | 'browser';

interface CookiesSettings {
  /** Site and gate. */
  readonly scope: string;
  readonly port: () => number;
}

/**
 * The cookies of the guard's screen. Browsers share cookies between all ports of a host name, so the names contain
 * site, gate and port: two gates under one host name do not overwrite each other's cookies. Behind TLS the name has the
 * prefix that no other host and no plain page can set (RFC 6265bis, 4.1.3.2).
 */
export class Cookies {
  readonly #settings: CookiesSettings;

  constructor(settings: CookiesSettings) {
    this.#settings = settings;
  }

  /**
   * All values of one of our cookies. There can be several, because another service on the host name may set one with a
   * longer path, which browsers send first.
   */
  values(request: FastifyRequest, kind: CookieKind): readonly string[] {
    // Over our own TLS the other name is not ours: any page on this host name could have set it.
    const plain = isEncrypted(request) ? [] : [this.#name(kind, false)];
    const names = new Set([this.#name(kind, true), ...plain]);
    const found: string[] = [];
    for (const pair of (request.headers.cookie ?? '').split(';')) {
      const at = pair.indexOf('=');
      if (at > 0 && names.has(pair.slice(0, at).trim())) found.push(pair.slice(at + 1).trim());
      if (found.length === MOST_OF_ONE_NAME) break;
    }
    return found;
  }

  set(request: FastifyRequest, reply: FastifyReply, kind: CookieKind, value: string): void {
    const secure = isSecure(request);
    const maxAge = kind === 'session' ? ABSOLUTE_LIMIT_MS / 1000 : BROWSER_MAX_AGE_S;
    reply.setCookie(this.#name(kind, secure), value, {
      path: '/',
      httpOnly: true,
      sameSite: 'strict',
      secure,
      maxAge,
    });
  }

  clearSession(request: FastifyRequest, reply: FastifyReply): void {
    const secure = isSecure(request);
    reply.clearCookie(this.#name('session', secure), { path: '/', secure });
  }

  #name(kind: CookieKind, secure: boolean): string {
    const { scope, port } = this.#settings;
    return `${secure ? '__Host-' : ''}gatepost_${kind}_${scope}_${port()}`;
  }
}

function isEncrypted({ protocol }: FastifyRequest): boolean {
  return protocol === 'https';
}

/** Whether the browser has come over TLS, to this kiosk or to a proxy in front of it, which its Origin tells. */
function isSecure(request: FastifyRequest): boolean {
  return isEncrypted(request) || (request.headers.origin?.startsWith('https://') ?? false);
}
