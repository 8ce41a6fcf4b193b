import { createServer, type Server, type Socket } from 'node:net';
import type { Aedes as AedesBroker } from 'aedes';
import { GatepostError, messageOf } from '../../core/errors.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';

const HOST = '127.0.0.1';

export type MessageListener = (topic: string, payload: Uint8Array, retained: boolean) => void;

/**
 * A broker inside the daemon, for the demo: MQTT 3.1.1 by aedes, on this machine only, without login. It keeps
 * nothing over a restart.
 */
export class EmbeddedBroker implements Lifecycle {
  readonly simulated = true;
  readonly #port: number;
  readonly #onMessage: MessageListener | undefined;
  readonly #sockets = new Set<Socket>();
  #running: { readonly aedes: AedesBroker; readonly server: Server } | undefined;

  /**
   * @param port TCP port on 127.0.0.1, 1 to 65,535
   * @param onMessage called with every message of a client
   */
  constructor(port: number, onMessage?: MessageListener) {
    this.#port = port;
    this.#onMessage = onMessage;
  }

  /** For `MqttBroker`, with protocol 4. */
  get url(): string {
    return `mqtt://${HOST}:${this.#port}`;
  }

  /** @throws GatepostError `broker.unreachable` if the port is not available */
  async start(signal: AbortSignal): Promise<void> {
    // Imported only where it runs, because it takes ten megabytes of memory.
    const { Aedes } = await import('aedes');
    signal.throwIfAborted();
    if (this.#running !== undefined) return;
    const aedes = new Aedes();
    aedes.on('publish', ({ topic, payload, retain }, client) => {
      if (client !== null) this.#onMessage?.(topic, Buffer.from(payload), retain);
    });
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      aedes.handle(socket);
    });
    this.#running = { aedes, server };
    try {
      await aedes.listen();
      await listen(server, this.#port);
    } catch (cause) {
      await this.stop();
      throw new GatepostError('broker.unreachable', this.#portSentence(cause), { cause });
    }
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    if (running === undefined) return;
    const closed = new Promise<void>((resolve) => running.server.close(() => resolve()));
    await new Promise<void>((resolve) => running.aedes.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #portSentence(cause: unknown): string {
    const taken = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
    if (taken)
      return `Port ${this.#port} of ${HOST} is taken: another broker runs there. Set mqtt.embeddedPort to a free one.`;
    return `The embedded broker cannot listen on port ${this.#port} of ${HOST}: ${messageOf(cause)}.`;
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
