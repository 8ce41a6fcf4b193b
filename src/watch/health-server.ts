import { createServer, type Server } from 'node:http';
import { GatepostError, messageOf } from '../core/errors.ts';
import type { Watcher } from './watcher.ts';

const LONGEST_PATH = 256;
const EVENT = /^\/gates\/([a-z0-9-]{1,32})\/([a-z0-9-]{1,32})\/events\/([0-9a-f-]{36})\/([1-9]\d{0,15})$/;
const GATE = /^\/gates\/([a-z0-9-]{1,32})\/([a-z0-9-]{1,32})$/;
const EPOCH = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface Answer {
  readonly status: number;
  readonly value: unknown;
}

const NOT_FOUND: Answer = { status: 404, value: { error: 'not found' } };

/** Answers what a server is asked (config/contract/README.md#what-a-server-is-asked). */
export class HealthServer {
  readonly #watcher: Watcher;
  #server: Server | undefined;

  constructor(watcher: Watcher) {
    this.#watcher = watcher;
  }

  /**
   * @returns the port
   * @throws GatepostError `web.unavailable`
   */
  async start({ host, port }: { readonly host: string; readonly port: number }): Promise<number> {
    const server = createServer((request, response) => {
      void this.#answer(request.method ?? '', request.url ?? '').then(({ status, value }) => {
        response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
        response.end(`${JSON.stringify(value)}\n`);
      });
    });
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) =>
        reject(
          new GatepostError('web.unavailable', `--health cannot use ${host}:${port}: ${messageOf(cause)}.`, {
            cause,
          }),
        ),
      );
      server.listen(port, host, resolve);
    });
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  async #answer(method: string, url: string): Promise<Answer> {
    if (method !== 'GET') return { status: 405, value: { error: 'GET alone' } };
    if (url.length > LONGEST_PATH) return NOT_FOUND;
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    try {
      if (pathname === '/healthz') {
        const ok = this.#watcher.isHealthy;
        return { status: ok ? 200 : 503, value: { ok } };
      }
      if (pathname === '/gates') return { status: 200, value: await this.#watcher.store.gates() };
      return (await this.#gate(pathname, searchParams.get('epoch'))) ?? (await this.#event(pathname));
    } catch (error) {
      return { status: 503, value: { error: messageOf(error) } };
    }
  }

  async #gate(path: string, epoch: string | null): Promise<Answer | undefined> {
    const [, site, gate] = GATE.exec(path) ?? [];
    if (site === undefined || gate === undefined) return undefined;
    if (epoch !== null && !EPOCH.test(epoch)) return NOT_FOUND;
    const view = await this.#watcher.view({ site, gate }, epoch ?? undefined);
    return view === undefined ? NOT_FOUND : { status: 200, value: { site, gate, ...view } };
  }

  async #event(path: string): Promise<Answer> {
    const [, site, gate, epoch = '', sequence = ''] = EVENT.exec(path) ?? [];
    if (site === undefined || gate === undefined || !EPOCH.test(epoch)) return NOT_FOUND;
    const event = await this.#watcher.store.event({ site, gate }, epoch, Number(sequence));
    return event === undefined ? NOT_FOUND : { status: 200, value: event };
  }
}
