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
 * Gives one fixed answer to bytes that are not an HTTP request, or not in time, and destroys the socket. The other side
 * could keep a socket open that is only ended.
 */
export function answerUnreadable(_error: Error, socket: Socket): void {
  if (!socket.writable || socket.writableLength > 0) socket.destroy();
  else socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n', () => socket.destroy());
}
