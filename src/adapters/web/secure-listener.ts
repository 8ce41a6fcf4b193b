import { once } from 'node:events';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import type { ScreenCertificate } from '../../ports/screen-certificate.ts';
import type { ConnectionPlaces } from './connection-places.ts';
import { HandshakeBudget } from './handshake-budget.ts';
import { answerUnreadable, HTTP_TIMES, STANDSTILL_MS } from './http-times.ts';

/** A handshake must be complete after this time, in milliseconds. */
const HANDSHAKE_MS = 10_000;

interface SecureListenerDeps {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly places: ConnectionPlaces;
  readonly nowMs: () => number;
  readonly onRequest: RequestListener;
  readonly onUpgrade: (request: IncomingMessage, socket: Socket, head: Buffer) => void;
}

/** The same pages over TLS 1.2 or later. The certificate can be replaced while it listens; who is connected stays so. */
export class SecureListener {
  readonly #deps: SecureListenerDeps;
  readonly #budget: HandshakeBudget;
  #server: Server | undefined;
  #served: ScreenCertificate | undefined;

  constructor(deps: SecureListenerDeps) {
    this.#deps = deps;
    this.#budget = new HandshakeBudget(deps.nowMs);
  }

  /** Where it listens; undefined while it does not. */
  get port(): number | undefined {
    const bound = this.#server?.address();
    return typeof bound === 'object' && bound !== null ? bound.port : undefined;
  }

  /** Begins to listen, or goes on with another certificate. Rejects with the error of the operating system. */
  async serve(pair: ScreenCertificate): Promise<void> {
    const before = this.#served;
    this.#served = pair;
    if (this.#server !== undefined) {
      if (before === undefined || !isSame(pair, before)) this.#server.setSecureContext(tlsOptions(pair));
      return;
    }
    const { host, port } = this.#deps;
    const server = this.#make(pair);
    this.#server = server;
    try {
      server.listen({ host, port });
      await once(server, 'listening');
    } catch (error) {
      if (this.#server === server) this.#server = undefined;
      throw error;
    }
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined || !server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  #make(pair: ScreenCertificate): Server {
    const { places, onRequest, onUpgrade } = this.#deps;
    const server = createServer({
      ...tlsOptions(pair),
      ...HTTP_TIMES,
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout: HANDSHAKE_MS,
    });
    server.setTimeout(STANDSTILL_MS);
    places.attachSecure(server, (address) => this.#budget.admits(address));
    server.on('request', onRequest);
    server.on('upgrade', onUpgrade);
    server.on('clientError', answerUnreadable);
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    return server;
  }
}

/** All of what is sent, so that one that now stands between it and its authority is sent, too. */
function isSame(one: ScreenCertificate, other: ScreenCertificate): boolean {
  return Buffer.compare(one.cert, other.cert) === 0 && Buffer.compare(one.key, other.key) === 0;
}

function tlsOptions({ cert, key }: ScreenCertificate) {
  return { cert: Buffer.from(cert), key: Buffer.from(key), minVersion: 'TLSv1.2' } as const;
}
