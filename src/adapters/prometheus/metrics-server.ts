import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { GatepostError, messageOf } from '../../core/errors.ts';
import { isLoopback } from '../../core/network.ts';
import type { Clock } from '../../ports/clock.ts';
import type { GateState } from '../../ports/gate-state.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import { GateMetrics, type Trouble } from './gate-metrics.ts';
import { type ReadStore, StoreFigures, type StoreFiguresDeps } from './store-figures.ts';

/** Open connections at one time; a Prometheus needs one. */
const MOST_CONNECTIONS = 8;
/** A request, and a client that does not read its answer, may take so long, in milliseconds. */
const REQUEST_MS = 5_000;
const STANDSTILL_MS = 10_000;
/** How often Node looks for requests that take longer, in milliseconds. */
const LOOK_MS = 1_000;
const MOST_HEADER_BYTES = 8 * 1024;
/** Whoever asks again within this time is given the same figures, so that nobody can keep the gate busy with them. */
const FRESH_MS = 1_000;
const LOCAL_NAMES = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;

interface MetricsServerDeps {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly state: GateState;
  readonly store: ReadStore;
  readonly keptMs: StoreFiguresDeps['keptMs'];
  readonly certFiles: StoreFiguresDeps['certFiles'];
  /** What keeps the gate from letting people through; none: it is ready. */
  readonly troubles: () => readonly Trouble[];
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Serves `/metrics` for Prometheus and `/healthz` (config/prometheus/README.md) on an address of its own, to whoever
 * reaches it. It takes no orders and knows no person.
 */
export class MetricsServer implements Lifecycle {
  readonly #deps: MetricsServerDeps;
  #metrics: GateMetrics | undefined;
  #server: Server | undefined;
  #scrape: { readonly atMs: number; readonly text: Promise<string> } | undefined;
  #health: { readonly atMs: number; readonly troubles: readonly Trouble[] } | undefined;

  constructor(deps: MetricsServerDeps) {
    this.#deps = deps;
  }

  /** Where it listens, e.g. `http://127.0.0.1:9464`; undefined while it does not. */
  get address(): string | undefined {
    const bound = this.#server?.address();
    if (typeof bound !== 'object' || bound === null) return undefined;
    const { host } = this.#deps;
    return `http://${host.includes(':') ? `[${host}]` : host}:${bound.port}`;
  }

  /** A transaction of the store took so many milliseconds. */
  wrote(tookMs: number): void {
    this.#metrics?.wrote(tookMs);
  }

  /** @throws GatepostError `metrics.unavailable` */
  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#server !== undefined) return;
    const { host, port } = this.#deps;
    if (this.#metrics === undefined) {
      const prom = await import('prom-client');
      const figures = new StoreFigures(this.#deps);
      this.#metrics = new GateMetrics(prom, { ...this.#deps, figures, troubles: () => this.#troubles() });
    }
    const server = createServer(
      {
        maxHeaderSize: MOST_HEADER_BYTES,
        connectionsCheckingInterval: LOOK_MS,
        keepAliveTimeout: REQUEST_MS,
      },
      (request, response) => void this.#serve(request, response),
    );
    server.maxConnections = MOST_CONNECTIONS;
    server.headersTimeout = REQUEST_MS;
    server.requestTimeout = REQUEST_MS;
    server.setTimeout(STANDSTILL_MS, (socket) => socket.destroy());
    server.on('clientError', (_error, socket) => socket.destroy());
    this.#server = server;
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, resolve);
      });
    } catch (error) {
      this.#server = undefined;
      throw new GatepostError(
        'metrics.unavailable',
        `The figures for Prometheus cannot be served at ${host}, port ${port}: ${messageOf(error)}. Set metrics.port to a free port and metrics.host to an address of this machine.`,
        { cause: error },
      );
    }
    this.#metrics.begin();
    this.#deps.logger.info({ address: this.address }, `Figures for Prometheus at ${this.address}/metrics.`);
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.#metrics?.end();
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, type, text, headers } = await this.#answer(request);
    response.writeHead(status, {
      'content-type': type,
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    });
    response.end(request.method === 'HEAD' ? undefined : text);
  }

  async #answer({ method, url, headers }: IncomingMessage): Promise<Answer> {
    if (method !== 'GET' && method !== 'HEAD')
      return { ...plain(405, 'Only GET.'), headers: { allow: 'GET, HEAD', connection: 'close' } };
    // A body would be read for nothing.
    if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0)
      return { ...plain(400, 'A request has no body.'), headers: { connection: 'close' } };
    // Against names of others that point here: a browser on this machine would read the figures for their pages.
    const { host } = this.#deps;
    if ((isLoopback(host) || host === 'localhost') && !LOCAL_NAMES.test(headers.host ?? ''))
      return plain(421, 'Ask by the address of this machine.');
    const path = url?.split('?', 1)[0];
    if (path === '/healthz') return this.#isWell();
    if (path === '/metrics') return this.#figures();
    return plain(404, 'There are /metrics and /healthz.');
  }

  #isWell(): Answer {
    const wrong = this.#troubles();
    const text = JSON.stringify({ ok: wrong.length === 0, wrong });
    return { status: wrong.length === 0 ? 200 : 503, type: 'application/json', text: `${text}\n` };
  }

  #troubles(): readonly Trouble[] {
    const atMs = this.#deps.clock.read().monotonicMs;
    if (this.#health === undefined || atMs - this.#health.atMs >= FRESH_MS)
      this.#health = { atMs, troubles: this.#deps.troubles() };
    return this.#health.troubles;
  }

  async #figures(): Promise<Answer> {
    const { clock, logger } = this.#deps;
    const metrics = this.#metrics;
    const atMs = clock.read().monotonicMs;
    if (metrics === undefined) return plain(503, 'Not yet.');
    if (this.#scrape === undefined || atMs - this.#scrape.atMs >= FRESH_MS)
      this.#scrape = { atMs, text: metrics.text() };
    try {
      return { status: 200, type: metrics.registry.contentType, text: await this.#scrape.text };
    } catch (error) {
      logger.error({ err: error }, `The figures for Prometheus could not be read: ${messageOf(error)}`);
      return plain(500, 'The figures cannot be read now. See the log of the program.');
    }
  }
}

function plain(status: number, sentence: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', text: `${sentence}\n` };
}
