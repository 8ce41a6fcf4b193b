import { connect, createServer, type Server, type Socket } from 'node:net';

/** Bytes that come through at a time, and how often, in milliseconds: some 1.3 kB a second, after a fifth of a second. */
const PIECE_BYTES = 128;
const PIECE_EVERY_MS = 100;
const DELAY_MS = 200;

/** A link to a server on this machine as over a failing radio: slow and late in both directions. */
export class BadLink {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param url of the server, e.g. `http://127.0.0.1:8080` */
  static async to(url: string): Promise<BadLink> {
    const { hostname, port } = new URL(url);
    const server = createServer();
    const link = new BadLink(server);
    server.on('connection', (near) => {
      const far = connect(Number(port), hostname);
      link.#crawl(near, far);
      link.#crawl(far, near);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return link;
  }

  /** Where the link begins. */
  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The link is closed.');
    return `http://127.0.0.1:${address.port}`;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #crawl(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.on('error', () => from.destroy());
    from.once('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
    let waiting = Buffer.alloc(0);
    from.on('data', (data) => {
      waiting = Buffer.concat([waiting, data]);
      from.pause();
      setTimeout(next, DELAY_MS);
    });
    const next = () => {
      if (to.destroyed) return;
      to.write(waiting.subarray(0, PIECE_BYTES));
      waiting = waiting.subarray(PIECE_BYTES);
      if (waiting.length === 0) from.resume();
      else setTimeout(next, PIECE_EVERY_MS);
    };
  }
}
