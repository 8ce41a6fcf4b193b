import type { Socket } from 'node:net';

/** How long parts of an exchange may take, in milliseconds, in the names of Node's servers. */
export const HTTP_TIMES = {
  /** The head of a request must be complete after this time. */
  headersTimeout: 10_000,
  /** A request must be complete after this time. */
  requestTimeout: 15_000,
  /** How often Node looks for requests that take longer. */
  connectionsCheckingInterval: 2_000,
  /** A connection without a further request ends after this time. */
  keepAliveTimeout: 10_000,
} as const;

/**
 * A connection without any transfer, e.g. because the client does not read the answer, ends after this time, in
 * milliseconds.
 */
export const STANDSTILL_MS = 30_000;

/**
 * Pieces of an answer whose making may take longer than a connection may stand still: the standstill counts while the
 * other side takes what there is, and not while the next piece is made, e.g. by a command of a lower priority on a busy
 * machine.
 * @param standstillMs how long the other side may leave bytes lying
 */
export async function* unhurriedPieces<T>(
  pieces: AsyncIterable<T>,
  socket: Pick<Socket, 'setTimeout'>,
  standstillMs = STANDSTILL_MS,
): AsyncGenerator<T, void, void> {
  socket.setTimeout(0);
  try {
    for await (const piece of pieces) {
      socket.setTimeout(standstillMs);
      yield piece;
      socket.setTimeout(0);
    }
  } finally {
    socket.setTimeout(standstillMs);
  }
}

/**
 * Gives one fixed answer to bytes that are not an HTTP request, or not in time, and destroys the socket. The other side
 * could keep a socket open that is only ended.
 */
export function answerUnreadable(_error: Error, socket: Socket): void {
  if (!socket.writable || socket.writableLength > 0) socket.destroy();
  else socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n', () => socket.destroy());
}
