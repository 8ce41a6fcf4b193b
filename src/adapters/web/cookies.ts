import type { FastifyReply, FastifyRequest } from 'fastify';
import { ABSOLUTE_LIMIT_MS } from './session.ts';

/** How long a browser is remembered, in seconds. */
const BROWSER_MAX_AGE_S = 365 * 86_400;
/** More cookies of one name than any browser holds of ours. */
const MOST_OF_ONE_NAME = 16;

type CookieKind = 'session' | 'browser';

interface CookiesSettings {
  /** Site and gate. */
  readonly scope: string;
  readonly port: () => number;
}

/**
 * The cookies of the guard's screen. Browsers keep one jar for all ports of a host name, so the names say which kiosk
 * they are of, by its site, gate and port: two gates behind one name sign nobody out of each other. Behind TLS the
 * name has the prefix that no other host and no plain page can set (RFC 6265bis, 4.1.3.2).
 */
export class Cookies {
  readonly #settings: CookiesSettings;

  constructor(settings: CookiesSettings) {
    this.#settings = settings;
  }

  /**
   * All values of one of our cookies. There can be several: another service on the host name may have planted one
   * with a longer path, which browsers send first.
   */
  values(request: FastifyRequest, kind: CookieKind): readonly string[] {
    const names = new Set([this.#name(kind, true), this.#name(kind, false)]);
    const found: string[] = [];
    for (const pair of (request.headers.cookie ?? '').split(';')) {
      const at = pair.indexOf('=');
      if (at > 0 && names.has(pair.slice(0, at).trim())) found.push(pair.slice(at + 1).trim());
      if (found.length === MOST_OF_ONE_NAME) break;
    }
    return found;
  }

  set(request: FastifyRequest, reply: FastifyReply, kind: CookieKind, value: string): void {
    // The kiosk itself speaks plain HTTP on its own address; an https Origin means a TLS proxy stands before it.
    const secure = request.headers.origin?.startsWith('https://') ?? false;
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
    const secure = request.headers.origin?.startsWith('https://') ?? false;
    reply.clearCookie(this.#name('session', secure), { path: '/', secure });
  }

  #name(kind: CookieKind, secure: boolean): string {
    const { scope, port } = this.#settings;
    return `${secure ? '__Host-' : ''}gatepost_${kind}_${scope}_${port()}`;
  }
}
