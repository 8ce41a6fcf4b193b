import { once } from 'node:events';
import { WebSocket } from 'ws';

interface Update {
  readonly topic: string;
  readonly value: unknown;
}

/** A real WebSocket client that collects messages, for which a test can wait. */
export class WebScreen {
  readonly socket: WebSocket;
  readonly messages: Update[][] = [];
  /** Close code, or undefined while open. */
  readonly closed: Promise<number>;
  readonly #wake: (() => void)[] = [];

  constructor(socket: WebSocket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('message', (data) => {
      this.messages.push(JSON.parse(String(data)));
      for (const wake of this.#wake.splice(0)) wake();
    });
  }

  /** Connects; rejects with `Unexpected server response: <status>` when the upgrade is refused. */
  static async open(
    url: string,
    options: {
      origin?: string | undefined;
      cookie?: string;
      headers?: Record<string, string>;
      autoPong?: boolean;
    } = {},
  ): Promise<WebScreen> {
    const { origin, cookie, headers, autoPong = true } = options;
    const socket = new WebSocket(url.replace(/^http/, 'ws'), {
      headers: {
        ...headers,
        ...(cookie === undefined ? {} : { cookie }),
        ...(origin === undefined ? {} : { origin }),
      },
      autoPong,
    });
    const screen = new WebScreen(socket);
    await once(socket, 'open');
    return screen;
  }

  latest(topic: string): unknown {
    return this.messages.flat().findLast((update) => update.topic === topic)?.value;
  }

  async until(done: () => boolean): Promise<void> {
    while (!done()) await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  /** Stops reading, like a browser on a machine that hangs. */
  pause(): void {
    this.socket.pause();
  }
}
