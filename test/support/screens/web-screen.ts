import { once } from 'node:events';
import { WebSocket } from 'ws';

interface Update {
  readonly topic: string;
  readonly value: unknown;
}

interface Waiting {
  readonly done: () => boolean;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Ends a wait that would never end, before the test's own limit does, which says nothing. */
const WAIT_MS = 240_000;

/** A real WebSocket client that collects messages, for which a test can wait. */
export class WebScreen {
  readonly socket: WebSocket;
  readonly messages: Update[][] = [];
  /** Close code, or undefined while open. */
  readonly closed: Promise<number>;
  readonly #waiting = new Set<Waiting>();

  constructor(socket: WebSocket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('message', (data) => {
      this.messages.push(JSON.parse(String(data)));
      // At once, for each message: what a busy machine reads together would hide what stood between.
      for (const { done, resolve } of this.#waiting) if (done()) resolve();
    });
    void this.closed.then((code) => this.#fail(`closed with ${code}`));
  }

  /** Connects; rejects with `Unexpected server response: <status>` when the upgrade is refused. */
  static async open(
    url: string,
    options: {
      origin?: string | undefined;
      cookie?: string;
      headers?: Record<string, string>;
      autoPong?: boolean;
      protocols?: readonly string[];
    } = {},
  ): Promise<WebScreen> {
    const { origin, cookie, headers, autoPong = true, protocols = [] } = options;
    const socket = new WebSocket(url.replace(/^http/, 'ws'), [...protocols], {
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

  /**
   * Waits until this is so after a message.
   * @throws Error with the last messages, when the socket closes or nothing came of it
   */
  async until(done: () => boolean): Promise<void> {
    if (done()) return;
    if (this.socket.readyState === WebSocket.CLOSED) throw this.#error('is closed');
    const limit = setTimeout(() => this.#fail('waited in vain'), WAIT_MS);
    let waiting: Waiting | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        waiting = { done, resolve, reject };
        this.#waiting.add(waiting);
      });
    } finally {
      clearTimeout(limit);
      if (waiting !== undefined) this.#waiting.delete(waiting);
    }
  }

  #fail(how: string): void {
    for (const { reject } of this.#waiting) reject(this.#error(how));
  }

  #error(how: string): Error {
    return new Error(`The screen ${how}; it was told at last: ${JSON.stringify(this.messages.slice(-5))}`);
  }

  /** Stops reading, like a browser on a machine that hangs. */
  pause(): void {
    this.socket.pause();
  }
}
