import type { Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { Socket } from 'node:net';
import { isLoopback, networkOf } from '../../core/network.ts';

/** Open HTTP connections at one time, including spare ones of browsers; sockets of the feeds are not counted. */
const MAX_PLACES = 256;
/** Of these, places reserved for connections from the kiosk itself. */
const PLACES_FOR_LOOPBACK = 16;
/**
 * Connections of one network; a browser opens six to a server. The kiosk itself, and a proxy on it, have no such limit.
 */
const MAX_PER_NETWORK = 64;
/** A connection whose answer takes longer than this may be ended for a new one, in milliseconds. */
const STUCK_MS = 15_000;

interface Place {
  readonly socket: Socket;
  readonly network: string;
  readonly isLocal: boolean;
  /** Requests whose answer is not finished. */
  pending: number;
  /** Monotonic milliseconds since when it waits for a request or for its answer. */
  sinceMs: number;
}

/**
 * Bounds the open connections. Node ends slow ones only after a while, and until then idle connections must not keep
 * others out. So a new connection always gets a place: if there is none left, the connection that has waited longest
 * for a request is destroyed, first one of the same network, then any other. It is destroyed and not ended, because the
 * other side can keep an ended socket open.
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
    this.#watch(server);
  }

  /**
   * The same for a server with TLS. A connection takes its place before its handshake, which costs the most.
   * @param admits whether a connection from there may begin a handshake now
   */
  attachSecure(server: SecureServer, admits: (address: string) => boolean): void {
    const shaking = new Map<string, Socket>();
    server.on('connection', (socket: Socket) => {
      const peer = peerOf(socket);
      if (!admits(socket.remoteAddress ?? '') || !this.#take(socket)) {
        socket.destroy();
        return;
      }
      shaking.set(peer, socket);
      socket.once('close', () => {
        if (shaking.get(peer) === socket) shaking.delete(peer);
      });
    });
    server.on('secureConnection', (socket) => {
      const peer = peerOf(socket);
      const place = this.#places.get(shaking.get(peer) ?? socket);
      if (place === undefined) socket.destroy();
      else this.#moveIn(socket, place);
    });
    this.#watch(server);
  }

  #watch(server: Server | SecureServer): void {
    server.on('request', ({ socket }, response) => this.#answering(socket, response));
    server.on('upgrade', ({ socket }) => this.#move(socket, 1));
  }

  /** Hands the place of a connection to what is inside of its TLS, which is what requests come from. */
  #moveIn(socket: Socket, place: Place): void {
    this.#places.delete(place.socket);
    this.#places.set(socket, { ...place, socket });
    socket.once('close', () => this.#places.delete(socket));
  }

  /** The connection has become a WebSocket of a screen, which its feed bounds. */
  handOver(socket: Socket): void {
    this.#places.delete(socket);
  }

  /** Whether there is a place for it; otherwise it is destroyed. */
  #take(socket: Socket): boolean {
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
      return false;
    }
    this.#places.set(socket, place);
    socket.once('close', () => this.#places.delete(socket));
    return true;
  }

  #answering(socket: Socket, response: NodeJS.EventEmitter): void {
    this.#move(socket, 1);
    response.once('close', () => this.#move(socket, -1));
  }

  /** Only a change between waiting and answering restarts the time. */
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

/** What a connection and its TLS have in common. */
function peerOf({ remoteAddress = '', remotePort = 0 }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
