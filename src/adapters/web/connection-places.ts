import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { isLoopback, networkOf } from '../../core/network.ts';

/** Open HTTP connections at one time, screens and browsers' spare ones together; sockets of the feeds not counted. */
const MAX_PLACES = 256;
/** Of these, places that only connections from the kiosk itself get. */
const PLACES_FOR_LOOPBACK = 16;
/** Connections of one network; a browser opens six to a server. The kiosk itself, and a proxy on it, may have all. */
const MAX_PER_NETWORK = 64;
/** An answer that is not done after this time gives way to a new connection, in milliseconds. */
const STUCK_MS = 15_000;

interface Place {
  readonly socket: Socket;
  readonly network: string;
  readonly isLocal: boolean;
  /** Requests whose answer is not finished. */
  pending: number;
  /** Monotonic milliseconds since when it waits for a request, or owes an answer. */
  sinceMs: number;
}

/**
 * Who may hold a connection. Node ends what is slow after a while; until then a connection without a request must not
 * keep anybody out. So a new connection always gets a place: where there is none left, the one goes that waited
 * longest for a request, first of its own network, then from elsewhere. What goes is destroyed and not ended: an
 * ended socket lives for as long as its other side likes.
 */
export class ConnectionPlaces {
  readonly #nowMs: () => number;
  /** In the order in which they began to wait or to be answered. */
  readonly #places = new Map<Socket, Place>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  attach(server: Server): void {
    server.on('connection', (socket) => this.#take(socket));
    server.on('request', ({ socket }, response) => this.#answering(socket, response));
    server.on('upgrade', ({ socket }) => this.#move(socket, 1));
  }

  /** The connection has become a screen's socket, which is bounded by its feed. */
  handOver(socket: Socket): void {
    this.#places.delete(socket);
  }

  #take(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    const place: Place = {
      socket,
      network: networkOf(address),
      isLocal: isLoopback(address),
      pending: 0,
      sinceMs: this.#nowMs(),
    };
    if (!this.#makeRoom(place)) {
      socket.destroy();
      return;
    }
    this.#places.set(socket, place);
    socket.once('close', () => this.#places.delete(socket));
  }

  #answering(socket: Socket, response: NodeJS.EventEmitter): void {
    this.#move(socket, 1);
    response.once('close', () => this.#move(socket, -1));
  }

  /** Only a change between waiting and answering begins the time anew. */
  #move(socket: Socket, requests: 1 | -1): void {
    const place = this.#places.get(socket);
    if (place === undefined) return;
    place.pending += requests;
    if (place.pending !== Math.max(0, requests)) return;
    place.sinceMs = this.#nowMs();
    this.#places.delete(socket);
    this.#places.set(socket, place);
  }

  #makeRoom({ network, isLocal }: Place): boolean {
    const places = [...this.#places.values()];
    const others = places.filter((place) => !place.isLocal);
    if (!isLocal) {
      const neighbours = others.filter((place) => place.network === network);
      if (neighbours.length >= MAX_PER_NETWORK) return this.#evictOneOf(neighbours);
      return others.length < MAX_PLACES - PLACES_FOR_LOOPBACK || this.#evictOneOf(others);
    }
    return places.length < MAX_PLACES || this.#evictOneOf(others) || this.#evictOneOf(places);
  }

  #evictOneOf(places: readonly Place[]): boolean {
    const latestMs = this.#nowMs() - STUCK_MS;
    const leaving =
      places.find(({ pending }) => pending === 0) ?? places.find(({ sinceMs }) => sinceMs <= latestMs);
    if (leaving === undefined) return false;
    this.#places.delete(leaving.socket);
    leaving.socket.destroy();
    return true;
  }
}
