import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatepostError } from '../../core/errors.ts';
import { isLoopback } from '../../core/network.ts';
import { refuse } from './answers.ts';

/** What proxies add to requests they pass on. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'] as const;
/** The socket that pages of other kiosks may open. */
const WATCHED = '/ws/gates';
const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'];

interface RequestGuardSettings {
  /** The address the server was told to listen at. */
  readonly host: string;
  readonly port: () => number;
  /** The same for TLS: `names` are the host names and addresses of its certificate. */
  readonly secure?: { readonly names: readonly string[]; readonly port: () => number } | undefined;
  readonly allowedOrigins: readonly string[];
  /** Origins whose pages may open the socket that tells how this gate is, and nothing else. */
  readonly watchers?: readonly string[];
}

/**
 * Refuses requests that another web site makes a browser send. The Host header must name this kiosk, against foreign
 * names that point to our address (DNS rebinding). Every order and every WebSocket must have our own Origin, because
 * browsers send cookies with WebSocket upgrades and have no same-origin rule for them.
 */
export class RequestGuard {
  readonly #settings: RequestGuardSettings;
  readonly #origins: ReadonlySet<string>;
  readonly #proxyHosts: ReadonlySet<string>;

  /** @throws GatepostError `config.invalid` if an allowed origin is not valid. */
  constructor(settings: RequestGuardSettings) {
    const urls = settings.allowedOrigins.map(parseOrigin);
    this.#settings = settings;
    this.#origins = new Set(urls.map((url) => url.origin));
    this.#proxyHosts = new Set(urls.flatMap(hostsOf));
  }

  /** Answers and returns false when the request must not go on. */
  admits(request: FastifyRequest, reply: FastifyReply): boolean {
    const ownHosts = this.#ownHosts(request);
    const host = request.headers.host?.toLowerCase() ?? '';
    if (!ownHosts.has(host) && !this.#proxyHosts.has(host)) {
      refuse(reply, 421, 'foreign_host', this.#hostProblem(host, ownHosts));
      return false;
    }
    const acts = request.ws || (request.method !== 'GET' && request.method !== 'HEAD');
    if (acts && !this.#isOwnOrigin(request, ownHosts) && !this.#isWatcher(request)) {
      refuse(reply, 403, 'foreign_origin', 'Only the pages of this kiosk may do this.');
      return false;
    }
    return true;
  }

  /**
   * Whether the request comes from a screen of this machine itself. A proxy on the machine has the same address, but
   * its requests have the proxy's origin or a forwarding header.
   */
  isFromHere({ headers, socket }: FastifyRequest): boolean {
    if (!isLoopback(socket.remoteAddress ?? '')) return false;
    if (FORWARDED.some((name) => headers[name] !== undefined)) return false;
    const { host = '', origin } = headers;
    return !this.#proxyHosts.has(host.toLowerCase()) && !(origin !== undefined && this.#origins.has(origin));
  }

  /**
   * The message about a wrong Host. Names the case that only the port is missing, because proxies often pass Host on
   * without it.
   */
  #hostProblem(host: string, ownHosts: ReadonlySet<string>): string {
    const known = [...this.#proxyHosts, ...ownHosts].find((other) => nameIn(other) === nameIn(host));
    if (known === undefined) return 'This kiosk is not reached under that name. Add it to web.origins.';
    return `The request came with the Host "${host}", and this kiosk is reached as "${known}". A proxy must pass Host on with its port, as the browser sent it (nginx: proxy_set_header Host $http_host); if the browser did use this address, add it to web.origins.`;
  }

  #isWatcher({ ws, url, headers: { origin = '' } }: FastifyRequest): boolean {
    return ws && url === WATCHED && this.#settings.watchers?.includes(origin) === true;
  }

  #isOwnOrigin({ headers, protocol }: FastifyRequest, ownHosts: ReadonlySet<string>): boolean {
    const { origin } = headers;
    if (origin === undefined) return false;
    if (this.#origins.has(origin)) return true;
    const scheme = `${protocol}://`;
    return origin.startsWith(scheme) && ownHosts.has(origin.slice(scheme.length));
  }

  /**
   * The Host headers that are ours. The IP address of the connection is always among them, because DNS rebinding needs
   * a name.
   */
  #ownHosts(request: FastifyRequest): ReadonlySet<string> {
    const { host: ownHost, secure, port: plainPort } = this.#settings;
    const isEncrypted = request.protocol === 'https';
    const own = isEncrypted ? (secure?.names ?? []) : [ownHost];
    const port = isEncrypted ? secure?.port() : plainPort();
    const names = [...LOOPBACK_NAMES, ...own, request.socket.localAddress ?? ''];
    const hosts = names.filter((name) => name !== '').map(hostName);
    const usual = isEncrypted ? 443 : 80;
    return new Set(hosts.flatMap((host) => [`${host}:${port}`, ...(port === usual ? [host] : [])]));
  }
}

/** A Host header without its port. */
function nameIn(host: string): string {
  return host.replace(/:\d*$/, '');
}

/** The Host headers of an origin, with and without the default port: browsers leave it out, proxies may write it. */
function hostsOf({ host, port, protocol }: URL): readonly string[] {
  return port === '' ? [host, `${host}:${protocol === 'https:' ? 443 : 80}`] : [host];
}

function parseOrigin(origin: string): URL {
  if (/^https?:\/\//.test(origin) && URL.canParse(origin)) return new URL(origin);
  throw new GatepostError(
    'config.invalid',
    `web.origins: ${JSON.stringify(origin)} is no origin. Write it like https://gate.example.`,
  );
}

/** A name or address as a browser writes it into Host: IPv6 in brackets. */
function hostName(name: string): string {
  const plain = name.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '');
  return plain.includes(':') && !plain.startsWith('[') ? `[${plain}]` : plain;
}
