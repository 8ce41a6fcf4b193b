import {
  createServer as createPlain,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { Inbox } from '../inbox.ts';

interface PushedMessage {
  readonly topic: string;
  readonly text: string;
  readonly headers: IncomingMessage['headers'];
}

/** What it does with a message instead of taking it. */
type Mood = number | 'hang';

/** A notifier on this machine that answers as ntfy does: it takes a POST of text to a topic for the right token. */
export class Ntfy {
  readonly messages = new Inbox<PushedMessage>();
  readonly token = 'tk_test';
  mood: Mood = 200;
  /** Requests for which there was no answer. */
  readonly #hung = new Set<ServerResponse>();
  readonly #server: Server;

  private constructor(pair?: { readonly cert: string; readonly key: string }) {
    const take = (request: IncomingMessage, response: ServerResponse) => void this.#take(request, response);
    this.#server = pair === undefined ? createPlain(take) : createSecure(pair, take);
  }

  /** On a free port; ends with the test. @param pair serves over TLS with it */
  static async start(pair?: { readonly cert: string; readonly key: string }): Promise<Ntfy> {
    const ntfy = new Ntfy(pair);
    await new Promise<void>((resolve) => ntfy.#server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => ntfy.stop());
    return ntfy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const response of this.#hung) response.destroy();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '', method, headers } = request;
    if (method === 'GET' && url === '/v1/health') {
      response.end('{"healthy":true}');
      return;
    }
    if (this.mood === 'hang') {
      this.#hung.add(response);
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const isKnown = headers.authorization === `Bearer ${this.token}`;
    const status = this.mood !== 200 ? this.mood : isKnown ? 200 : 403;
    response.writeHead(status, status === 429 ? { 'retry-after': '7' } : {}).end('{}');
    if (status === 200)
      this.messages.put({ topic: url.slice(1), text: Buffer.concat(chunks).toString('utf8'), headers });
  }
}
