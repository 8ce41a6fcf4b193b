import { once } from 'node:events';
import { createServer, get } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, expect, it } from 'vitest';
import { unhurriedPieces } from '../../../src/adapters/web/http-times.ts';

const STANDSTILL_MS = 100;
const MEGABYTE = Buffer.alloc(1024 * 1024);

const server = createServer();
afterEach(() => {
  server.removeAllListeners('request');
  server.closeAllConnections();
  server.close();
});

/** A server that ends a connection without any transfer, and answers `/` with the pieces. */
async function serve(pieces: AsyncIterable<Buffer>): Promise<number> {
  server.setTimeout(STANDSTILL_MS);
  server.on('request', ({ url, socket }, reply) => {
    if (url === '/') Readable.from(unhurriedPieces(pieces, socket, STANDSTILL_MS)).pipe(reply);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

it('lets whoever takes the file wait for its makers, for longer than a connection may stand still', async () => {
  let port = 0;
  /** A connection whose answer never comes, made when this is asked: the server has ended it for its standstill. */
  const standstill = async () => {
    const left = get({ port, host: '127.0.0.1', path: '/never', agent: false });
    const [error] = await once(left, 'close').catch((reason: Error) => [reason]);
    return Buffer.from(error ? 'late' : 'none');
  };
  async function* pieces() {
    for (let piece = 0; piece < 3; piece += 1) yield await standstill();
  }
  port = await serve(pieces());
  const [answer] = await once(get({ port, host: '127.0.0.1', path: '/', agent: false }), 'response');
  const text = (await answer.toArray()).join(' ');
  expect(text).toBe('late late late');
});

it('ends a connection whose other side leaves the file lying', async () => {
  async function* pieces() {
    for (;;) yield MEGABYTE;
  }
  const port = await serve(pieces());
  const reader = connect(port, '127.0.0.1').pause();
  reader.write('GET / HTTP/1.1\r\nHost: kiosk\r\n\r\n');
  const [socket] = await once(server, 'timeout');
  socket.destroy();
  reader.destroy();
});
