import { connect, createServer, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

/** A cable between a client and a server on 127.0.0.1 that a test can cut, or make slow. */
export class TcpProxy {
  readonly port: number;
  /** Number of connections so far. */
  connections = 0;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;

  private constructor(server: Server, sockets: Set<Socket>, port: number) {
    this.#server = server;
    this.#sockets = sockets;
    this.port = port;
  }

  /** @param bytesPerSecond what passes in each direction; without it, as much as there is */
  static start(targetPort: number, bytesPerSecond?: number): Promise<TcpProxy> {
    return new Promise((resolve, reject) => {
      const sockets = new Set<Socket>();
      let proxy: TcpProxy | undefined;
      const server = createServer((inner) => {
        if (proxy !== undefined) proxy.connections += 1;
        const outer = connect({ port: targetPort, host: '127.0.0.1' });
        for (const socket of [inner, outer]) {
          sockets.add(socket);
          socket.once('close', () => {
            sockets.delete(socket);
            inner.destroy();
            outer.destroy();
          });
          socket.on('error', () => socket.destroy());
        }
        if (bytesPerSecond === undefined) inner.pipe(outer).pipe(inner);
        else inner.pipe(slow(bytesPerSecond)).pipe(outer).pipe(slow(bytesPerSecond)).pipe(inner);
      });
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        if (address === null || typeof address === 'string') {
          reject(new Error('no port was given'));
          return;
        }
        proxy = new TcpProxy(server, sockets, address.port);
        resolve(proxy);
      });
    });
  }

  /** Cuts every connection, also in the middle of a packet; data on its way is lost. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Nothing passes any more over the connections there are, and neither side is told. */
  freeze(): void {
    for (const socket of this.#sockets) socket.unpipe().pause();
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.cut();
    await closed;
  }
}

/** Lets a tenth of a second's bytes through at a time, and holds back whoever sends faster. */
function slow(bytesPerSecond: number): Transform {
  const piece = Math.max(1, Math.floor(bytesPerSecond / 10));
  return new Transform({
    highWaterMark: piece,
    async transform(chunk: Buffer, _encoding, done) {
      for (let at = 0; at < chunk.length; at += piece) {
        await pause(100);
        this.push(chunk.subarray(at, at + piece));
      }
      done();
    },
  });
}
